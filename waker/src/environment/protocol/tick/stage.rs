//! Where a tick stands, and how it ends.

use std::time::Duration;

use super::{
    super::Wake,
    falling::{Depth, Descent},
};
use crate::environment::{
    cloud::Step,
    failure::{Failure, StartFailure},
    note::Note,
    observed::Observed,
    pause::Holder,
    plan::Phase,
    verdict::{Held, Verdict},
};

/// Why it is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Order {
    /// It is time to.
    Look,
    /// It is to sleep now, whoever uses it.
    Sleep,
}

/// How a tick leaves the environment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Rest {
    Asleep {
        /// What keeps the database awake, as far as that was looked at.
        held_by: Option<Holder>,
    },
    Awake(Held),
    /// It is being woken, or mended.
    Waking(Phase),
    /// The route has been turned to the waker; it sleeps soon, unless somebody comes.
    Dozing,
    FellAsleep,
    GaveUp(StartFailure),
    /// Somebody came while it was falling asleep, and it is awake again.
    Interrupted,
    /// What it would have done, were it not told to do nothing.
    Would(Verdict),
    Failed(Failure),
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Stage {
    Looking,
    /// The rest of what decides is being looked at.
    Weighing(Observed),
    /// Only the tags are missing of what is needed to go on with that.
    ReadingTags(Observed, Verdict),
    CheckingScaling(Observed, Verdict),
    ResumingScaling(Observed, Verdict),
    FindingTargets(Depth, Option<Note>, Observed),
    /// The environment falls asleep once the tags are written.
    Writing(Descent, Observed, Duration),
    /// The route is being locked.
    Locking(Descent),
    /// Scaling is being suspended; then come these steps.
    Suspending(Descent, Vec<Step>),
    Descending(Descent),
    /// Nothing but these steps is to be done.
    Ending(Rest),
    Waking(Box<Wake>, Option<Rest>),
    /// All is put away; only the database's pause is looked at, if it is time to.
    Resting,
    Pausing {
        asleep: Duration,
    },
}
