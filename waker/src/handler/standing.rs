//! How an environment is, for programs.

use serde::Serialize;

use crate::config::Environment;
use crate::environment::{
    failure::Failure,
    observed::{Observed, RouteTarget},
    plan::{self, Phase},
    protocol::{Outcome, Rest},
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

#[derive(Clone, Copy, Debug, Serialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum State {
    Asleep,
    Waking,
    Awake,
    FallingAsleep,
    Failed,
}

impl Standing {
    pub(super) fn after_wake(environment: &Environment, outcome: Outcome, steps: u32) -> Self {
        let (state, phase) = match outcome {
            Outcome::Ready => (State::Awake, Phase::Ready),
            Outcome::Waiting(phase) => (State::Waking, phase),
            Outcome::Failed(failure) => (State::Failed, Phase::Failed(failure)),
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

    pub(super) fn seen(environment: &Environment, observed: &Observed) -> Self {
        let awake = plan::awake(environment, observed).phase;
        let refused = observed.note.failure();
        let (state, phase) = match (awake, observed.route) {
            (Phase::Failed(_), _) => (State::Failed, awake),
            _ if !observed.running.awake(environment) => match refused {
                Some(failure) => (State::Failed, Phase::Failed(Failure::Start(failure))),
                None => (State::Asleep, Phase::Asleep),
            },
            // The database may well have paused while the app waits for its next request.
            (_, RouteTarget::App) if plan::services_ready(environment, observed) => {
                (State::Awake, Phase::Ready)
            }
            _ => (State::Waking, awake),
        };
        Self::new(environment, state, phase, phase.sentence(), 0)
    }

    pub(super) fn failed(environment: &Environment, failure: Failure) -> Self {
        Self::new(environment, State::Failed, Phase::Failed(failure), failure.sentence(), 0)
    }

    fn new(environment: &Environment, state: State, phase: Phase, why: &'static str, steps: u32) -> Self {
        let error = if let Phase::Failed(failure) = phase { Some(failure.code()) } else { None };
        Self { environment: environment.name.clone(), state, phase: phase.code(), why, error, steps }
    }
}
