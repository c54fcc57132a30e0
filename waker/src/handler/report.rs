//! The report on an environment after a tick or a command.

use std::time::SystemTime;

use serde::Serialize;

use super::reason;
use crate::{
    config::Environment,
    environment::{
        drive::Run,
        failure::Failure,
        plan::Phase,
        protocol::{Outcome, TickOutcome},
    },
    status::EnvironmentState,
};

/// One environment's entry in the answer to a tick or a command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct EnvironmentReport {
    pub environment: String,
    pub state: EnvironmentState,
    /// As on the waiting page, such as `starting_tasks`.
    pub phase: &'static str,
    /// A stable identifier of the state's reason, from the README's table.
    pub reason: &'static str,
    /// The reason in one sentence for a person, which may change.
    pub why: &'static str,
    /// A stable identifier of the failure.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<&'static str>,
    /// The number of changes made.
    pub steps: u32,
}

impl EnvironmentReport {
    pub(super) fn after_wake(environment: &Environment, outcome: Outcome, steps: u32) -> Self {
        let (state, phase) = match outcome {
            Outcome::Ready => (EnvironmentState::Awake, Phase::Ready),
            Outcome::Waiting(phase) | Outcome::HoldAgain(phase) => (EnvironmentState::Waking, phase),
            Outcome::Failed(failure) => (EnvironmentState::Failed, Phase::Failed(failure)),
            Outcome::OverBudget | Outcome::NotStarted => (EnvironmentState::Asleep, Phase::Asleep),
        };
        Self::new(environment, state, phase, (reason::of_wake(outcome), phase.sentence()), steps)
    }

    pub(super) fn after_tick(environment: &Environment, run: &Run<TickOutcome>, now: SystemTime) -> Self {
        let (state, phase, why) = match run.outcome {
            TickOutcome::Asleep { blocked_by: None } => {
                (EnvironmentState::Asleep, Phase::Asleep, "it is asleep")
            }
            TickOutcome::Asleep { blocked_by: Some(blocker) } => {
                (EnvironmentState::Asleep, Phase::Asleep, blocker.sentence())
            }
            TickOutcome::Awake(held) => (EnvironmentState::Awake, Phase::Ready, held.sentence()),
            TickOutcome::Waking(phase) => (EnvironmentState::Waking, phase, phase.sentence()),
            TickOutcome::Dozing => (
                EnvironmentState::FallingAsleep,
                Phase::FallingAsleep,
                "it looks idle; it sleeps when all metrics have come, unless a visitor comes",
            ),
            TickOutcome::FellAsleep => (EnvironmentState::Asleep, Phase::Asleep, "it has been idle"),
            TickOutcome::GaveUp(failure) => {
                let phase = Phase::Failed(Failure::Start(failure));
                (EnvironmentState::Failed, phase, phase.sentence())
            }
            TickOutcome::Interrupted => {
                (EnvironmentState::Awake, Phase::Ready, "a visitor came while it was falling asleep")
            }
            TickOutcome::Would(decision) => {
                let (state, phase) = as_observed(environment, run, now);
                (state, phase, decision.sentence())
            }
            TickOutcome::Failed(failure) => {
                (EnvironmentState::Failed, Phase::Failed(failure), failure.sentence())
            }
        };
        Self::new(environment, state, phase, (reason::of_tick(run.outcome), why), run.steps)
    }

    /// The tick had no time for it.
    pub(super) fn not_observed(environment: &Environment) -> Self {
        let why = "the tick had no time for it; the next tick begins with it";
        Self::new(environment, EnvironmentState::Unknown, Phase::Looking, (reason::NO_TIME, why), 0)
    }

    /// Put to sleep, but not all of its tasks have stopped.
    pub(super) fn while_tasks_stop(self) -> Self {
        let (reason, why) = (reason::TASKS_STOPPING, "its tasks have not all stopped");
        Self { state: EnvironmentState::FallingAsleep, reason, why, ..self }
    }

    fn new(
        environment: &Environment,
        state: EnvironmentState,
        phase: Phase,
        (reason, why): (&'static str, &'static str),
        steps: u32,
    ) -> Self {
        let error = if let Phase::Failed(failure) = phase { Some(failure.code()) } else { None };
        Self { environment: environment.name.clone(), state, phase: phase.code(), reason, why, error, steps }
    }
}

/// The state after a tick that changed nothing.
fn as_observed(
    environment: &Environment,
    run: &Run<TickOutcome>,
    now: SystemTime,
) -> (EnvironmentState, Phase) {
    let snapshot = run.latest.clone().whole();
    snapshot.map_or((EnvironmentState::Unknown, Phase::Looking), |snapshot| {
        EnvironmentState::of(environment, &snapshot, now)
    })
}
