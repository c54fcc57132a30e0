//! What there is to do, from what was observed.
//!
//! ```text
//!                    every required service ready, database up?
//!                        no                          yes
//! route -> waker   start what is missing        turn the route to the app
//! route -> app     start what is missing;       Ready
//!                  if a service has no task,
//!                  turn the route to the waker
//! route elsewhere  Failed: nothing is touched
//! ```

use super::{
    cloud::Step,
    failure::Failure,
    observed::{Answer, DatabaseState, DatabaseStatus, Observed, RouteTarget, Tasks},
};
use crate::config::{Environment, Service};

/// Steps that do not depend on one another, and how far the wake has come.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Plan {
    pub steps: Vec<Step>,
    pub phase: Phase,
}

/// What a visitor is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Phase {
    /// Nothing has been observed yet.
    Looking,
    /// A stopped database starts; this takes minutes.
    StartingDatabase,
    /// A paused database resumes.
    ResumingDatabase,
    StartingTasks,
    CheckingHealth,
    TurningRoute,
    /// The route points to an app that is healthy.
    Ready,
    Failed(Failure),
}

impl Phase {
    /// A stable identifier for logs and programs, in snake case.
    pub fn code(self) -> &'static str {
        match self {
            Self::Looking => "looking",
            Self::StartingDatabase => "starting_database",
            Self::ResumingDatabase => "resuming_database",
            Self::StartingTasks => "starting_tasks",
            Self::CheckingHealth => "checking_health",
            Self::TurningRoute => "turning_route",
            Self::Ready => "ready",
            Self::Failed(_) => "failed",
        }
    }

    /// One sentence for a person.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Looking => "The application is being looked at.",
            Self::StartingDatabase => "The database is starting, which takes a few minutes.",
            Self::ResumingDatabase => "The database is resuming.",
            Self::StartingTasks => "The application is starting.",
            Self::CheckingHealth => "The application has started and is being checked.",
            Self::TurningRoute => "The application is ready; this address is being switched to it.",
            Self::Ready => "The application is ready.",
            Self::Failed(failure) => failure.sentence(),
        }
    }
}

/// What it takes to bring the environment, seen as `observed`, awake.
///
/// Desired counts are only ever raised: what autoscaling or a person has set
/// above the configured count stays.
pub fn plan(environment: &Environment, observed: &Observed) -> Plan {
    if observed.route == RouteTarget::Elsewhere {
        return Plan { steps: Vec::new(), phase: Phase::Failed(Failure::RouteElsewhere) };
    }
    let mut steps = Vec::new();
    let services = services(environment, observed, &mut steps);
    let database = database(environment, observed.running.database, &mut steps);
    let phase = database.worse(services);
    match (phase, observed.route) {
        (Phase::Ready, RouteTarget::Waker) => {
            steps.push(Step::TurnRoute(RouteTarget::App));
            return Plan { steps, phase: Phase::TurningRoute };
        }
        (Phase::Ready, _) | (_, RouteTarget::Waker) => {}
        // Whoever the route sends to an app without tasks meets a bare 503.
        (_, _) if without_tasks(environment, observed) => steps.push(Step::TurnRoute(RouteTarget::Waker)),
        (_, _) => {}
    }
    Plan { steps, phase }
}

/// The steps of all services, and the phase of the one that is furthest back.
fn services(environment: &Environment, observed: &Observed, steps: &mut Vec<Step>) -> Phase {
    let mut phase = Phase::Ready;
    for (index, service) in environment.services.iter().enumerate() {
        let Some(state) = state(observed, index) else { continue };
        let may_start = service.after.iter().all(|&other| settled(environment, observed, other));
        if state.tasks.desired < service.count && may_start {
            steps.push(Step::SetDesired { service: index, count: service.count });
        }
        if !service.optional {
            phase = phase.worse(service_phase(service, state));
        }
    }
    phase
}

/// A service as both halves of the observation see it.
#[derive(Clone, Copy)]
struct ServiceState {
    tasks: Tasks,
    healthy: Option<u32>,
}

fn state(observed: &Observed, index: usize) -> Option<ServiceState> {
    let tasks = observed.running.services.get(index).copied().flatten()?;
    Some(ServiceState { tasks, healthy: observed.healthy.0.get(index).copied().flatten() })
}

fn service_phase(service: &Service, state: ServiceState) -> Phase {
    match state.tasks.failure {
        _ if ready(service, state) => Phase::Ready,
        Some(failure) => Phase::Failed(Failure::Start(failure)),
        _ if state.tasks.running < service.count.max(1) => Phase::StartingTasks,
        _ => Phase::CheckingHealth,
    }
}

/// Desired counts are part of it: a service that somebody has just put to sleep
/// still has its healthy target for a moment.
fn ready(service: &Service, state: ServiceState) -> bool {
    state.tasks.desired >= service.count
        && match state.healthy {
            Some(healthy) => healthy >= 1 && state.tasks.running >= 1,
            None => state.tasks.running >= service.count,
        }
}

/// Whether what comes after the service at `index` may start: it is ready, or
/// it is optional and will not be.
fn settled(environment: &Environment, observed: &Observed, index: usize) -> bool {
    let service = &environment.services[index];
    match state(observed, index) {
        Some(state) => ready(service, state) || (service.optional && state.tasks.failure.is_some()),
        None => service.optional,
    }
}

/// Whether what the route's app target group belongs to runs no task.
fn without_tasks(environment: &Environment, observed: &Observed) -> bool {
    let app = &environment.route.app_target_group_arn;
    let mut behind = (0..environment.services.len())
        .filter(|&index| environment.services[index].target_group_arn.as_ref() == Some(app));
    behind.all(|index| state(observed, index).is_none_or(|state| state.tasks.running == 0))
}

fn database(environment: &Environment, state: Option<DatabaseState>, steps: &mut Vec<Step>) -> Phase {
    let (Some(database), Some(state)) = (&environment.database, state) else { return Phase::Ready };
    match (state.status, state.answer) {
        (DatabaseStatus::Stopped, _) => {
            steps.push(Step::StartDatabase);
            Phase::StartingDatabase
        }
        (DatabaseStatus::Starting | DatabaseStatus::Stopping, _) => Phase::StartingDatabase,
        (DatabaseStatus::Unusable, _) => Phase::Failed(Failure::DatabaseUnusable),
        (DatabaseStatus::Available, Answer::Up) => Phase::Ready,
        (DatabaseStatus::Available, _) if database.probe.is_none() => Phase::Ready,
        (DatabaseStatus::Available, Answer::Awaited) => Phase::ResumingDatabase,
        (DatabaseStatus::Available, Answer::Unknown) => {
            steps.push(Step::TouchDatabase);
            Phase::ResumingDatabase
        }
    }
}

impl Phase {
    /// Of two parts, the phase of the one with the longer way to go.
    fn worse(self, other: Self) -> Self {
        if self.rank() >= other.rank() { self } else { other }
    }

    fn rank(self) -> u8 {
        match self {
            Self::Ready => 0,
            Self::TurningRoute => 1,
            Self::CheckingHealth => 2,
            Self::StartingTasks => 3,
            Self::ResumingDatabase => 4,
            Self::StartingDatabase => 5,
            Self::Looking => 6,
            Self::Failed(_) => 7,
        }
    }
}
