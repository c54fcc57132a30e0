//! The steps that wake an environment.
//!
//! ```text
//!                    every required service ready, database up?
//!                        no                          yes
//! route -> waker   start what is missing        turn the route to the app
//! route -> app     start what is missing; but   Ready
//!                  first, if the app has no
//!                  task, turn the route to the
//!                  waker
//! route elsewhere  Failed: nothing is changed
//! ```

use super::{Phase, Plan};
use crate::{
    config::{Environment, Service},
    environment::{
        cloud::Step,
        failure::Failure,
        snapshot::{DatabaseAnswer, DatabaseState, DatabaseStatus, RouteTarget, Snapshot, Tasks},
    },
};

/// The steps that wake the environment from this `snapshot`.
///
/// Desired counts are only raised: what autoscaling or a person has set above the configured count
/// stays.
pub fn awake(environment: &Environment, snapshot: &Snapshot) -> Plan {
    if snapshot.route == RouteTarget::Elsewhere {
        return Plan { steps: Vec::new(), phase: Phase::Failed(Failure::RouteElsewhere) };
    }
    let mut steps = Vec::new();
    let services = services(environment, snapshot, &mut steps);
    let database = database(environment, snapshot.running.database, &mut steps);
    let phase = database.worse(services);
    match (phase, snapshot.route) {
        (Phase::Ready, RouteTarget::Waker) => {
            steps.push(Step::TurnRoute(RouteTarget::App));
            Plan { steps, phase: Phase::TurningRoute }
        }
        // A route to an app without tasks returns 503 to every visitor. This is the only step: once a
        // count is raised, tasks that are being stopped look like tasks that serve.
        (phase, RouteTarget::App) if phase != Phase::Ready && without_tasks(environment, snapshot) => {
            Plan { steps: vec![Step::TurnRoute(RouteTarget::Waker)], phase }
        }
        (phase, _) => Plan { steps, phase },
    }
}

/// The steps of all services, and the phase of the required service that is furthest back.
fn services(environment: &Environment, snapshot: &Snapshot, steps: &mut Vec<Step>) -> Phase {
    let mut phase = Phase::Ready;
    for (index, service) in environment.services.iter().enumerate() {
        let Some(state) = state(snapshot, index) else { continue };
        let may_start = service.after.iter().all(|&other| settled(environment, snapshot, other));
        if state.tasks.desired < service.count && may_start {
            steps.push(Step::SetDesired { service: index, count: service.count });
        }
        if !service.optional {
            phase = phase.worse(phase_of(service, state));
        }
    }
    phase
}

/// A service, as ECS and the load balancer report it.
#[derive(Clone, Copy)]
struct ServiceProgress {
    tasks: Tasks,
    healthy: Option<u32>,
}

fn state(snapshot: &Snapshot, index: usize) -> Option<ServiceProgress> {
    let tasks = snapshot.running.services.get(index).copied().flatten()?;
    Some(ServiceProgress { tasks, healthy: snapshot.healthy.0.get(index).copied().flatten() })
}

fn phase_of(service: &Service, state: ServiceProgress) -> Phase {
    match state.tasks.failure {
        _ if ready(service, state) => Phase::Ready,
        Some(failure) => Phase::Failed(Failure::Start(failure)),
        _ if state.tasks.running < service.count.max(1) => Phase::StartingTasks,
        _ => Phase::CheckingHealth,
    }
}

/// Checks the desired count too: a service that was put to sleep a moment ago still has its healthy
/// target.
fn ready(service: &Service, state: ServiceProgress) -> bool {
    state.tasks.desired >= service.count
        && match state.healthy {
            Some(healthy) => healthy >= 1 && state.tasks.running >= 1,
            // Without a health check, a task that keeps stopping looks healthy between two starts.
            None => state.tasks.running >= service.count && state.tasks.failure.is_none(),
        }
}

/// Whether services that come after the one at `index` may start: it is ready, or it is optional and
/// cannot start.
fn settled(environment: &Environment, snapshot: &Snapshot, index: usize) -> bool {
    let service = &environment.services[index];
    match state(snapshot, index) {
        Some(state) => ready(service, state) || (service.optional && state.tasks.failure.is_some()),
        None => service.optional,
    }
}

/// Whether the app has no task that will serve: at a desired count of 0, running tasks are being
/// stopped.
fn without_tasks(environment: &Environment, snapshot: &Snapshot) -> bool {
    environment.app_services().all(|index| {
        state(snapshot, index).is_none_or(|state| state.tasks.running == 0 || state.tasks.desired == 0)
    })
}

