use std::time::UNIX_EPOCH;

use super::*;
use crate::{
    config::tests::example,
    environment::{
        failure::StartFailure,
        fault::FaultKind,
        scaling::{Activities, ByService, Suspended},
        snapshot::{DatabaseAnswer, DatabaseState, DatabaseStatus, Healthy, Running, Tasks},
        state_tag::StateTag,
        wake_history::{self, WakeHistory},
    },
};

const SECOND: Duration = Duration::from_secs(1);
const HOLD: ResponseMode = ResponseMode::Hold(Duration::from_secs(20));

fn wake(mode: ResponseMode) -> Wake {
    Wake::new(mode, UNIX_EPOCH, Duration::from_secs(28), 1, 0)
}

fn running(desired: u32, tasks: u32, answer: DatabaseAnswer) -> Running {
    let tasks = Some(Tasks { desired, running: tasks, ..Tasks::default() });
    let database =
        Some(DatabaseState { status: DatabaseStatus::Available, answer, pauses: true, stoppable: true });
    Running { services: vec![tasks, Some(Tasks { desired: 1, running: 1, ..Tasks::default() })], database }
}

fn whole(running: Running, healthy: u32, route: RouteTarget) -> Input {
    let healthy = Healthy(vec![Some(healthy), None]);
    Input::Observed(Ok(PartialSnapshot {
        running: Some(running),
        healthy: Some(healthy),
        route: Some(route),
        ..PartialSnapshot::default()
    }))
}

fn state_tag(state_tag: StateTag) -> Input {
    Input::Observed(Ok(PartialSnapshot { state_tag: Some(state_tag), ..PartialSnapshot::default() }))
}

fn ready(route: RouteTarget) -> Input {
    whole(running(2, 2, DatabaseAnswer::Up), 1, route)
}

fn starting() -> Input {
    whole(running(2, 0, DatabaseAnswer::Up), 0, RouteTarget::Waker)
}

fn at(wake: &mut Wake, seconds: f64, input: Input) -> Action {
    wake.next(&example(), Duration::from_secs_f64(seconds), input)
}

#[test]
fn a_turned_route_is_read_back_with_the_counts_before_the_redirect() {
    let mut wake = wake(HOLD);
    assert_eq!(at(&mut wake, 0.0, Input::Continue), Action::Observe(Scope::WHOLE));
    let ended = Step::Record(wake_history::WakeEvent::WakeEnded(UNIX_EPOCH + Duration::from_millis(100)));
    let turn = Action::Apply(vec![Step::TurnRoute(RouteTarget::App), ended]);
    assert_eq!(at(&mut wake, 0.1, ready(RouteTarget::Waker)), turn);
    assert_eq!(at(&mut wake, 0.2, Input::Applied(Vec::new())), Action::Observe(Scope::WHOLE));
    assert_eq!(at(&mut wake, 0.3, ready(RouteTarget::App)), Action::Done(Outcome::Ready));
}

#[test]
fn a_wake_is_recorded_in_the_wake_history_and_nothing_waits_for_that() {
    let mut wake = wake(HOLD);
    at(&mut wake, 0.0, Input::Continue);
    at(&mut wake, 0.1, whole(running(0, 0, DatabaseAnswer::Up), 0, RouteTarget::Waker));
    let Action::Apply(steps) = at(&mut wake, 0.2, state_tag(StateTag::None)) else { panic!() };
    let began = Step::Record(wake_history::WakeEvent::WakeBegan(UNIX_EPOCH + Duration::from_millis(200)));
    assert!(steps.contains(&began), "{steps:?}");
    let failed = Input::Applied(vec![(began, FaultKind::Denied)]);
    assert_eq!(at(&mut wake, 0.3, failed), Action::Observe(Scope::RUNNING), "it observations again at once");
}

#[test]
fn a_budget_that_is_used_up_starts_no_wake_but_continues_one() {
    let now = Duration::from_hours(2);
    let start = UNIX_EPOCH + now;
    let ago = |minutes: u64| now.as_secs() - minutes * 60;
    let ended = format!("{}+30 {}+30", ago(50), ago(20));
    let open = format!("{ended} {}", ago(1));
    for (wake_history, budget, wakes) in
        [(&ended, Some(3), true), (&ended, Some(2), false), (&ended, None, true), (&open, Some(2), true)]
    {
        let mut wake = Wake::new(HOLD, start, Duration::from_secs(28), 1, 0).with_budget(budget);
        at(&mut wake, 0.0, Input::Continue);
        at(&mut wake, 0.1, whole(running(0, 0, DatabaseAnswer::Up), 0, RouteTarget::Waker));
        let tags = PartialSnapshot {
            state_tag: Some(StateTag::None),
            wake_history: Some(WakeHistory::parse(wake_history)),
            ..PartialSnapshot::default()
        };
        let action = at(&mut wake, 0.2, Input::Observed(Ok(tags)));
        assert_eq!(matches!(action, Action::Apply(_)), wakes, "{wake_history} {budget:?}: {action:?}");
        assert_eq!(action == Action::Done(Outcome::OverBudget), !wakes, "{action:?}");
    }
}

