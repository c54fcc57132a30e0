//! Where a wake stands.

use super::Outcome;

/// What the next result is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum WakeStage {
    /// To find out how far the environment is.
    Observing,
    /// Nothing: scaling has been resumed.
    ResumingScaling,
    /// The wake's age decides about the redirect to the app, or about another hold.
    ReadingAge(AgeUse),
    /// The rest of the hold, and then this outcome.
    Ending(Outcome),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum AgeUse {
    App,
    SameAddress,
}
