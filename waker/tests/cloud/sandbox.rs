//! Lambda's sandboxes, and what each remembers between invocations.

use waker::environment::{protocol::WakeMemory, recent_use::RecentUse, snapshot::DatabaseAnswer};

use super::clock::{MINUTE, Millis};

/// A sandbox that is idle for so long is removed.
const KEPT: Millis = 8 * MINUTE;
/// An answer of the database proves for so long that it is up.
const FRESH: Millis = MINUTE;

#[derive(Clone, Debug, Default)]
pub struct Sandbox {
    pub congestion: u32,
    /// By environment.
    memories: Vec<Memory>,
}

/// What a sandbox remembers of an environment.
#[derive(Clone, Copy, Debug, Default)]
pub struct Memory {
    pub wake: WakeMemory,
    pub recent_use: Option<RecentUse>,
    /// When the database answers, or answered, the last attempt.
    up: Option<Millis>,
}

impl Sandbox {
    pub fn of(&mut self, environment: usize) -> &mut Memory {
        if self.memories.len() <= environment {
            self.memories.resize(environment + 1, Memory::default());
        }
        &mut self.memories[environment]
    }
}

impl Memory {
    pub fn answer(&self, now: Millis) -> DatabaseAnswer {
        match self.up {
            Some(up) if now < up => DatabaseAnswer::Awaited,
            Some(up) if now < up + FRESH => DatabaseAnswer::Up,
            _ => DatabaseAnswer::Unknown,
        }
    }

    /// A connection attempt, which is answered at that time; None: it is refused.
    pub fn touched(&mut self, up: Option<Millis>) {
        self.up = up;
    }
}

/// Idle sandboxes, each with the time since when.
#[derive(Debug)]
pub struct Sandboxes<S>(Vec<(Millis, S)>);

impl<S> Default for Sandboxes<S> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<S> Sandboxes<S> {
    /// An idle sandbox, if there is one.
    pub fn take(&mut self, now: Millis) -> Option<S> {
        self.0.retain(|(since, _)| now < since + KEPT);
        Some(self.0.pop()?.1)
    }

    pub fn give_back(&mut self, now: Millis, sandbox: S) {
        self.0.push((now, sandbox));
    }
}
