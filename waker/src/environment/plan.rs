//! Which steps an observed environment needs.

mod asleep;
mod awake;
pub mod scaling;

pub use asleep::{asleep, cannot_stop};
pub use awake::{awake, database_phase, service_phase, services_phase, services_ready};

use super::{cloud::Step, failure::Failure};

/// Steps that do not depend on one another, and the phase of the wake.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Plan {
    pub steps: Vec<Step>,
    pub phase: Phase,
}

/// How far a wake is, as a visitor is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Phase {
    /// Nothing has been observed yet.
    Looking,
    /// A stopped database starts, which takes minutes.
    StartingDatabase,
    /// A paused database resumes.
    ResumingDatabase,
    StartingTasks,
    CheckingHealth,
    TurningRoute,
    /// The route points to an app that is healthy.
    Ready,
    /// Being put to sleep: the route and the counts are being changed.
    FallingAsleep,
    Asleep,
    Failed(Failure),
}

impl Phase {
    /// A stable identifier for logs and programs, in snake case.
    pub fn code(self) -> &'static str {
        match self {
            Self::Looking => "looking",
            Self::StartingDatabase => "starting_database",
            Self::ResumingDatabase => "resuming_database",
            Self::StartingTasks => "starting_tasks",
            Self::CheckingHealth => "checking_health",
            Self::TurningRoute => "turning_route",
            Self::Ready => "ready",
            Self::FallingAsleep => "falling_asleep",
            Self::Asleep => "asleep",
            Self::Failed(_) => "failed",
        }
    }

    /// One sentence for a person.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Looking => "The state of the application is being read.",
            Self::StartingDatabase => "The database is starting, which takes a few minutes.",
            Self::ResumingDatabase => "The database is resuming.",
            Self::StartingTasks => "The application is starting.",
            Self::CheckingHealth => "The application has started and is being checked.",
            Self::TurningRoute => "The application is ready; this address is being switched to it.",
            Self::Ready => "The application is ready.",
            Self::FallingAsleep => "The application is falling asleep.",
            Self::Asleep => "The application is asleep.",
            Self::Failed(failure) => failure.sentence(),
        }
    }
}

impl Phase {
    /// Of two phases, the one that is further back.
    fn worse(self, other: Self) -> Self {
        if self.rank() >= other.rank() { self } else { other }
    }

    fn rank(self) -> u8 {
        match self {
            Self::Ready => 0,
            Self::TurningRoute => 1,
            Self::CheckingHealth => 2,
            Self::StartingTasks => 3,
            Self::ResumingDatabase => 4,
            Self::StartingDatabase => 5,
            Self::FallingAsleep => 6,
            Self::Asleep => 7,
            Self::Looking => 8,
            Self::Failed(_) => 9,
        }
    }
}
