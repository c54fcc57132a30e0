//! How an environment is, for programs.

use std::time::SystemTime;

use serde::Serialize;

use super::reason;
use crate::{
    config::Environment,
    environment::{
        drive::Report,
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
    /// Why it is so: a stable identifier, of those in the README's table.
    pub reason: &'static str,
    /// The same in one sentence for a person, which may change.
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
        Self::new(environment, state, phase, (reason::of_wake(outcome), phase.sentence()), steps)
    }

    pub(super) fn after_tick(environment: &Environment, report: &Report<Rest>, now: SystemTime) -> Self {
        let (state, phase, why) = match report.outcome {
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
            Rest::Would(verdict) => {
                let (state, phase) = as_seen(environment, report, now);
                (state, phase, verdict.sentence())
            }
            Rest::Failed(failure) => (State::Failed, Phase::Failed(failure), failure.sentence()),
        };
        Self::new(environment, state, phase, (reason::of_tick(report.outcome), why), report.steps)
    }

    /// The tick had no time for it.
    pub(super) fn without_look(environment: &Environment) -> Self {
        let why = "the tick had no time for it; the next one begins with it";
        Self::new(environment, State::Unknown, Phase::Looking, (reason::NO_TIME, why), 0)
    }

    /// Put to sleep, but not all of its tasks have stopped.
    pub(super) fn while_tasks_stop(self) -> Self {
        let (reason, why) = (reason::TASKS_STOPPING, "its tasks have not all stopped");
        Self { state: State::FallingAsleep, reason, why, ..self }
    }

    fn new(
        environment: &Environment,
        state: State,
        phase: Phase,
        (reason, why): (&'static str, &'static str),
        steps: u32,
    ) -> Self {
        let error = if let Phase::Failed(failure) = phase { Some(failure.code()) } else { None };
        Self { environment: environment.name.clone(), state, phase: phase.code(), reason, why, error, steps }
    }
}

/// What a tick that changed nothing has found.
fn as_seen(environment: &Environment, report: &Report<Rest>, now: SystemTime) -> (State, Phase) {
    let observed = report.seen.clone().whole();
    observed.map_or((State::Unknown, Phase::Looking), |observed| State::of(environment, &observed, now))
}
