//! The stages of a wake.

use super::Outcome;

/// What the next input is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum WakeStage {
    /// How far the environment is.
    Observing,
    /// Scaling was resumed; the input is ignored.
    ResumingScaling,
    /// The wake's age, which decides about the redirect to the app or about another hold.
    ReadingAge(AgeUse),
    /// The rest of the hold, and then this outcome.
    Ending(Outcome),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum AgeUse {
    App,
    SameAddress,
}