#[test]
fn a_visitor_who_may_not_start_a_wake_reads_the_state_tag_before_a_step_and_never_else() {
    let asleep = StateTag::Asleep { since: UNIX_EPOCH };
    for (noted, goes_on) in
        [(StateTag::None, true), (StateTag::Dozing { since: UNIX_EPOCH }, true), (asleep, false)]
    {
        let mut wake = wake(HOLD).finish_only();
        at(&mut wake, 0.0, Input::Continue);
        let Action::Wait(_) = at(&mut wake, 0.1, starting()) else { panic!("nothing to do yet") };
        at(&mut wake, 0.5, Input::Continue);
        assert_eq!(at(&mut wake, 0.6, ready(RouteTarget::Waker)), Action::Observe(Scope::STATE_TAG));
        let action = at(&mut wake, 0.7, state_tag(noted));
        let turns = matches!(&action, Action::Apply(steps) if steps[0] == Step::TurnRoute(RouteTarget::App));
        assert_eq!(turns, goes_on, "{noted:?}: {action:?}");
        assert!(goes_on || action == Action::Done(Outcome::NotStarted), "{noted:?}: {action:?}");
    }
}

#[test]
fn a_visitor_who_may_not_start_a_wake_leaves_no_route_to_an_app_without_tasks() {
    let mut wake = wake(HOLD).finish_only();
    at(&mut wake, 0.0, Input::Continue);
    at(&mut wake, 0.1, ready(RouteTarget::Waker));
    at(&mut wake, 0.2, state_tag(StateTag::None));
    at(&mut wake, 0.3, Input::Applied(Vec::new()));
    let slept = |route| whole(running(0, 2, DatabaseAnswer::Up), 1, route);
    assert_eq!(at(&mut wake, 0.4, slept(RouteTarget::App)), Action::Observe(Scope::STATE_TAG));
    let back = vec![Step::TurnRoute(RouteTarget::Waker)];
    assert_eq!(at(&mut wake, 0.5, state_tag(StateTag::Asleep { since: UNIX_EPOCH })), Action::Apply(back));
    at(&mut wake, 0.6, Input::Applied(Vec::new()));
    at(&mut wake, 0.7, slept(RouteTarget::Waker));
    let ended = at(&mut wake, 0.8, state_tag(StateTag::Asleep { since: UNIX_EPOCH }));
    assert_eq!(ended, Action::Done(Outcome::NotStarted));
}

#[test]
fn a_sleep_between_the_turn_and_the_read_back_is_noticed() {
    let mut wake = wake(HOLD);
    at(&mut wake, 0.0, Input::Continue);
    at(&mut wake, 0.1, ready(RouteTarget::Waker));
    at(&mut wake, 0.2, Input::Applied(Vec::new()));
    let slept = whole(running(0, 2, DatabaseAnswer::Up), 1, RouteTarget::App);
    let again = vec![Step::TurnRoute(RouteTarget::Waker)];
    assert_eq!(at(&mut wake, 0.3, slept), Action::Observe(Scope::STATE_TAG));
    assert_eq!(at(&mut wake, 0.3, state_tag(StateTag::Dozing { since: UNIX_EPOCH })), Action::Apply(again));
}

#[test]
fn a_start_that_was_given_up_is_retried_after_a_while_or_by_command_or_after_a_deployment() {
    let failure = StartFailure::ImageNotPulled;
    let gave_up = StateTag::GaveUp { failure, at: UNIX_EPOCH, times: 1 };
    let asleep = || running(0, 0, DatabaseAnswer::Up);
    let first = |mut wake: Wake, running: Running| {
        at(&mut wake, 0.0, Input::Continue);
        match at(&mut wake, 0.1, whole(running, 0, RouteTarget::Waker)) {
            Action::Observe(Scope::STATE_TAG) => at(&mut wake, 0.2, state_tag(gave_up)),
            action => action,
        }
    };
    let later = |minutes| {
        let started = UNIX_EPOCH + Duration::from_mins(minutes);
        Wake::new(HOLD, started, Duration::from_secs(28), 1, 0)
    };
    let failed = Action::Done(Outcome::Failed(Failure::Start(failure)));
    assert_eq!(first(wake(HOLD), asleep()), failed);
    assert_eq!(first(later(4), asleep()), failed);
    for tried in [first(later(5), asleep()), first(wake(HOLD).ignore_give_up(), asleep())] {
        assert!(matches!(tried, Action::Apply(_)), "{tried:?}");
    }
    let mut deployed = asleep();
    deployed.services[0] =
        Some(Tasks { deployed: Some(UNIX_EPOCH + Duration::from_secs(1)), ..Tasks::default() });
    assert!(matches!(first(later(1), deployed), Action::Apply(_)));
}

