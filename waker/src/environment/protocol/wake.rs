//! One visitor's invocation.
//!
//! ```text
//!              +-----------------------------------------------+
//!              v                                               |
//! start --> Observe --error, may pass--> Wait(back-off) -------+
//!              |                                               |
//!              |--error for good---> Done(Failed)              |
//!              |                                               |
//!            plan --steps--> Apply --route turned, or the      |
//!              |               |     first steps: look again---+
//!              |               +--else--> Wait(poll) ----------+
//!              |                                               |
//!              |--nothing to do, not ready--> Wait(poll) ------+
//!              |--failed--> Done(Failed)                       |
//!              |--ready, but the ALB lags--> Wait(settle) -----+
//!              +--ready--> Done(Ready)
//!
//! A Wait that would pass the deadline is Done(Waiting) instead; for a page,
//! every Wait(poll) is.
//! ```
//!
//! `Ready` only ever follows an observation in which the route points to the
//! app, every required service is ready and there is nothing left to do: after
//! turning the route it has been read back, together with the desired counts.

mod asleep;

use std::time::{Duration, SystemTime};

use super::{Action, Came, FAULTS, Outcome, Patience, Protocol, decisive, round::Round};
use crate::{
    config::Environment,
    environment::{
        cloud::Step,
        failure::Failure,
        fault::FaultKind,
        observed::{Observed, RouteTarget, Scope, Seen},
        plan::{self, Phase},
    },
};

/// Between two looks while tasks or a database start, which takes many seconds.
const POLL_START: Duration = Duration::from_millis(500);
/// Between two looks when the end may be near.
const POLL_FINISH: Duration = Duration::from_millis(300);
/// The load balancer follows a turned route with a delay: whoever still reaches
/// the waker is held this long before the next redirect, so that no client runs
/// out of them (curl follows 50, browsers 20).
const SETTLE: Duration = Duration::from_secs(1);
/// Whoever gets the page waits this long for AWS to answer, and so does whoever
/// is held for a shorter time.
const LOOK_PATIENCE: Duration = Duration::from_secs(4);
/// Looks without a wait before them. Each is owed to a step that may have made
/// the environment ready; the bound keeps two invocations that undo each
/// other's steps from spinning.
const PROMPT_LOOKS: u8 = 3;
/// What it takes to turn the route and to read it back.
const READ_BACK: Duration = Duration::from_millis(500);
/// What is left of a congestion at the next visitor's start.
const REMEMBERED_CONGESTION: u32 = 3;

/// One invocation that wants its environment awake.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Wake {
    patience: Patience,
    started: SystemTime,
    /// When the answer must be given at the latest, since the start.
    limit: Duration,
    seed: u64,
    phase: Phase,
    /// How many looks have found something, as far as it matters: none, one, more.
    looks: u8,
    prompt_looks: u8,
    /// The steps under way, or the last ones, turn the route.
    turning: bool,
    /// The route already pointed to the app when it was first seen: the load
    /// balancer does not follow it yet, or this request would not be here.
    lagging: bool,
    /// Goes up with each fault and down with each look that passes, so that the
    /// looks of all visitors together settle near the rate that AWS allows.
    congestion: u32,
    /// How many wakes an hour may have, this one included.
    budget: Option<u32>,
    round: Round,
}

impl Wake {
    /// `limit` is the end of the invocation less a margin; the seed makes the
    /// jitter; `congestion` is what the sandbox's last invocation ended with.
    pub fn new(patience: Patience, started: SystemTime, limit: Duration, seed: u64, congestion: u32) -> Self {
        Self {
            patience,
            started,
            limit,
            seed,
            phase: Phase::Looking,
            looks: 0,
            prompt_looks: PROMPT_LOOKS,
            turning: false,
            lagging: false,
            congestion: congestion.min(REMEMBERED_CONGESTION),
            budget: None,
            round: Round::with_note(true),
        }
    }

    /// By hand, or by the schedule: a start that has been given up is tried again.
    #[must_use]
    pub fn insisting(self) -> Self {
        Self { round: Round::with_note(false), ..self }
    }

    /// Wakes nothing that has been woken that often within the last hour.
    #[must_use]
    pub fn within(self, budget: Option<u32>) -> Self {
        Self { budget, ..self }
    }

    /// For the sandbox's next invocation; 0 when AWS answers freely.
    pub fn congestion(&self) -> u32 {
        self.congestion
    }

    /// Once AWS has refused a call, the parts are looked at in turn, so that only
    /// those whom ECS has let pass go on to the load balancer, which lets fewer
    /// pass.
    fn look(&self, environment: &Environment) -> Action {
        let scope = self.round.scope(environment, self.congestion > 0);
        Action::Observe(scope.unwrap_or(Scope::WHOLE))
    }

