//! The stages of a tick, and its outcomes.

use std::time::Duration;

use super::{
    super::Wake,
    going_to_sleep::{SleepProgress, SleepTarget},
};
use crate::environment::{
    cloud::Step,
    failure::{Failure, StartFailure},
    pause::PauseBlocker,
    plan::Phase,
    sleep_decision::{AwakeReason, SleepDecision},
    snapshot::Snapshot,
    state_tag::StateTag,
};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TickMode {
    /// Observe, and do what the decision says.
    Look,
    /// Put it to sleep now, even if it is in use.
    Sleep,
}

/// How a tick leaves the environment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TickOutcome {
    Asleep {
        /// What keeps the database from pausing, if that was checked.
        blocked_by: Option<PauseBlocker>,
    },
    Awake(AwakeReason),
    /// It is being woken or repaired.
    Waking(Phase),
    /// The route points to the waker; it will sleep, unless a visitor comes.
    Dozing,
    FellAsleep,
    GaveUp(StartFailure),
    /// A visitor came while it was falling asleep, and it is awake again.
    Interrupted,
    /// What it would have done; this is a dry run.
    Would(SleepDecision),
    Failed(Failure),
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum TickStage {
    Looking,
    /// The state tag and the usage are read, which decide with this snapshot.
    FetchingUsage(Snapshot),
    /// The tags are read, which repairs need with this decision.
    ReadingTags(Snapshot, SleepDecision),
    CheckingScaling(Snapshot, SleepDecision),
    ResumingScaling(Snapshot, SleepDecision),
    FindingTargets(SleepTarget, Option<StateTag>, Snapshot),
    /// The tags are written at that time; then the environment falls asleep.
    Writing(SleepProgress, Snapshot, Duration),
    /// The route is being locked.
    Locking(SleepProgress),
    /// Scaling is being suspended; these steps follow.
    Suspending(SleepProgress, Vec<Step>),
    GoingToSleep(SleepProgress),
    /// The last steps are applied.
    Ending(TickOutcome),
    Waking(Box<Wake>, Option<TickOutcome>),
    /// It is asleep and cleaned up; the tag says whether the database's pause is checked.
    FetchingStateTag,
    CheckingPause {
        asleep: Duration,
    },
}
