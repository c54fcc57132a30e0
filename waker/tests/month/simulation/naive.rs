//! The protocols of the naive designs, as small as possible.

use std::time::{Duration, SystemTime};

use waker::{
    config::Environment,
    environment::{
        cloud::Step,
        failure::Failure,
        fault::FaultKind,
        plan::Phase,
        protocol::{Action, Input, Outcome, Protocol, TickOutcome},
        snapshot::{PartialSnapshot, RouteTarget, Running, Scope},
        usage::Usage,
    },
};

/// A fresh start has no request yet; the simplest design also allows for that.
const GRACE: Duration = Duration::from_mins(5);

/// Observes once: starts services whose count is 0, or turns the route to running ones and
/// redirects. Nothing is read back.
#[derive(Debug)]
pub struct NaiveWake {
    /// Whether a running task is enough; otherwise it must be healthy.
    running_is_ready: bool,
    then: Outcome,
}

impl NaiveWake {
    pub fn new(running_is_ready: bool) -> Self {
        Self { running_is_ready, then: Outcome::Waiting(Phase::StartingTasks) }
    }

    fn observed(&mut self, environment: &Environment, partial: &PartialSnapshot) -> Action {
        let Some(running) = &partial.running else { return Action::Done(self.then) };
        if !running.awake(environment) {
            return Action::Apply(set_all(environment, |count| count));
        }
        let healthy = partial.healthy.as_ref();
        let ready = environment.app_services().any(|index| {
            let tasks = running.services[index].map_or(0, |tasks| tasks.running);
            tasks > 0 && (self.running_is_ready || healthy.is_some_and(|healthy| healthy.of(index) > 0))
        });
        if !ready {
            return Action::Done(self.then);
        }
        self.then = Outcome::Ready;
        match partial.route {
            Some(RouteTarget::App) => Action::Done(self.then),
            _ => Action::Apply(vec![Step::TurnRoute(RouteTarget::App)]),
        }
    }
}

impl Protocol for NaiveWake {
    type Outcome = Outcome;

    fn next(&mut self, environment: &Environment, _: Duration, came: Input) -> Action {
        match came {
            Input::Continue => Action::Observe(Scope::WHOLE),
            Input::Observed(Ok(partial)) => self.observed(environment, &partial),
            Input::Observed(Err(fault)) => Action::Done(Outcome::Failed(Failure::Fault(fault))),
            Input::Applied(faults) => Action::Done(failed(&faults).map_or(self.then, Outcome::Failed)),
        }
    }

    fn deadline(&self) -> Duration {
        Duration::MAX
    }

    fn phase(&self) -> Phase {
        Phase::Looking
    }
}

/// Sets all counts to 0, then turns the route.
#[derive(Debug)]
pub struct NaiveSleep {
    /// Reads the metrics itself; None: an alarm has decided.
    began: Option<SystemTime>,
    emptied: bool,
}

impl NaiveSleep {
    pub fn new(began: Option<SystemTime>) -> Self {
        Self { began, emptied: false }
    }

    fn observed(&self, environment: &Environment, partial: &PartialSnapshot) -> Action<TickOutcome> {
        let awake = partial.running.as_ref().is_some_and(|running| running.awake(environment));
        if !awake {
            return Action::Done(TickOutcome::Asleep { blocked_by: None });
        }
        let idle = self.began.is_none_or(|now| idle(environment, partial, now));
        if !idle {
            return Action::Done(TickOutcome::Waking(Phase::Ready));
        }
        Action::Apply(set_all(environment, |_| 0))
    }
}

/// Trusts the metrics as they are.
fn idle(environment: &Environment, partial: &PartialSnapshot, now: SystemTime) -> bool {
    let Some(Usage::Read { traffic: Ok(traffic), .. }) = partial.usage.as_deref() else { return false };
    let services =
        |running: &Running| running.services.iter().flatten().filter_map(|tasks| tasks.started).max();
    let started = partial.running.as_ref().and_then(services);
    let fresh = started.is_some_and(|started| now < started + GRACE);
    !fresh && traffic.last_request.is_none_or(|at| at + environment.sleep.idle_after <= now)
}

impl Protocol for NaiveSleep {
    type Outcome = TickOutcome;

    fn next(&mut self, environment: &Environment, _: Duration, came: Input) -> Action<TickOutcome> {
        match came {
            Input::Continue if self.began.is_some() => Action::Observe(Scope::RUNNING | Scope::USAGE),
            Input::Continue => Action::Observe(Scope::RUNNING),
            Input::Observed(Ok(partial)) => self.observed(environment, &partial),
            Input::Observed(Err(fault)) => Action::Done(TickOutcome::Failed(Failure::Fault(fault))),
            Input::Applied(faults) => match failed(&faults) {
                Some(failure) => Action::Done(TickOutcome::Failed(failure)),
                None if self.emptied => Action::Done(TickOutcome::FellAsleep),
                None => {
                    self.emptied = true;
                    Action::Apply(vec![Step::TurnRoute(RouteTarget::Waker)])
                }
            },
        }
    }

    fn deadline(&self) -> Duration {
        Duration::MAX
    }

    fn phase(&self) -> Phase {
        Phase::Looking
    }
}

fn set_all(environment: &Environment, count: impl Fn(u32) -> u32) -> Vec<Step> {
    let services = environment.services.iter().enumerate();
    services
        .map(|(index, service)| Step::SetDesired { service: index, count: count(service.count) })
        .collect()
}

fn failed(faults: &[(Step, FaultKind)]) -> Option<Failure> {
    faults.first().map(|(_, fault)| Failure::Fault(*fault))
}
