//! An Aurora cluster that pauses when it has no connections.

use super::{
    clock::{DAY, MINUTE, Millis},
    dice::Dice,
};

/// `SecondsUntilAutoPause`.
const PAUSES_AFTER: Millis = 5 * MINUTE;

#[derive(Debug)]
pub struct Database {
    connections: u32,
    /// Since when it has had no connections, if it has none.
    left: Millis,
    /// When its last resume was complete.
    up: Millis,
}

impl Database {
    pub fn new() -> Self {
        Self { connections: 0, left: 0, up: 0 }
    }

    /// A connection attempt; returns when it is answered.
    pub fn touch(&mut self, now: Millis, dice: &mut Dice) -> Millis {
        let paused = self.left + PAUSES_AFTER;
        if self.connections == 0 && paused <= now {
            let deep = now - paused > DAY;
            self.up = now + dice.time(if deep { "resume_after_day" } else { "resume_after_hour" });
        }
        self.left = self.left.max(now).max(self.up);
        self.up.max(now)
    }

    /// A pool opens its connections; returns when it has them.
    pub fn connect(&mut self, now: Millis, dice: &mut Dice) -> Millis {
        let up = self.touch(now, dice);
        self.connections += 1;
        up
    }

    pub fn disconnect(&mut self, now: Millis) {
        self.connections = self.connections.saturating_sub(1);
        self.left = self.left.max(now);
    }
}
