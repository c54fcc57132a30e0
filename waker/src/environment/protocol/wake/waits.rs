//! How long a wake waits between two observations, and until when.

use std::time::Duration;

use super::{ResponseMode, Wake};
use crate::{
    config::Hold,
    environment::{
        failure::Failure,
        fault::FaultKind,
        plan::Phase,
        protocol::{Action, FAULTS, Outcome},
    },
};

/// Between two observations while tasks or a database start, which takes many seconds.
const POLL_START: Duration = Duration::from_millis(500);
/// Between two observations when the environment may soon be ready.
const POLL_FINISH: Duration = Duration::from_millis(300);
/// How long a page waits for AWS to answer. A client that is held for a shorter time waits as long.
const OBSERVATION_PATIENCE: Duration = Duration::from_secs(4);

impl Wake {
    pub(super) fn failed(&mut self, now: Duration, fault: FaultKind) -> Action {
        if !fault.retryable() {
            return Action::Done(Outcome::Failed(Failure::Fault(fault)));
        }
        let delay = FAULTS.delay(self.congestion, self.jitter(now));
        self.congestion += 1;
        if now + delay < self.last_try() {
            return Action::Wait(delay);
        }
        self.out_of_time(now, fault)
    }

    pub(super) fn not_ready(&self, fault: FaultKind) -> Action {
        match self.phase {
            Phase::Failed(failure) => Action::Done(Outcome::Failed(failure)),
            Phase::Looking => Action::Done(Outcome::Failed(Failure::Fault(fault))),
            phase => Action::Done(Outcome::Waiting(phase)),
        }
    }

    /// Waits for the next observation, if there is time for it.
    pub(super) fn poll(&mut self, now: Duration) -> Action {
        let pause = match self.phase {
            Phase::StartingTasks | Phase::StartingDatabase => POLL_START,
            _ => POLL_FINISH,
        };
        let mut pause = pause.mul_f64(0.75 + self.jitter(now) / 2.0);
        if self.congestion > 0 {
            pause = pause.max(FAULTS.delay(self.congestion, self.jitter(now)));
        }
        if now + pause < self.hold_end() {
            return Action::Wait(pause);
        }
        match self.mode {
            ResponseMode::Rounds(hold) => self.end_of_hold(hold, now),
            ResponseMode::Page | ResponseMode::Hold(_) => Action::Done(Outcome::Waiting(self.phase)),
        }
    }

    pub(super) fn hold(&self) -> Duration {
        match self.mode {
            ResponseMode::Page => Duration::ZERO,
            ResponseMode::Hold(time) | ResponseMode::Rounds(Hold { time, .. }) => time,
        }
    }

    /// After this time no call to AWS is retried.
    pub(super) fn last_try(&self) -> Duration {
        self.hold().max(OBSERVATION_PATIENCE).min(self.limit)
    }

    /// From 0 to 1, a different value for each wait.
    fn jitter(&self, now: Duration) -> f64 {
        let now = u64::try_from(now.as_nanos()).unwrap_or(u64::MAX);
        fastrand::Rng::with_seed(self.seed.wrapping_add(now)).f64()
    }
}
