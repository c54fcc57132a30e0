//! Repairs an environment that stays awake.

use std::time::{Duration, SystemTime};

use super::{Tick, TickOutcome, TickStage};
use crate::{
    config::Environment,
    environment::{
        cloud::Step,
        plan::{self, Phase},
        protocol::{Action, Input, Outcome, Protocol as _, ResponseMode, Wake},
        sleep_decision::{AwakeReason, SleepDecision},
        snapshot::{RouteTarget, Snapshot},
        state_tag::StateTag,
    },
};

/// How long a tick waits for an environment that it wakes or repairs: the first if the app has a
/// healthy target, so that only the route is missing, the second otherwise.
const HOLD: Duration = Duration::from_secs(15);
const BRIEF: Duration = Duration::from_secs(2);
/// A tick has turned the route this long after the time in its tag of a doze.
const TURNED: Duration = Duration::from_mins(1);

impl Tick {
    /// The environment stays awake: adds what is missing.
    pub(super) fn repair(
        &mut self,
        environment: &Environment,
        now: Duration,
        snapshot: &Snapshot,
        held: AwakeReason,
    ) -> Action<TickOutcome> {
        if snapshot.route == RouteTarget::Waker {
            return self.wake(environment, now, snapshot, Some(TickOutcome::Awake(held)));
        }
        let mut steps = steps(environment, snapshot);
        if !environment.sleep.dry_run {
            steps.extend(used(snapshot, self.started + now).map(Step::Write));
        }
        if steps.is_empty() {
            return self.done(TickOutcome::Awake(held));
        }
        self.stage = TickStage::Ending(TickOutcome::Awake(held));
        Action::Apply(steps)
    }

    /// Goes on as a wake; `outcome` is the result when that is ready.
    pub(super) fn wake(
        &mut self,
        environment: &Environment,
        now: Duration,
        snapshot: &Snapshot,
        outcome: Option<TickOutcome>,
    ) -> Action<TickOutcome> {
        let wake = self.new_wake(environment, now, snapshot).resuming(snapshot.suspended);
        self.wake_with(environment, now, wake, outcome)
    }

    pub(super) fn new_wake(&self, environment: &Environment, now: Duration, snapshot: &Snapshot) -> Wake {
        let healthy = environment.app_services().any(|index| snapshot.healthy.of(index) > 0);
        let limit = (now + if healthy { HOLD } else { BRIEF }).min(self.limit);
        Wake::new(ResponseMode::Hold(limit), self.started, self.limit, self.seed, 0)
    }

    pub(super) fn wake_with(
        &mut self,
        environment: &Environment,
        now: Duration,
        wake: Wake,
        outcome: Option<TickOutcome>,
    ) -> Action<TickOutcome> {
        self.stage = TickStage::Waking(Box::new(wake), outcome);
        self.forward(environment, now, Input::Continue)
    }

    pub(super) fn forward(
        &mut self,
        environment: &Environment,
        now: Duration,
        input: Input,
    ) -> Action<TickOutcome> {
        let TickStage::Waking(wake, outcome) = &mut self.stage else { return self.observe(environment) };
        let action = wake.next(environment, now, input);
        self.phase = wake.phase();
        match action {
            Action::Observe(scope) => Action::Observe(scope),
            Action::Apply(steps) => Action::Apply(steps),
            Action::Wait(pause) => Action::Wait(pause),
            Action::Done(Outcome::Ready) => {
                Action::Done(outcome.unwrap_or(TickOutcome::Waking(Phase::Ready)))
            }
            Action::Done(Outcome::Waiting(phase) | Outcome::HoldAgain(phase)) => {
                Action::Done(TickOutcome::Waking(phase))
            }
            Action::Done(Outcome::Failed(failure)) => Action::Done(TickOutcome::Failed(failure)),
            Action::Done(Outcome::OverBudget | Outcome::NotStarted) => {
                Action::Done(TickOutcome::Waking(Phase::Asleep))
            }
        }
    }
}

/// The tag of a doze that a visitor has ended: if a person turns the route to the waker later, that is
/// no doze. Waits until no tick at the same time can be about to turn the route.
fn used(snapshot: &Snapshot, now: SystemTime) -> Option<StateTag> {
    match snapshot.state_tag {
        StateTag::Dozing { since } if now >= since + TURNED => Some(StateTag::Used { since }),
        _ => None,
    }
}

/// The steps that an awake environment still needs. A database that has paused because the app does not
/// query it stays paused.
pub(super) fn steps(environment: &Environment, snapshot: &Snapshot) -> Vec<Step> {
    let mut steps = plan::awake(environment, snapshot).steps;
    steps.retain(|step| *step != Step::TouchDatabase);
    steps
}

/// Whether the decision leads to a change, and not only to a line in the log.
pub(super) fn acts(environment: &Environment, snapshot: &Snapshot, decision: SleepDecision) -> bool {
    match decision {
        SleepDecision::Asleep => !plan::asleep(environment, snapshot).steps.is_empty(),
        SleepDecision::Stay(_) => !steps(environment, snapshot).is_empty(),
        SleepDecision::Dozing | SleepDecision::Undecided => false,
        SleepDecision::Wake
        | SleepDecision::Starting
        | SleepDecision::Doze
        | SleepDecision::Sleep
        | SleepDecision::GiveUp(_) => true,
    }
}
