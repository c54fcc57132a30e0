//! An Aurora cluster that pauses when it has no connections, and can be stopped.

use waker::environment::snapshot::DatabaseStatus;

use super::{
    clock::{DAY, MINUTE, Millis},
    delays::Delays,
    dice::Dice,
};

/// `SecondsUntilAutoPause`.
pub const PAUSES_AFTER: Millis = 5 * MINUTE;

#[derive(Debug)]
pub struct Database {
    connections: u32,
    /// Since when it has had no connections, if it has none.
    left: Millis,
    /// When its last resume or start was complete.
    up: Millis,
    stopped: bool,
    /// It was stopped before it last came up.
    starts: bool,
}

impl Database {
    pub fn new() -> Self {
        Self { connections: 0, left: 0, up: 0, stopped: false, starts: false }
    }

    /// A paused cluster is available too.
    pub fn status(&self, now: Millis) -> DatabaseStatus {
        match (self.stopped, self.starts && now < self.up) {
            (true, _) => DatabaseStatus::Stopped,
            (false, true) => DatabaseStatus::Starting,
            (false, false) => DatabaseStatus::Available,
        }
    }

    pub fn is_paused(&self, now: Millis) -> bool {
        !self.stopped && self.connections == 0 && self.left + PAUSES_AFTER <= now
    }

    pub fn is_up(&self, now: Millis) -> bool {
        !self.stopped && !self.is_paused(now) && self.up <= now
    }

    /// A connection attempt; returns when it is answered. It does not start a stopped cluster.
    pub fn touch(&mut self, now: Millis, delays: &Delays, dice: &mut Dice) -> Option<Millis> {
        if self.stopped {
            return None;
        }
        if self.is_paused(now) {
            let deep = now - self.left - PAUSES_AFTER > DAY;
            let resume = if deep { delays.deep_resume } else { delays.resume };
            (self.up, self.starts) = (now + resume.draw(dice), false);
        }
        self.left = self.left.max(now).max(self.up);
        Some(self.up.max(now))
    }

    /// A pool opens its connections; returns when it has them.
    pub fn connect(&mut self, now: Millis, delays: &Delays, dice: &mut Dice) -> Option<Millis> {
        let up = self.touch(now, delays, dice)?;
        self.connections += 1;
        Some(up)
    }

    pub fn disconnect(&mut self, now: Millis) {
        self.connections = self.connections.saturating_sub(1);
        self.left = self.left.max(now);
    }

    /// Returns when it will be up; None if it is not stopped.
    pub fn start(&mut self, now: Millis, delays: &Delays, dice: &mut Dice) -> Option<Millis> {
        if !std::mem::take(&mut self.stopped) {
            return None;
        }
        self.up = now + delays.database_start.draw(dice);
        (self.left, self.starts) = (self.up, true);
        Some(self.up)
    }

    pub fn stop(&mut self) {
        (self.stopped, self.connections) = (true, 0);
    }
}
