//! One visitor's invocation.
//!
//! ```text
//!              +-----------------------------------------------+
//!              v                                               |
//! start --> Observe --error, may pass--> Wait(back-off) -------+
//!              |                                               |
//!              |--error for good---> Done(Failed)              |
//!              |                                               |
//!            plan --steps--> Apply, and resume scaling         |
//!              |               |--route turned, or the         |
//!              |               |     first steps: look again --+
//!              |               +--else--> Wait(poll) ----------+
//!              |                                               |
//!              |--nothing to do, not ready--> Wait(poll) ------+
//!              |--failed--> Done(Failed)                       |
//!              |--ready, but the ALB lags--> Wait(settle) -----+
//!              +--ready--> Done(Ready)
//!
//! A Wait that would pass the deadline is Done(Waiting) instead; for a page,
//! every Wait(poll) is. What comes at the end of a hold is in [`hold`].
//! ```
//!
//! `Ready` only ever follows an observation in which the route points to the
//! app, every required service is ready and there is nothing left to do: after
//! turning the route it has been read back, together with the desired counts.

mod age;
mod asleep;
mod hold;
mod redeploy;
mod redirects;
mod resuming;
mod unwritten;
mod waits;

use std::time::{Duration, SystemTime};

use age::Age;
pub use age::Remembered;
use hold::Stage;
use redeploy::Redeployed;
use resuming::Resuming;
pub use unwritten::Unwritten;

use super::{
    Action, Came, Outcome, Patience, Protocol, decisive,
    round::{NoteCounts, Round},
};
use crate::{
    config::Environment,
    environment::{
        cloud::Step,
        failure::{Failure, StartFailure},
        ledger::Event,
        observed::{Observed, RouteTarget, Scope, Seen},
        plan::{self, Phase},
    },
};

