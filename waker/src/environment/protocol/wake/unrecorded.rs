//! Wakes that could not be written to the wake history.

use std::time::{Duration, SystemTime};

use super::Wake;
use crate::environment::snapshot::Snapshot;

/// More than any budget.
const KEPT: usize = 15;
/// A wake whose services start one after the other has ended by then.
const OPEN: Duration = Duration::from_mins(15);

/// Wakes that this sandbox began while AWS refused to write the wake history (`AddTags` denied, or
/// throttled). They count against the budget with those in the wake history, so that a budget holds in
/// each sandbox on its own: with N sandboxes up to N times as many wakes may pass, and a new sandbox
/// begins at 0. Refusing every visitor instead would keep an environment asleep because of one missing
/// permission.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct UnrecordedWakes {
    /// When they began, the oldest first.
    began: Vec<SystemTime>,
    /// The last one has not ended.
    open: bool,
    /// The last one began in this invocation.
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

    /// Whether the last one is under way: it began in this invocation, or has started a service that
    /// the app comes after. If ECS still shows another invocation the counts before that, the wake
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