#[test]
fn a_visitor_who_comes_although_the_route_points_to_the_app_is_held_for_a_second() {
    let mut wake = wake(HOLD);
    at(&mut wake, 0.0, Input::Continue);
    let action = at(&mut wake, 0.25, ready(RouteTarget::App));
    assert_eq!(action, Action::Wait(Duration::from_millis(750)));
    assert_eq!(at(&mut wake, 1.0, Input::Continue), Action::Observe(Scope::WHOLE));
    assert_eq!(at(&mut wake, 1.1, ready(RouteTarget::App)), Action::Done(Outcome::Ready));
}

#[test]
fn a_page_is_answered_where_a_held_request_would_wait() {
    let mut page = wake(ResponseMode::Page);
    at(&mut page, 0.0, Input::Continue);
    assert_eq!(at(&mut page, 0.1, starting()), Action::Done(Outcome::Waiting(Phase::StartingTasks)));
    let mut held = wake(HOLD);
    at(&mut held, 0.0, Input::Continue);
    assert!(matches!(at(&mut held, 0.1, starting()), Action::Wait(pause) if pause < SECOND));
}

#[test]
fn the_hold_time_and_the_end_of_the_invocation_are_kept_whichever_is_first() {
    for (hold, limit) in [(20, 28), (60, 20)] {
        let mode = ResponseMode::Hold(Duration::from_secs(hold));
        let mut wake = Wake::new(mode, UNIX_EPOCH, Duration::from_secs(limit), 1, 0);
        assert_eq!(wake.deadline(), Duration::from_secs(20));
        at(&mut wake, 0.0, Input::Continue);
        assert!(matches!(at(&mut wake, 18.0, starting()), Action::Wait(_)));
        at(&mut wake, 18.8, Input::Continue);
        let done = Action::Done(Outcome::Waiting(Phase::StartingTasks));
        assert_eq!(at(&mut wake, 19.9, starting()), done);
    }
}

#[test]
fn while_no_task_runs_the_load_balancer_is_not_called() {
    let mut wake = wake(HOLD);
    at(&mut wake, 0.0, Input::Continue);
    at(&mut wake, 0.1, starting());
    assert_eq!(at(&mut wake, 1.0, Input::Continue), Action::Observe(Scope::RUNNING));
    let up =
        PartialSnapshot { running: Some(running(2, 1, DatabaseAnswer::Up)), ..PartialSnapshot::default() };
    let rest = Scope::HEALTHY | Scope::ROUTE;
    assert_eq!(at(&mut wake, 1.1, Input::Observed(Ok(up))), Action::Observe(rest));
}

#[test]
fn after_a_refused_call_the_parts_are_read_one_by_one_and_kept() {
    let mut wake = wake(HOLD);
    at(&mut wake, 0.0, Input::Continue);
    assert!(matches!(at(&mut wake, 0.1, Input::Observed(Err(FaultKind::Throttled))), Action::Wait(_)));
    assert_eq!(at(&mut wake, 0.5, Input::Continue), Action::Observe(Scope::RUNNING));
    let up =
        PartialSnapshot { running: Some(running(2, 2, DatabaseAnswer::Up)), ..PartialSnapshot::default() };
    assert_eq!(at(&mut wake, 0.6, Input::Observed(Ok(up))), Action::Observe(Scope::HEALTHY));
    assert!(matches!(at(&mut wake, 0.7, Input::Observed(Err(FaultKind::Throttled))), Action::Wait(_)));
    assert_eq!(at(&mut wake, 1.5, Input::Continue), Action::Observe(Scope::HEALTHY));
    assert_eq!(at(&mut wake, 9.0, Input::Continue), Action::Observe(Scope::RUNNING), "kept for a while only");
}

#[test]
fn a_lasting_fault_ends_it_unless_it_concerns_an_optional_service() {
    let fault = FaultKind::Denied;
    let mut wake_one = wake(HOLD);
    at(&mut wake_one, 0.0, Input::Continue);
    at(&mut wake_one, 0.1, whole(running(0, 0, DatabaseAnswer::Up), 0, RouteTarget::Waker));
    at(&mut wake_one, 0.1, state_tag(StateTag::None));
    let denied = Input::Applied(vec![(Step::SetDesired { service: 0, count: 2 }, fault)]);
    let failed = Action::Done(Outcome::Failed(Failure::Fault(fault)));
    assert_eq!(at(&mut wake_one, 0.2, denied), failed);

    let mut other = wake(HOLD);
    at(&mut other, 0.0, Input::Continue);
    at(&mut other, 0.1, whole(running(0, 0, DatabaseAnswer::Up), 0, RouteTarget::Waker));
    at(&mut other, 0.1, state_tag(StateTag::None));
    let optional = Input::Applied(vec![(Step::SetDesired { service: 1, count: 1 }, fault)]);
    assert!(matches!(at(&mut other, 0.2, optional), Action::Observe(_)));
}

