//! Lambda's sandboxes: what one remembers from invocation to invocation.

use waker::environment::{protocol::WakeMemory, recent_use::RecentUse, snapshot::DatabaseAnswer};

use super::clock::{MINUTE, Millis};

/// One that has had nothing to do for so long is gone.
const KEPT: Millis = 8 * MINUTE;
/// An answer of the database proves that it is up for so long.
const FRESH: Millis = MINUTE;

#[derive(Clone, Copy, Debug, Default)]
pub struct Sandbox {
    pub congestion: u32,
    /// Of the one environment that there is.
    pub memory: WakeMemory,
    pub recent_use: Option<RecentUse>,
    /// When the database answers, or has answered, the last attempt.
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

/// Those that are free, with the time since when.
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