/// The load balancer follows a turned route with a delay: a browser that still reaches
/// the waker is held this long before the next redirect, so that it does not run out of
/// them (browsers follow 20).
const SETTLE: Duration = Duration::from_secs(1);
/// Looks without a wait before them. Each is owed to a step that may have made
/// the environment ready; the bound keeps two invocations that undo each
/// other's steps from spinning.
const PROMPT_LOOKS: u8 = 3;
/// What it takes to turn the route and to read it back.
const READ_BACK: Duration = Duration::from_millis(500);
/// A first look that takes longer, as AWS refuses calls, may show what has changed meanwhile.
const FIRST_LOOK: Duration = Duration::from_secs(2);
/// The look before a redirect that comes after the end of a hold.
const LAST_LOOK: Duration = Duration::from_millis(3_900);
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
    /// May start a wake, and not only go on with one.
    may_start: bool,
    /// How many wakes an hour may have, this one included.
    budget: Option<u32>,
    resuming: Resuming,
    unwritten: Unwritten,
    /// The beginning that the steps under way enter into the ledger.
    recording: Option<SystemTime>,
    round: Round,
    stage: Stage,
    remembered: Remembered,
    age: Age,
    /// When the route was first seen to point to the app, since the start.
    turned: Option<Duration>,
    /// When it was turned before this client came, as the tags say.
    turned_about: Option<SystemTime>,
    /// None: what has failed is left as it is.
    redeployed: Option<Redeployed>,
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
            may_start: true,
            budget: None,
            resuming: Resuming::default(),
            unwritten: Unwritten::default(),
            recording: None,
            round: Round::with_note(NoteCounts::Asleep),
            stage: Stage::Observing,
            remembered: Remembered::default(),
            age: Age::Unasked,
            turned: None,
            turned_about: None,
            redeployed: None,
        }
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
    fn look(&mut self, environment: &Environment) -> Action {
        let scope = self.round.scope(environment, self.congestion > 0);
        Action::Observe(scope.unwrap_or(Scope::WHOLE) | self.age_beside())
    }

    fn seen(&mut self, environment: &Environment, now: Duration, seen: Seen) -> Action {
        if let Some(ledger) = seen.ledger.as_ref().filter(|_| self.looks > 0) {
            self.read(seen.note.unwrap_or_default(), ledger, self.started + now);
        }
        self.round.add(now, seen);
        let Some(observed) = self.round.complete(environment) else {
            // AWS may refuse all that is still missing, but this is certain; only a failed deployment
            // may have been replaced.
            let replaced = |failure: &StartFailure| self.redeployed.is_some() && failure.is_final();
            if let Some(failure) = self.round.start_failure(environment).filter(|failure| !replaced(failure))
            {
                self.phase = Phase::Failed(Failure::Start(failure));
            }
            return self.look(environment);
        };
        self.observed(environment, now, &observed)
    }

    fn observed(&mut self, environment: &Environment, now: Duration, observed: &Observed) -> Action {
        let mut plan = match &mut self.redeployed {
            Some(redeployed) => redeployed.plan(environment, observed),
            None => plan::awake(environment, observed),
        };
        if self.needs_note(environment, now, observed, &plan.steps) {
            return self.look(environment);
        }
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
            self.lagging = observed.route == RouteTarget::App && now < FIRST_LOOK;
        }
        self.route_seen(now, observed.route);
        if let Some(outcome) = self.held_back(environment, observed, self.started + now) {
            return Action::Done(outcome);
        }
        if !self.may_start {
            asleep::only_finish(observed, &mut plan.steps);
        }
        let event = asleep::event(environment, observed, &plan.steps, self.started + now);
        match event {
            Some(Event::WakeBegan(at)) => {
                self.wake_begins(observed, at);
                self.recording = Some(at).filter(|at| !self.unwritten.is_open(observed, *at));
            }
            Some(Event::WakeEnded(_)) => self.unwritten.end(),
            None => {}
        }
        plan.steps.extend(event.map(Step::Record));
        self.resuming.plan(environment, observed, &plan.steps);
        if !plan.steps.is_empty() {
            return Action::Apply(plan.steps);
        }
        if let Some(resume) = self.resume_scaling() {
            return resume;
        }
        match plan.phase {
            Phase::Failed(failure) => Action::Done(Outcome::Failed(failure)),
            Phase::Ready => self.ready(now),
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
}

impl Protocol for Wake {
    type Outcome = Outcome;

    fn next(&mut self, environment: &Environment, now: Duration, came: Came) -> Action {
        let came = match (self.stage, came) {
            (Stage::Ending(outcome), _) => return Action::Done(outcome),
            (Stage::ReadingAge(reason), Came::Seen(seen)) => return self.age_seen(now, reason, seen),
            (Stage::ResumingScaling, Came::Applied(_)) => {
                self.stage = Stage::Observing;
                // No visitor waits for it, and the next tick tries again.
                return self.applied(environment, now);
            }
            (Stage::ReadingAge(_) | Stage::ResumingScaling | Stage::Observing, came) => came,
        };
        match came {
            Came::Nothing => {
                self.round.refresh(now);
                self.look(environment)
            }
            Came::Seen(Ok(seen)) => self.seen(environment, now, seen),
            Came::Seen(Err(fault)) => self.failed(now, fault),
            Came::Applied(faults) => {
                self.recorded(&faults);
                self.resuming.forget(&faults);
                if let Some(redeployed) = &mut self.redeployed {
                    redeployed.forget(&faults);
                }
                match decisive(environment, &faults) {
                    Some(fault) => self.failed(now, fault),
                    None => self.resume_scaling().unwrap_or_else(|| self.applied(environment, now)),
                }
            }
        }
    }

    fn deadline(&self) -> Duration {
        match self.patience {
            Patience::Page | Patience::Hold(_) => self.last_try(),
            Patience::Rounds(_) => (self.last_try() + LAST_LOOK).min(self.limit),
        }
    }

    fn phase(&self) -> Phase {
        self.phase
    }
}

#[cfg(test)]
mod tests;
