//! One visitor's invocation as a state machine without IO.
//!
//! Given what came back and how much time has passed, [`Wake::next`] says what
//! comes next. It remembers nothing that another invocation would need.
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

use std::time::Duration;

use super::{
    backoff::Backoff,
    cloud::Step,
    failure::Failure,
    fault::FaultKind,
    observed::{Observed, RouteTarget, Scope, Seen},
    plan::{Phase, plan},
    round::Round,
};
use crate::config::Environment;

/// Between two looks while tasks or a database start, which takes many seconds.
const POLL_START: Duration = Duration::from_millis(800);
/// Between two looks when the end may be near.
const POLL_FINISH: Duration = Duration::from_millis(400);
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
/// With a thousand visitors and a rate of ten calls a second, whoever is refused
/// must leave the calls to others; one look that passes wakes the environment
/// for all.
const FAULTS: Backoff = Backoff::new(Duration::from_millis(300), Duration::from_secs(20)).unwrap();

/// What is left of a congestion at the next visitor's start.
const REMEMBERED_CONGESTION: u32 = 3;

/// How long a visitor can be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Patience {
    /// A page answers at once and comes back by itself.
    Page,
    /// Held until this time since the invocation's start.
    Hold(Duration),
}

/// What came of the last [`Action`].
#[derive(Debug)]
pub enum Came {
    /// The invocation has just started, or the wait is over.
    Nothing,
    Seen(Result<Seen, FaultKind>),
    /// The steps that failed.
    Applied(Vec<(Step, FaultKind)>),
}

/// What comes next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    Observe(Scope),
    /// Concurrently: they do not depend on one another.
    Apply(Vec<Step>),
    Wait(Duration),
    Done(Outcome),
}

/// How an invocation ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// The app answers where the visitor asked.
    Ready,
    /// Not yet; it goes on without this visitor.
    Waiting(Phase),
    Failed(Failure),
}

/// One invocation that wants its environment awake.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Wake {
    patience: Patience,
    /// When the answer must be given at the latest, since the start.
    limit: Duration,
    seed: u64,
    phase: Phase,
    /// Looks that found something, so far.
    looks: u32,
    prompt_looks: u8,
    /// The steps under way, or the last ones, turn the route.
    turning: bool,
    /// The route already pointed to the app when it was first seen: the load
    /// balancer does not follow it yet, or this request would not be here.
    lagging: bool,
    /// Goes up with each fault and down with each look that passes, so that the
    /// looks of all visitors together settle near the rate that AWS allows.
    congestion: u32,
    round: Round,
}

impl Wake {
    /// `limit` is the end of the invocation less a margin; the seed makes the
    /// jitter; `congestion` is what the sandbox's last invocation ended with.
    pub fn new(patience: Patience, limit: Duration, seed: u64, congestion: u32) -> Self {
        Self {
            patience,
            limit,
            seed,
            phase: Phase::Looking,
            looks: 0,
            prompt_looks: PROMPT_LOOKS,
            turning: false,
            lagging: false,
            congestion: congestion.min(REMEMBERED_CONGESTION),
            round: Round::default(),
        }
    }

    /// Since the start: what is under way then is given up, as timed out.
    pub fn deadline(&self) -> Duration {
        self.hold().max(LOOK_PATIENCE).min(self.limit)
    }

    /// How far the environment was when it was last seen.
    pub fn phase(&self) -> Phase {
        self.phase
    }

    /// For the sandbox's next invocation; 0 when AWS answers freely.
    pub fn congestion(&self) -> u32 {
        self.congestion
    }

    /// What comes next, at `now` since the start.
    pub fn next(&mut self, environment: &Environment, now: Duration, came: Came) -> Action {
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
        let plan = plan(environment, observed);
        self.congestion = self.congestion.saturating_sub(1);
        self.looks += 1;
        self.phase = plan.phase;
        self.turning = plan.steps.iter().any(|step| matches!(step, Step::TurnRoute(_)));
        if self.turning {
            self.round.turned();
        }
        if self.looks == 1 {
            self.lagging = observed.route == RouteTarget::App;
        }
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
        let promising = self.looks == 1 || self.turning;
        if promising && self.prompt_looks > 0 && now < self.deadline() {
            self.prompt_looks -= 1;
            return self.look(environment);
        }
        self.poll(now)
    }

