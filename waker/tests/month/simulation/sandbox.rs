//! Lambda's sandboxes, and what each remembers between invocations.

use waker::environment::{protocol::WakeMemory, recent_use::RecentUse, snapshot::DatabaseAnswer};

use super::clock::{MINUTE, Millis};

/// A sandbox that is idle for so long is removed.
const KEPT: Millis = 8 * MINUTE;
/// An answer of the database proves for so long that it is up.
const FRESH: Millis = MINUTE;

#[derive(Clone, Copy, Debug, Default)]
pub struct Sandbox {
    pub congestion: u32,
    /// Memory of the one environment.
    pub memory: WakeMemory,
    pub recent_use: Option<RecentUse>,
    /// When the database answers, or answered, the last attempt.
    up: Option<Millis>,
}

impl Sandbox {
    pub fn answer(&self, now: Millis) -> DatabaseAnswer {
        match self.up {
            Some(up) if now < up => DatabaseAnswer::Awaited,
            Some(up) if now < up + FRESH => DatabaseAnswer::Up,
            _ => DatabaseAnswer::Unknown,
        }
    }

    pub fn touched(&mut self, up: Millis) {
        self.up = Some(up);
    }
}

/// Idle sandboxes, each with the time since when.
#[derive(Debug, Default)]
pub struct Sandboxes(Vec<(Millis, Sandbox)>);

impl Sandboxes {
    pub fn take(&mut self, now: Millis) -> Sandbox {
        self.0.retain(|(since, _)| now < since + KEPT);
        self.0.pop().unwrap_or_default().1
    }

    pub fn give_back(&mut self, now: Millis, sandbox: Sandbox) {
        self.0.push((now, sandbox));
    }
}
