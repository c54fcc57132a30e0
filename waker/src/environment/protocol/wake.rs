//! One visitor's invocation.
//!
//! ```text
//!              +-----------------------------------------------+
//!              v                                               |
//! start --> Observe --fault that may pass--> Wait(back-off) ---+
//!              |                                               |
//!              |--lasting fault--> Done(Failed)                |
//!              |                                               |
//!            plan --steps--> Apply, then resume scaling        |
//!              |               |--route turned, or the         |
//!              |               |  first steps: observe again --+
//!              |               +--else--> Wait(poll) ----------+
//!              |                                               |
//!              |--no step, not ready--> Wait(poll) ------------+
//!              |--failed--> Done(Failed)                       |
//!              |--ready, but the ALB lags--> Wait(settle) -----+
//!              +--ready--> Done(Ready)
//!
//! A Wait that would pass the deadline is Done(Waiting) instead; for a page,
//! every Wait(poll) is. [`hold`] describes the end of a hold.
//! ```
//!
//! `Ready` only follows an observation in which the route points to the app, every required service is
//! ready and no step is left: after the route was turned, it has been read back together with the
//! desired counts.

mod admission;
mod age;
mod hold;
mod redeploy;
mod redirects;
mod resume_scaling;
mod stage;
mod unrecorded;
mod waits;

use std::time::{Duration, SystemTime};

use age::WakeAge;
pub use age::WakeMemory;
use redeploy::Redeployed;
use resume_scaling::Resuming;
use stage::WakeStage;
pub use unrecorded::UnrecordedWakes;

use super::{
    Action, Input, Outcome, Protocol, ResponseMode, decisive,
    snapshot_builder::{SnapshotBuilder, StateTagScope},
};
use crate::{
    config::Environment,
    environment::{
        cloud::Step,
        failure::{Failure, StartFailure},
        plan::{self, Phase},
        snapshot::{PartialSnapshot, RouteTarget, Scope, Snapshot},
        wake_history::WakeEvent,
    },
};

/// The load balancer follows a turned route with a delay: a browser that still reaches the waker is
/// held this long before its next redirect, because browsers follow only 20 redirects.
const SETTLE: Duration = Duration::from_secs(1);
/// Observations without a wait before them, each after a step that may have made the environment ready.
/// The limit keeps two invocations that undo each other's steps from looping.
const PROMPT_OBSERVATIONS: u8 = 3;
/// The time to turn the route and to read it back.
const READ_BACK: Duration = Duration::from_millis(500);
/// A first observation that takes longer, because AWS refuses calls, may show a later change.
const FIRST_OBSERVATION: Duration = Duration::from_secs(2);
/// The time for the observation before a redirect that comes after the end of a hold.
const LAST_OBSERVATION: Duration = Duration::from_millis(3_900);
/// How much congestion the next invocation starts with, at most.
const REMEMBERED_CONGESTION: u32 = 3;

/// One invocation that wakes its environment.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Wake {
    mode: ResponseMode,
    started: SystemTime,
    /// The latest time for the answer, since the start.
    limit: Duration,
    seed: u64,
    phase: Phase,
    /// The number of complete snapshots: 0, 1, or 2 for more.
    observations: u8,
    prompt_observations: u8,
    /// The current steps, or the last ones, turn the route.
    turning: bool,
    /// The first snapshot's route already pointed to the app: the load balancer does not follow it yet,
    /// or this request would not be here.
    lagging: bool,
    /// Goes up with each fault and down with each snapshot, so that the observations of all visitors
    /// together stay near the rate that AWS allows.
    congestion: u32,
    /// May start a wake, not only continue one.
    may_start: bool,
    /// Wakes per hour, this one included.
    budget: Option<u32>,
    resuming: Resuming,
    unrecorded: UnrecordedWakes,
    /// The time of the wake that the current steps record as begun.
    recording: Option<SystemTime>,
    builder: SnapshotBuilder,
    stage: WakeStage,
    memory: WakeMemory,
    age: WakeAge,
    /// When the route was first seen to point to the app, since the start.
    turned: Option<Duration>,
    /// When the route was turned, by the tags, if that was before this client came.
    turned_about: Option<SystemTime>,
    /// None: a failed deployment is not replaced.
    redeployed: Option<Redeployed>,
}

impl Wake {
    /// `limit` is the end of the invocation less a margin; `seed` is for the jitter; `congestion` is
    /// that of the sandbox's last invocation.
    pub fn new(mode: ResponseMode, started: SystemTime, limit: Duration, seed: u64, congestion: u32) -> Self {
        Self {
            mode,
            started,
            limit,
            seed,
            phase: Phase::Looking,
            observations: 0,
            prompt_observations: PROMPT_OBSERVATIONS,
            turning: false,
            lagging: false,
            congestion: congestion.min(REMEMBERED_CONGESTION),
            may_start: true,
            budget: None,
            resuming: Resuming::default(),
            unrecorded: UnrecordedWakes::default(),
            recording: None,
            builder: SnapshotBuilder::with_state_tag(StateTagScope::Asleep),
            stage: WakeStage::Observing,
            memory: WakeMemory::default(),
            age: WakeAge::Unasked,
            turned: None,
            turned_about: None,
            redeployed: None,
        }
    }

