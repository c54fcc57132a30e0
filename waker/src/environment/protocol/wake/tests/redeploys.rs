//! Services whose last deployment failed.

use super::*;

const FIRST: Option<SystemTime> = Some(UNIX_EPOCH);
const DEPLOY: Step = Step::Deploy { service: 0, count: 2 };
const FAILED: Failure = Failure::Start(StartFailure::DeploymentFailed);

/// ECS has given up the deployment that was created at that time.
fn given_up(desired: u32, tasks: u32, deployed: Option<SystemTime>) -> Running {
    let mut running = running(desired, tasks, DatabaseAnswer::Up);
    let failure = (tasks < desired).then_some(StartFailure::DeploymentFailed);
    let web = Tasks { desired, running: tasks, failure, rollout_failed: true, deployed, ..Tasks::default() };
    running.services[0] = Some(web);
    running
}

fn at_waker(running: Running) -> Input {
    whole(running, 0, RouteTarget::Waker)
}

fn by_command() -> Wake {
    let mut wake = wake(HOLD).ignore_give_up();
    at(&mut wake, 0.0, Input::Continue);
    wake
}

/// The steps after the first observation, with the tags of a sleeping environment, without the wake
/// history's.
fn first_steps(wake: &mut Wake, running: Running) -> Vec<Step> {
    let action = match at(wake, 0.1, at_waker(running)) {
        Action::Observe(Scope::STATE_TAG) => at(wake, 0.15, state_tag(StateTag::None)),
        action => action,
    };
    let Action::Apply(mut steps) = action else { return Vec::new() };
    steps.retain(|step| !matches!(step, Step::Record(_)));
    steps
}

#[test]
fn a_wake_by_command_starts_a_new_deployment_asleep_and_awake() {
    for desired in [0, 1, 2] {
        assert_eq!(first_steps(&mut by_command(), given_up(desired, 0, FIRST)), [DEPLOY], "{desired}");
    }
    let more = Step::Deploy { service: 0, count: 5 };
    assert_eq!(first_steps(&mut by_command(), given_up(5, 1, FIRST)), [more], "a higher count stays");
}

#[test]
fn a_visitor_starts_no_deployment_and_is_told_why() {
    let mut visitor = wake(HOLD);
    at(&mut visitor, 0.0, Input::Continue);
    at(&mut visitor, 0.1, at_waker(given_up(0, 0, FIRST)));
    let Action::Apply(steps) = at(&mut visitor, 0.2, state_tag(StateTag::None)) else { panic!() };
    assert!(steps.contains(&Step::SetDesired { service: 0, count: 2 }), "{steps:?}");
    assert!(!steps.contains(&DEPLOY), "{steps:?}");
    assert_eq!(at(&mut visitor, 0.3, Input::Applied(Vec::new())), Action::Observe(Scope::RUNNING));
    assert_eq!(at(&mut visitor, 0.4, at_waker(given_up(2, 0, FIRST))), Action::Done(Outcome::Failed(FAILED)));
}

#[test]
fn tasks_of_the_deployment_before_are_good_enough() {
    let serving = || whole(given_up(2, 2, FIRST), 1, RouteTarget::App);
    assert_eq!(at(&mut by_command(), 3.0, serving()), Action::Done(Outcome::Ready));
}

#[test]
fn one_command_starts_one_deployment_although_ecs_shows_it_late() {
    let mut wake = by_command();
    assert_eq!(first_steps(&mut wake, given_up(0, 0, FIRST)), [DEPLOY]);
    at(&mut wake, 0.2, Input::Applied(Vec::new()));
    for seconds in [0.3, 1.0, 2.0] {
        let action = at(&mut wake, seconds, at_waker(given_up(2, 0, FIRST)));
        assert!(matches!(action, Action::Wait(_)), "{action:?}");
        assert_eq!(wake.phase(), Phase::StartingTasks);
        at(&mut wake, seconds + 0.5, Input::Continue);
    }
    let action = at(&mut wake, 3.0, starting());
    assert!(matches!(action, Action::Wait(_)), "{action:?}");
    at(&mut wake, 3.5, Input::Continue);
    let second = Some(UNIX_EPOCH + SECOND);
    assert_eq!(at(&mut wake, 9.0, at_waker(given_up(2, 0, second))), Action::Done(Outcome::Failed(FAILED)));
}

#[test]
fn a_deployment_that_aws_refused_is_retried() {
    let mut wake = by_command();
    assert_eq!(first_steps(&mut wake, given_up(0, 0, FIRST)), [DEPLOY]);
    let refused = Input::Applied(vec![(DEPLOY, FaultKind::Throttled)]);
    assert!(matches!(at(&mut wake, 0.2, refused), Action::Wait(_)));
    at(&mut wake, 1.0, Input::Continue);
    assert_eq!(first_steps(&mut wake, given_up(0, 0, FIRST)), [DEPLOY]);
}

#[test]
fn a_route_to_an_app_without_tasks_is_turned_first() {
    let mut wake = by_command();
    let turn = Action::Apply(vec![Step::TurnRoute(RouteTarget::Waker)]);
    assert_eq!(at(&mut wake, 3.0, whole(given_up(2, 0, FIRST), 0, RouteTarget::App)), turn);
    at(&mut wake, 3.1, Input::Applied(Vec::new()));
    assert_eq!(first_steps(&mut wake, given_up(2, 0, FIRST)), [DEPLOY]);
}