    fn failed(&mut self, now: Duration, fault: FaultKind) -> Action {
        if !fault.retryable() {
            return Action::Done(Outcome::Failed(Failure::Fault(fault)));
        }
        let delay = FAULTS.delay(self.congestion, self.jitter());
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
        let mut pause = pause.mul_f64(0.75 + self.jitter() / 2.0);
        if self.congestion > 0 {
            pause = pause.max(FAULTS.delay(self.congestion, self.jitter()));
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
    fn jitter(&self) -> f64 {
        let waits = u64::from(self.looks) + u64::from(self.congestion);
        fastrand::Rng::with_seed(self.seed.wrapping_add(waits)).f64()
    }
}

/// Of the steps that failed, the fault that decides what comes next: one that
/// does not pass before one that may. An optional service decides nothing.
fn decisive(environment: &Environment, faults: &[(Step, FaultKind)]) -> Option<FaultKind> {
    let optional = |step: Step| match step {
        Step::SetDesired { service, .. } => environment.services[service].optional,
        Step::StartDatabase | Step::TouchDatabase | Step::TurnRoute(_) => false,
    };
    let needed = || faults.iter().filter(|(step, _)| !optional(*step)).map(|(_, fault)| *fault);
    needed().find(|fault| !fault.retryable()).or_else(|| needed().next())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        config::tests::example,
        environment::{
            failure::StartFailure,
            observed::{Answer, DatabaseState, DatabaseStatus, Healthy, Running, Tasks},
        },
    };

    const SECOND: Duration = Duration::from_secs(1);
    const HOLD: Patience = Patience::Hold(Duration::from_secs(20));

    fn wake(patience: Patience) -> Wake {
        Wake::new(patience, Duration::from_secs(28), 1, 0)
    }

    fn running(desired: u32, tasks: u32, answer: Answer) -> Running {
        let tasks = Some(Tasks { desired, running: tasks, failure: None });
        let database = Some(DatabaseState { status: DatabaseStatus::Available, answer });
        Running { services: vec![tasks, Some(Tasks { desired: 1, running: 1, failure: None })], database }
    }

    fn whole(running: Running, healthy: u32, route: RouteTarget) -> Came {
        let healthy = Healthy(vec![Some(healthy), None]);
        Came::Seen(Ok(Seen { running: Some(running), healthy: Some(healthy), route: Some(route) }))
    }

    fn ready(route: RouteTarget) -> Came {
        whole(running(2, 2, Answer::Up), 1, route)
    }

    fn starting() -> Came {
        whole(running(2, 0, Answer::Up), 0, RouteTarget::Waker)
    }

    fn at(wake: &mut Wake, seconds: f64, came: Came) -> Action {
        wake.next(&example(), Duration::from_secs_f64(seconds), came)
    }

    #[test]
    fn a_turned_route_is_read_back_with_the_counts_before_the_redirect() {
        let mut wake = wake(HOLD);
        assert_eq!(at(&mut wake, 0.0, Came::Nothing), Action::Observe(Scope::WHOLE));
        let turn = Action::Apply(vec![Step::TurnRoute(RouteTarget::App)]);
        assert_eq!(at(&mut wake, 0.1, ready(RouteTarget::Waker)), turn);
        assert_eq!(at(&mut wake, 0.2, Came::Applied(Vec::new())), Action::Observe(Scope::WHOLE));
        assert_eq!(at(&mut wake, 0.3, ready(RouteTarget::App)), Action::Done(Outcome::Ready));
    }

    #[test]
    fn a_sleeper_between_the_turn_and_the_read_back_is_noticed() {
        let mut wake = wake(HOLD);
        at(&mut wake, 0.0, Came::Nothing);
        at(&mut wake, 0.1, ready(RouteTarget::Waker));
        at(&mut wake, 0.2, Came::Applied(Vec::new()));
        let slept = whole(running(0, 2, Answer::Up), 1, RouteTarget::App);
        assert_eq!(at(&mut wake, 0.3, slept), Action::Apply(vec![Step::SetDesired { service: 0, count: 2 }]));
    }

    #[test]
    fn whoever_comes_although_the_route_points_to_the_app_is_held_a_second() {
        let mut wake = wake(HOLD);
        at(&mut wake, 0.0, Came::Nothing);
        let action = at(&mut wake, 0.25, ready(RouteTarget::App));
        assert_eq!(action, Action::Wait(Duration::from_millis(750)));
        assert_eq!(at(&mut wake, 1.0, Came::Nothing), Action::Observe(Scope::WHOLE));
        assert_eq!(at(&mut wake, 1.1, ready(RouteTarget::App)), Action::Done(Outcome::Ready));
    }

    #[test]
    fn a_page_is_answered_where_a_held_request_would_wait() {
        let mut page = wake(Patience::Page);
        at(&mut page, 0.0, Came::Nothing);
        assert_eq!(at(&mut page, 0.1, starting()), Action::Done(Outcome::Waiting(Phase::StartingTasks)));
        let mut held = wake(HOLD);
        at(&mut held, 0.0, Came::Nothing);
        assert!(matches!(at(&mut held, 0.1, starting()), Action::Wait(pause) if pause < SECOND));
    }

    #[test]
    fn the_hold_time_and_the_end_of_the_invocation_are_kept_whichever_is_first() {
        for (hold, limit) in [(20, 28), (60, 20)] {
            let patience = Patience::Hold(Duration::from_secs(hold));
            let mut wake = Wake::new(patience, Duration::from_secs(limit), 1, 0);
            assert_eq!(wake.deadline(), Duration::from_secs(20));
            at(&mut wake, 0.0, Came::Nothing);
            assert!(matches!(at(&mut wake, 18.0, starting()), Action::Wait(_)));
            at(&mut wake, 18.8, Came::Nothing);
            let done = Action::Done(Outcome::Waiting(Phase::StartingTasks));
            assert_eq!(at(&mut wake, 19.9, starting()), done);
        }
    }

    #[test]
    fn while_no_task_runs_the_load_balancer_is_left_alone() {
        let mut wake = wake(HOLD);
        at(&mut wake, 0.0, Came::Nothing);
        at(&mut wake, 0.1, starting());
        assert_eq!(at(&mut wake, 1.0, Came::Nothing), Action::Observe(Scope::RUNNING));
        let up = Seen { running: Some(running(2, 1, Answer::Up)), ..Seen::default() };
        let rest = Scope { running: false, healthy: true, route: true };
        assert_eq!(at(&mut wake, 1.1, Came::Seen(Ok(up))), Action::Observe(rest));
    }

    #[test]
    fn refused_calls_are_made_in_turn_and_their_answers_kept() {
        let mut wake = wake(HOLD);
        at(&mut wake, 0.0, Came::Nothing);
        assert!(matches!(at(&mut wake, 0.1, Came::Seen(Err(FaultKind::Throttled))), Action::Wait(_)));
        assert_eq!(at(&mut wake, 0.5, Came::Nothing), Action::Observe(Scope::RUNNING));
        let up = Seen { running: Some(running(2, 2, Answer::Up)), ..Seen::default() };
        assert_eq!(at(&mut wake, 0.6, Came::Seen(Ok(up))), Action::Observe(Scope::HEALTHY));
        assert!(matches!(at(&mut wake, 0.7, Came::Seen(Err(FaultKind::Throttled))), Action::Wait(_)));
        assert_eq!(at(&mut wake, 1.5, Came::Nothing), Action::Observe(Scope::HEALTHY));
        assert_eq!(
            at(&mut wake, 9.0, Came::Nothing),
            Action::Observe(Scope::RUNNING),
            "kept for a while only"
        );
    }

    #[test]
    fn a_fault_for_good_ends_it_unless_it_concerns_an_optional_service() {
        let fault = FaultKind::Denied;
        let mut wake_one = wake(HOLD);
        at(&mut wake_one, 0.0, Came::Nothing);
        at(&mut wake_one, 0.1, whole(running(0, 0, Answer::Up), 0, RouteTarget::Waker));
        let denied = Came::Applied(vec![(Step::SetDesired { service: 0, count: 2 }, fault)]);
        let failed = Action::Done(Outcome::Failed(Failure::Fault(fault)));
        assert_eq!(at(&mut wake_one, 0.2, denied), failed);

        let mut other = wake(HOLD);
        at(&mut other, 0.0, Came::Nothing);
        at(&mut other, 0.1, whole(running(0, 0, Answer::Up), 0, RouteTarget::Waker));
        let optional = Came::Applied(vec![(Step::SetDesired { service: 1, count: 1 }, fault)]);
        assert!(matches!(at(&mut other, 0.2, optional), Action::Observe(_)));
    }

    #[test]
    fn aws_that_does_not_answer_is_named_if_nothing_was_ever_seen() {
        let mut page = wake(Patience::Page);
        at(&mut page, 0.0, Came::Nothing);
        let fault = FaultKind::Unreachable;
        assert!(matches!(at(&mut page, 0.1, Came::Seen(Err(fault))), Action::Wait(_)));
        at(&mut page, 0.4, Came::Nothing);
        let failed = Action::Done(Outcome::Failed(Failure::Fault(fault)));
        assert_eq!(at(&mut page, 3.9, Came::Seen(Err(fault))), failed);
    }

    #[test]
    fn a_failing_start_ends_it_after_the_other_steps() {
        let mut wake = wake(HOLD);
        at(&mut wake, 0.0, Came::Nothing);
        let failure = StartFailure::ImageNotPulled;
        let mut seen = running(2, 0, Answer::Unknown);
        seen.services[0] = Some(Tasks { desired: 2, running: 0, failure: Some(failure) });
        let action = at(&mut wake, 0.1, whole(seen, 0, RouteTarget::Waker));
        assert_eq!(action, Action::Apply(vec![Step::TouchDatabase]));
        let failed = Action::Done(Outcome::Failed(Failure::Start(failure)));
        assert_eq!(at(&mut wake, 0.2, Came::Applied(Vec::new())), failed);
    }
}