    /// Wakes nothing that has been woken that often within the last hour.
    #[must_use]
    pub fn with_budget(self, budget: Option<u32>) -> Self {
        Self { budget, ..self }
    }

    /// For the sandbox's next invocation; 0 when AWS refuses no calls.
    pub fn congestion(&self) -> u32 {
        self.congestion
    }

    /// Once AWS has refused a call, the parts are read one by one: only invocations whose call ECS
    /// accepted go on to the load balancer, which has a lower rate limit.
    fn observe(&mut self, environment: &Environment) -> Action {
        let scope = self.builder.scope(environment, self.congestion > 0);
        Action::Observe(scope.unwrap_or(Scope::WHOLE) | self.age_beside())
    }

    fn observed(&mut self, environment: &Environment, now: Duration, partial: PartialSnapshot) -> Action {
        if let Some(wake_history) = partial.wake_history.as_ref().filter(|_| self.observations > 0) {
            self.read(partial.state_tag.unwrap_or_default(), wake_history, self.started + now);
        }
        self.builder.add(now, partial);
        let Some(snapshot) = self.builder.complete(environment) else {
            // AWS may refuse to give the missing parts, but this failure is certain; only a failed
            // deployment may have been replaced.
            let replaced = |failure: &StartFailure| self.redeployed.is_some() && failure.is_final();
            if let Some(failure) =
                self.builder.start_failure(environment).filter(|failure| !replaced(failure))
            {
                self.phase = Phase::Failed(Failure::Start(failure));
            }
            return self.observe(environment);
        };
        self.decide(environment, now, &snapshot)
    }

    fn decide(&mut self, environment: &Environment, now: Duration, snapshot: &Snapshot) -> Action {
        let mut plan = match &mut self.redeployed {
            Some(redeployed) => redeployed.plan(environment, snapshot),
            None => plan::awake(environment, snapshot),
        };
        if self.needs_state_tag(environment, now, snapshot, &plan.steps) {
            return self.observe(environment);
        }
        // The invocation that turns the route must have time to read it back.
        if self.prompt_observations == 0 || self.deadline() < now + READ_BACK {
            plan.steps.retain(|step| *step != Step::TurnRoute(RouteTarget::App));
        }
        self.congestion = self.congestion.saturating_sub(1);
        self.observations = (self.observations + 1).min(2);
        self.phase = plan.phase;
        self.turning = plan.steps.iter().any(|step| matches!(step, Step::TurnRoute(_)));
        if self.turning {
            self.builder.turned();
        }
        if self.observations == 1 {
            self.lagging = snapshot.route == RouteTarget::App && now < FIRST_OBSERVATION;
        }
        self.route_seen(now, snapshot.route);
        if let Some(outcome) = self.held_back(environment, snapshot, self.started + now) {
            return Action::Done(outcome);
        }
        if !self.may_start {
            admission::only_finish(snapshot, &mut plan.steps);
        }
        let event = admission::event(environment, snapshot, &plan.steps, self.started + now);
        match event {
            Some(WakeEvent::WakeBegan(at)) => {
                self.wake_begins(snapshot, at);
                self.recording = Some(at).filter(|at| !self.unrecorded.is_open(snapshot, *at));
            }
            Some(WakeEvent::WakeEnded(_)) => self.unrecorded.end(),
            None => {}
        }
        plan.steps.extend(event.map(Step::Record));
        self.resuming.plan(environment, snapshot, &plan.steps);
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
        let promising = self.observations == 1 && now < self.deadline();
        if self.turning || (promising && self.prompt_observations > 0) {
            self.prompt_observations = self.prompt_observations.saturating_sub(1);
            return self.observe(environment);
        }
        self.poll(now)
    }
}

impl Protocol for Wake {
    type Outcome = Outcome;

    fn next(&mut self, environment: &Environment, now: Duration, input: Input) -> Action {
        let input = match (self.stage, input) {
            (WakeStage::Ending(outcome), _) => return Action::Done(outcome),
            (WakeStage::ReadingAge(reason), Input::Observed(partial)) => {
                return self.age_seen(now, reason, partial);
            }
            (WakeStage::ResumingScaling, Input::Applied(_)) => {
                self.stage = WakeStage::Observing;
                // If it failed, the next tick retries; the visitor does not wait for that.
                return self.applied(environment, now);
            }
            (WakeStage::ReadingAge(_) | WakeStage::ResumingScaling | WakeStage::Observing, input) => input,
        };
        match input {
            Input::Continue => {
                self.builder.refresh(now);
                self.observe(environment)
            }
            Input::Observed(Ok(partial)) => self.observed(environment, now, partial),
            Input::Observed(Err(fault)) => self.failed(now, fault),
            Input::Applied(faults) => {
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
        match self.mode {
            ResponseMode::Page | ResponseMode::Hold(_) => self.last_try(),
            ResponseMode::Rounds(_) => (self.last_try() + LAST_OBSERVATION).min(self.limit),
        }
    }

    fn phase(&self) -> Phase {
        self.phase
    }
}

#[cfg(test)]
mod tests;
