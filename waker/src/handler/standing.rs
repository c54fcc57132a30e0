//! How an environment is, for programs.

use serde::Serialize;

use crate::{
    config::Environment,
    environment::{
        failure::Failure,
        plan::Phase,
        protocol::{Outcome, Rest},
    },
    status::State,
};

/// One environment's entry in the answer to a tick or a command.
#[derive(Clone, Debug, Serialize, PartialEq, Eq)]
pub struct Standing {
    pub environment: String,
    pub state: State,
    /// As the waiting page names it, such as `starting_tasks`.
    pub phase: &'static str,
    /// One sentence for a person.
    pub why: &'static str,
    /// A stable identifier of what failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<&'static str>,
    /// Changes that were made.
    pub steps: u32,
}

impl Standing {
    pub(super) fn after_wake(environment: &Environment, outcome: Outcome, steps: u32) -> Self {
        let (state, phase) = match outcome {
            Outcome::Ready => (State::Awake, Phase::Ready),
            Outcome::Waiting(phase) | Outcome::HoldAgain(phase) => (State::Waking, phase),
            Outcome::Failed(failure) => (State::Failed, Phase::Failed(failure)),
            Outcome::OverBudget | Outcome::NotStarted => (State::Asleep, Phase::Asleep),
        };
        Self::new(environment, state, phase, phase.sentence(), steps)
    }

    pub(super) fn after_tick(environment: &Environment, rest: Rest, steps: u32) -> Self {
        let (state, phase, why) = match rest {
            Rest::Asleep { held_by: None } => (State::Asleep, Phase::Asleep, "it is asleep"),
            Rest::Asleep { held_by: Some(holder) } => (State::Asleep, Phase::Asleep, holder.sentence()),
            Rest::Awake(held) => (State::Awake, Phase::Ready, held.sentence()),
            Rest::Waking(phase) => (State::Waking, phase, phase.sentence()),
            Rest::Dozing => (
                State::FallingAsleep,
                Phase::FallingAsleep,
                "nobody seems to use it; it sleeps when all metrics have come, unless somebody does",
            ),
            Rest::FellAsleep => (State::Asleep, Phase::Asleep, "nobody has used it"),
            Rest::GaveUp(failure) => {
                let phase = Phase::Failed(Failure::Start(failure));
                (State::Failed, phase, phase.sentence())
            }
            Rest::Interrupted => (State::Awake, Phase::Ready, "somebody came while it was falling asleep"),
            Rest::Would(verdict) => (State::Awake, Phase::Looking, verdict.sentence()),
            Rest::Failed(failure) => (State::Failed, Phase::Failed(failure), failure.sentence()),
        };
        Self::new(environment, state, phase, why, steps)
    }

    fn new(environment: &Environment, state: State, phase: Phase, why: &'static str, steps: u32) -> Self {
        let error = if let Phase::Failed(failure) = phase { Some(failure.code()) } else { None };
        Self { environment: environment.name.clone(), state, phase: phase.code(), why, error, steps }
    }
}