    fn seen(&mut self, environment: &Environment, now: Duration, seen: Seen) -> Action {
        self.round.add(now, seen);
        match self.round.complete(environment) {
            Some(observed) => self.observed(environment, now, &observed),
            None => self.look(environment),
        }
    }

    fn observed(&mut self, environment: &Environment, now: Duration, observed: &Observed) -> Action {
        let mut plan = plan::awake(environment, observed);
        // A route that is turned must be read back by whoever turned it.
        if self.prompt_looks == 0 || self.deadline() < now + READ_BACK {
            plan.steps.retain(|step| *step != Step::TurnRoute(RouteTarget::App));
        }
        self.congestion = self.congestion.saturating_sub(1);
        self.looks = (self.looks + 1).min(2);
        self.phase = plan.phase;
        self.turning = plan.steps.iter().any(|step| matches!(step, Step::TurnRoute(_)));
        if self.turning {
            self.round.turned();
        }
        if self.looks == 1 {
            self.lagging = observed.route == RouteTarget::App;
        }
        if let Some(failure) = asleep::refused(environment, observed, self.started + now) {
            self.phase = Phase::Failed(Failure::Start(failure));
            return Action::Done(Outcome::Failed(Failure::Start(failure)));
        }
        if asleep::over_budget(environment, observed, self.budget, self.started + now) {
            self.phase = Phase::Asleep;
            return Action::Done(Outcome::OverBudget);
        }
        let event = asleep::event(environment, observed, &plan.steps, self.started + now);
        plan.steps.extend(event.map(Step::Record));
        if !plan.steps.is_empty() {
            return Action::Apply(plan.steps);
        }
        match plan.phase {
            Phase::Failed(failure) => Action::Done(Outcome::Failed(failure)),
            Phase::Ready if self.lagging && now < SETTLE && SETTLE < self.deadline() => {
                Action::Wait(SETTLE.saturating_sub(now))
            }
            Phase::Ready => Action::Done(Outcome::Ready),
            _ => self.poll(now),
        }
    }

    fn applied(&mut self, environment: &Environment, now: Duration) -> Action {
        if let Phase::Failed(failure) = self.phase {
            return Action::Done(Outcome::Failed(failure));
        }
        let promising = self.looks == 1 && now < self.deadline();
        if self.turning || (promising && self.prompt_looks > 0) {
            self.prompt_looks = self.prompt_looks.saturating_sub(1);
            return self.look(environment);
        }
        self.poll(now)
    }

    fn failed(&mut self, now: Duration, fault: FaultKind) -> Action {
        if !fault.retryable() {
            return Action::Done(Outcome::Failed(Failure::Fault(fault)));
        }
        let delay = FAULTS.delay(self.congestion, self.jitter(now));
        self.congestion += 1;
        if now + delay < self.deadline() {
            return Action::Wait(delay);
        }
        match self.phase {
            Phase::Looking => Action::Done(Outcome::Failed(Failure::Fault(fault))),
            phase => Action::Done(Outcome::Waiting(phase)),
        }
    }

    /// Looks again in a while, if there is a while left.
    fn poll(&self, now: Duration) -> Action {
        let pause = match self.phase {
            Phase::StartingTasks | Phase::StartingDatabase => POLL_START,
            _ => POLL_FINISH,
        };
        let mut pause = pause.mul_f64(0.75 + self.jitter(now) / 2.0);
        if self.congestion > 0 {
            pause = pause.max(FAULTS.delay(self.congestion, self.jitter(now)));
        }
        if now + pause < self.hold().min(self.limit) {
            Action::Wait(pause)
        } else {
            Action::Done(Outcome::Waiting(self.phase))
        }
    }

    fn hold(&self) -> Duration {
        match self.patience {
            Patience::Page => Duration::ZERO,
            Patience::Hold(hold) => hold,
        }
    }

    /// From 0 to 1, another one for each wait.
    fn jitter(&self, now: Duration) -> f64 {
        let now = u64::try_from(now.as_nanos()).unwrap_or(u64::MAX);
        fastrand::Rng::with_seed(self.seed.wrapping_add(now)).f64()
    }
}

impl Protocol for Wake {
    type Outcome = Outcome;

    fn next(&mut self, environment: &Environment, now: Duration, came: Came) -> Action {
        match came {
            Came::Nothing => {
                self.round.refresh(now);
                self.look(environment)
            }
            Came::Seen(Ok(seen)) => self.seen(environment, now, seen),
            Came::Seen(Err(fault)) => self.failed(now, fault),
            Came::Applied(faults) => match decisive(environment, &faults) {
                Some(fault) => self.failed(now, fault),
                None => self.applied(environment, now),
            },
        }
    }

    fn deadline(&self) -> Duration {
        self.hold().max(LOOK_PATIENCE).min(self.limit)
    }

    fn phase(&self) -> Phase {
        self.phase
    }
}

#[cfg(test)]
mod tests;
