//! Wakes that could not be entered into the ledger.

use std::time::{Duration, SystemTime};

use super::Wake;
use crate::environment::snapshot::Snapshot;

/// More than a budget can be.
const KEPT: usize = 15;
/// A wake whose services start one after the other is over by then.
const OPEN: Duration = Duration::from_mins(15);

/// Wakes that this sandbox began while AWS refused to write the ledger (`AddTags` denied, or
/// throttled). They count against the budget beside those in the ledger, so that a budget holds
/// in each sandbox on its own: with N sandboxes up to N times as many wakes may pass, and a new
/// sandbox begins at none. Refusing every visitor instead would let one missing permission
/// keep an environment asleep for good.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct UnrecordedWakes {
    /// When they began, the oldest first.
    began: Vec<SystemTime>,
    /// The last one has not come to its end.
    open: bool,
    /// It began in this invocation.
    here: bool,
}

impl UnrecordedWakes {
    pub(super) fn begin(&mut self, at: SystemTime) {
        self.began.push(at);
        let surplus = self.began.len().saturating_sub(KEPT);
        self.began.drain(..surplus);
        (self.open, self.here) = (true, true);
    }

    pub(super) fn end(&mut self) {
        self.open = false;
    }

    /// Whether the last one goes on: it began in this invocation, or with a service that the
    /// app comes after. Where ECS still shows another invocation the counts before it, it
    /// counts twice, and a visitor may be refused too early.
    pub(super) fn is_open(&self, snapshot: &Snapshot, now: SystemTime) -> bool {
        let Some(began) = self.began.last().filter(|_| self.open) else { return false };
        self.here || (snapshot.running.wanted() && now < *began + OPEN)
    }

    pub(super) fn since(&self, since: SystemTime) -> usize {
        self.began.iter().filter(|began| **began > since).count()
    }

    pub fn last(&self) -> Option<SystemTime> {
        self.began.last().copied()
    }

    /// How many are remembered.
    pub fn count(&self) -> usize {
        self.began.len()
    }
}

impl Wake {
    /// Counts these against the budget too.
    #[must_use]
    pub fn counting(self, unrecorded: UnrecordedWakes) -> Self {
        Self { unrecorded: UnrecordedWakes { here: false, ..unrecorded }, ..self }
    }

    /// For the sandbox's next invocation for this environment.
    pub fn unrecorded(&self) -> &UnrecordedWakes {
        &self.unrecorded
    }
}
