//! Where a tick stands, and how it ends.

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

/// Why it is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TickMode {
    /// It is time to.
    Look,
    /// It is to sleep now, whoever uses it.
    Sleep,
}

/// How a tick leaves the environment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TickOutcome {
    Asleep {
        /// What keeps the database awake, as far as that was looked at.
        blocked_by: Option<PauseBlocker>,
    },
    Awake(AwakeReason),
    /// It is being woken, or mended.
    Waking(Phase),
    /// The route has been turned to the waker; it sleeps soon, unless somebody comes.
    Dozing,
    FellAsleep,
    GaveUp(StartFailure),
    /// Somebody came while it was falling asleep, and it is awake again.
    Interrupted,
    /// What it would have done, were it not told to do nothing.
    Would(SleepDecision),
    Failed(Failure),
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum TickStage {
    Looking,
    /// The rest of what decides is being looked at.
    FetchingUsage(Snapshot),
    /// Only the tags are missing of what is needed to go on with that.
    ReadingTags(Snapshot, SleepDecision),
    CheckingScaling(Snapshot, SleepDecision),
    ResumingScaling(Snapshot, SleepDecision),
    FindingTargets(SleepTarget, Option<StateTag>, Snapshot),
    /// The environment falls asleep once the tags are written.
    Writing(SleepProgress, Snapshot, Duration),
    /// The route is being locked.
    Locking(SleepProgress),
    /// Scaling is being suspended; then come these steps.
    Suspending(SleepProgress, Vec<Step>),
    GoingToSleep(SleepProgress),
    /// Nothing but these steps is to be done.
    Ending(TickOutcome),
    Waking(Box<Wake>, Option<TickOutcome>),
    /// All is put away; only the database's pause is looked at, if it is time to.
    FetchingStateTag,
    CheckingPause {
        asleep: Duration,
    },
}