#[test]
fn an_aws_that_does_not_answer_is_named_if_nothing_was_observed() {
    let mut page = wake(ResponseMode::Page);
    at(&mut page, 0.0, Input::Continue);
    let fault = FaultKind::Unreachable;
    assert!(matches!(at(&mut page, 0.1, Input::Observed(Err(fault))), Action::Wait(_)));
    at(&mut page, 0.4, Input::Continue);
    let failed = Action::Done(Outcome::Failed(Failure::Fault(fault)));
    assert_eq!(at(&mut page, 3.9, Input::Observed(Err(fault))), failed);
}

#[test]
fn a_failing_start_ends_it_after_the_other_steps() {
    let mut wake = wake(HOLD);
    at(&mut wake, 0.0, Input::Continue);
    let failure = StartFailure::ImageNotPulled;
    let mut partial = running(2, 0, DatabaseAnswer::Unknown);
    partial.services[0] = Some(Tasks { desired: 2, failure: Some(failure), ..Tasks::default() });
    let action = at(&mut wake, 0.1, whole(partial, 0, RouteTarget::Waker));
    assert_eq!(action, Action::Apply(vec![Step::TouchDatabase]));
    let failed = Action::Done(Outcome::Failed(Failure::Start(failure)));
    assert_eq!(at(&mut wake, 0.2, Input::Applied(Vec::new())), failed);
}

mod redeploys;
mod rounds;

#[test]
fn scaling_is_resumed_once_the_count_is_set_and_only_what_the_waker_suspended() {
    let ours = Activities::SCALE_IN | Activities::SCALE_OUT;
    let activities = ByService::default().with(0, ours);
    let tags = || {
        let suspended = Suspended { activities, since: UNIX_EPOCH };
        Input::Observed(Ok(PartialSnapshot {
            state_tag: Some(StateTag::None),
            suspended: Some(suspended),
            ..PartialSnapshot::default()
        }))
    };
    for mode in [HOLD, ResponseMode::Page] {
        let mut wake = wake(mode);
        at(&mut wake, 0.0, Input::Continue);
        at(&mut wake, 0.1, whole(running(0, 0, DatabaseAnswer::Up), 0, RouteTarget::Waker));
        let Action::Apply(steps) = at(&mut wake, 0.2, tags()) else { panic!("it is woken") };
        assert!(steps.contains(&Step::SetDesired { service: 0, count: 2 }), "{steps:?}");
        let failed = Input::Applied(vec![(Step::SetDesired { service: 0, count: 2 }, FaultKind::Throttled)]);
        assert!(matches!(at(&mut wake.clone(), 0.3, failed), Action::Wait(_)), "no count, no resuming");
        let resume = Step::SetSuspended { service: 0, activities: Activities::SCHEDULED };
        assert_eq!(at(&mut wake, 0.3, Input::Applied(Vec::new())), Action::Apply(vec![resume]));
        let failed = Input::Applied(vec![(resume, FaultKind::Denied)]);
        let action = at(&mut wake, 0.4, failed);
        assert_eq!(action, Action::Observe(Scope::RUNNING), "no visitor waits for it");
        let again = at(&mut wake, 0.5, starting());
        assert!(!matches!(again, Action::Apply(_)), "once: {again:?}");
    }
}

/// AWS would raise the count to the target's minimum.
#[test]
fn scaling_of_an_optional_service_whose_count_could_not_be_set_stays_suspended() {
    const LOKI: Step = Step::SetDesired { service: 1, count: 1 };
    let activities: ByService = [(0, Activities::all()), (1, Activities::all())].into_iter().collect();
    let suspended = Suspended { activities, since: UNIX_EPOCH };
    let mut wake = wake(HOLD).resuming(suspended);
    at(&mut wake, 0.0, Input::Continue);
    let mut starting = running(2, 0, DatabaseAnswer::Up);
    starting.services[1] = Some(Tasks::default());
    let Action::Apply(steps) = at(&mut wake, 0.1, whole(starting, 0, RouteTarget::Waker)) else {
        panic!("the optional service is started")
    };
    assert_eq!(steps, [LOKI]);
    let refused = Input::Applied(vec![(LOKI, FaultKind::Throttled)]);
    let resumed = Step::SetSuspended { service: 0, activities: Activities::empty() };
    assert_eq!(at(&mut wake, 0.2, refused), Action::Apply(vec![resumed]), "and of the other one alone");
}