/// Whether every required service is ready, ignoring the database.
pub fn services_ready(environment: &Environment, snapshot: &Snapshot) -> bool {
    services_phase(environment, snapshot) == Phase::Ready
}

/// The phase of the required service that is furthest back.
pub fn services_phase(environment: &Environment, snapshot: &Snapshot) -> Phase {
    services(environment, snapshot, &mut Vec::new())
}

/// The phase of the service at `index`; None if it does not exist.
pub fn service_phase(environment: &Environment, snapshot: &Snapshot, index: usize) -> Option<Phase> {
    Some(phase_of(environment.services.get(index)?, state(snapshot, index)?))
}

/// The phase of the database; ready if there is none.
pub fn database_phase(environment: &Environment, snapshot: &Snapshot) -> Phase {
    database(environment, snapshot.running.database, &mut Vec::new())
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
        (DatabaseStatus::Available, DatabaseAnswer::Up | DatabaseAnswer::CannotAsk) => Phase::Ready,
        (DatabaseStatus::Available, _) if database.probe.is_none() => Phase::Ready,
        (DatabaseStatus::Available, DatabaseAnswer::Awaited) => Phase::ResumingDatabase,
        (DatabaseStatus::Available, DatabaseAnswer::Unknown) => {
            steps.push(Step::TouchDatabase);
            Phase::ResumingDatabase
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        config::tests::example,
        environment::{
            failure::StartFailure,
            scaling::Suspended,
            snapshot::{Healthy, Running},
            state_tag::StateTag,
            wake_history::WakeHistory,
        },
    };

    const WEB: usize = 0;
    const LOKI: usize = 1;

    #[expect(clippy::unnecessary_wraps, reason = "as the observation has it")]
    fn tasks(desired: u32, running: u32) -> Option<Tasks> {
        Some(Tasks { desired, running, ..Tasks::default() })
    }

    #[expect(clippy::unnecessary_wraps, reason = "as the observation has it")]
    fn database(status: DatabaseStatus, answer: DatabaseAnswer) -> Option<DatabaseState> {
        Some(DatabaseState { status, answer, pauses: true, stoppable: true })
    }

    fn asleep() -> Snapshot {
        Snapshot {
            running: Running {
                services: vec![tasks(0, 0), tasks(0, 0)],
                database: database(DatabaseStatus::Available, DatabaseAnswer::Unknown),
            },
            healthy: Healthy(vec![Some(0), None]),
            route: RouteTarget::Waker,
            state_tag: StateTag::None,
            wake_history: WakeHistory::default(),
            suspended: Suspended::default(),
        }
    }

    fn up() -> Snapshot {
        Snapshot {
            running: Running {
                services: vec![tasks(2, 2), tasks(1, 1)],
                database: database(DatabaseStatus::Available, DatabaseAnswer::Up),
            },
            healthy: Healthy(vec![Some(2), None]),
            route: RouteTarget::App,
            state_tag: StateTag::None,
            wake_history: WakeHistory::default(),
            suspended: Suspended::default(),
        }
    }

    #[test]
    fn asleep_starts_services_without_predecessors_and_touches_the_database_at_once() {
        let plan = awake(&example(), &asleep());
        assert_eq!(plan.steps, [Step::SetDesired { service: LOKI, count: 1 }, Step::TouchDatabase]);
        assert_eq!(plan.phase, Phase::ResumingDatabase);
    }

    #[test]
    fn awake_leaves_nothing_to_do() {
        assert_eq!(awake(&example(), &up()), Plan { steps: Vec::new(), phase: Phase::Ready });
    }

    #[test]
    fn the_route_is_turned_when_everything_required_is_ready_and_not_before() {
        let ready = Snapshot { route: RouteTarget::Waker, ..up() };
        assert_eq!(awake(&example(), &ready).steps, [Step::TurnRoute(RouteTarget::App)]);

        let without_health = Snapshot { healthy: Healthy(vec![Some(0), None]), ..ready.clone() };
        let without_desired = {
            let mut snapshot = ready.clone();
            snapshot.running.services[WEB] = tasks(0, 2);
            snapshot
        };
        let without_database = {
            let mut snapshot = ready.clone();
            snapshot.running.database = database(DatabaseStatus::Available, DatabaseAnswer::Awaited);
            snapshot
        };
        for snapshot in [without_health, without_desired, without_database] {
            let steps = awake(&example(), &snapshot).steps;
            assert!(!steps.contains(&Step::TurnRoute(RouteTarget::App)), "{snapshot:?}");
        }
    }

    #[test]
    fn a_service_waits_for_its_predecessor_unless_that_is_optional_and_cannot_start() {
        let web = Step::SetDesired { service: WEB, count: 2 };
        let mut snapshot = asleep();
        for (loki, started) in [
            (tasks(1, 0), false),
            (tasks(1, 1), true),
            (None, true),
            (Some(Tasks { failure: Some(StartFailure::ImageNotPulled), ..tasks(1, 0).unwrap() }), true),
        ] {
            snapshot.running.services[LOKI] = loki;
            assert_eq!(awake(&example(), &snapshot).steps.contains(&web), started, "{loki:?}");
        }
    }

    #[test]
    fn counts_above_the_configured_ones_stay() {
        let mut snapshot = up();
        snapshot.running.services[WEB] = tasks(7, 7);
        assert_eq!(awake(&example(), &snapshot), Plan { steps: Vec::new(), phase: Phase::Ready });
    }

    #[test]
    fn a_route_to_an_app_without_tasks_is_turned_back() {
        let snapshot = Snapshot { route: RouteTarget::App, ..asleep() };
        assert!(awake(&example(), &snapshot).steps.contains(&Step::TurnRoute(RouteTarget::Waker)));
        let mut unhealthy = up();
        unhealthy.healthy = Healthy(vec![Some(0), None]);
        assert_eq!(awake(&example(), &unhealthy).steps, [], "the load balancer fails open to tasks that run");
    }

    #[test]
    fn with_a_route_to_somewhere_else_nothing_is_changed() {
        let snapshot = Snapshot { route: RouteTarget::Elsewhere, ..asleep() };
        let expected = Plan { steps: Vec::new(), phase: Phase::Failed(Failure::RouteElsewhere) };
        assert_eq!(awake(&example(), &snapshot), expected);
    }

    #[test]
    fn each_state_of_the_database_has_its_step() {
        use DatabaseStatus as S;
        for (status, answer, step, phase) in [
            (S::Stopped, DatabaseAnswer::Unknown, Some(Step::StartDatabase), Phase::StartingDatabase),
            (S::Stopped, DatabaseAnswer::Up, Some(Step::StartDatabase), Phase::StartingDatabase),
            (S::Starting, DatabaseAnswer::Unknown, None, Phase::StartingDatabase),
            (S::Stopping, DatabaseAnswer::Unknown, None, Phase::StartingDatabase),
            (S::Unusable, DatabaseAnswer::Unknown, None, Phase::Failed(Failure::DatabaseUnusable)),
            (S::Available, DatabaseAnswer::Unknown, Some(Step::TouchDatabase), Phase::ResumingDatabase),
            (S::Available, DatabaseAnswer::Awaited, None, Phase::ResumingDatabase),
            (S::Available, DatabaseAnswer::Up, None, Phase::Ready),
            (S::Available, DatabaseAnswer::CannotAsk, None, Phase::Ready),
        ] {
            let mut snapshot = up();
            snapshot.running.database = database(status, answer);
            let plan = awake(&example(), &snapshot);
            assert_eq!((plan.steps.first().copied(), plan.phase), (step, phase), "{status:?} {answer:?}");
        }
    }

    #[test]
    fn without_a_probe_the_status_decides() {
        let mut environment = example();
        environment.database.as_mut().unwrap().probe = None;
        let mut snapshot = up();
        snapshot.running.database = database(DatabaseStatus::Available, DatabaseAnswer::Unknown);
        assert_eq!(awake(&environment, &snapshot), Plan { steps: Vec::new(), phase: Phase::Ready });
    }

    #[test]
    fn a_required_service_that_does_not_start_fails_the_wake_and_an_optional_one_does_not() {
        let failure = StartFailure::SecretDenied;
        let failing = Some(Tasks { failure: Some(failure), ..tasks(2, 0).unwrap() });
        let mut snapshot = up();
        snapshot.running.services[LOKI] = failing;
        assert_eq!(awake(&example(), &snapshot).phase, Phase::Ready);
        snapshot.running.services[WEB] = failing;
        assert_eq!(awake(&example(), &snapshot).phase, Phase::Failed(Failure::Start(failure)));
    }
}
