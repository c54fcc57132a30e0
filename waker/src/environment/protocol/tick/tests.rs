mod going_to_sleep;
mod scaling;

use std::time::UNIX_EPOCH;

use super::*;
use crate::{
    config::tests::example,
    environment::{
        failure::StartFailure,
        pause::{Pause, PauseBlocker},
        scaling::Scaling,
        snapshot::{DatabaseAnswer, DatabaseState, DatabaseStatus, Healthy, Running, Tasks},
        usage::{FailedRead, Traffic, Usage},
    },
};

const LIMIT: Duration = Duration::from_secs(59);

/// Minutes since the epoch.
fn at(minute: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_mins(minute)
}

/// A tick at that minute.
fn tick(mode: TickMode, minute: u64) -> Tick {
    Tick::new(mode, at(minute), LIMIT, 1)
}

fn tasks(count: u32) -> Tasks {
    Tasks { desired: count, running: count, started: Some(at(0)), ..Tasks::default() }
}

fn observed(web: u32, loki: u32, route: RouteTarget) -> Input {
    let database = DatabaseState {
        status: DatabaseStatus::Available,
        answer: DatabaseAnswer::Unknown,
        pauses: true,
        stoppable: true,
    };
    Input::Observed(Ok(PartialSnapshot {
        running: Some(Running {
            services: vec![Some(tasks(web)), Some(tasks(loki))],
            database: Some(database),
        }),
        healthy: Some(Healthy(vec![Some(web), None])),
        route: Some(route),
        ..PartialSnapshot::default()
    }))
}

/// Metrics up to `until`, with the last request at the end of that minute.
fn usage(state_tag: StateTag, until: u64, last_request: u64) -> Input {
    let traffic = Traffic {
        until: at(until),
        healthy_since: Some(at(0)),
        known_before: None,
        last_request: Some(at(last_request)),
        last_stream: None,
    };
    usage_fetched(state_tag, Usage::Read { traffic: Ok(traffic), protected: Ok(false) })
}

fn usage_fetched(state_tag: StateTag, usage: Usage) -> Input {
    Input::Observed(Ok(PartialSnapshot {
        state_tag: Some(state_tag),
        usage: Some(Box::new(usage)),
        ..PartialSnapshot::default()
    }))
}

/// The parts of [`usage`] that could be read.
fn partly(traffic: bool, protected: bool, retryable: bool) -> Usage {
    let Input::Observed(Ok(PartialSnapshot { usage: Some(whole), .. })) = usage(StateTag::None, 98, 70)
    else {
        unreachable!()
    };
    let Usage::Read { traffic: known, .. } = *whole else { unreachable!() };
    let unknown = |read| FailedRead { read, retryable };
    Usage::Read {
        traffic: if traffic { known } else { Err(unknown("GetMetricData")) },
        protected: if protected { Ok(false) } else { Err(unknown("ListTasks")) },
    }
}

fn applied() -> Input {
    Input::Applied(Vec::new())
}

/// Plays the inputs, and returns the action after each; the first is an observation.
fn play(mut tick: Tick, inputs: impl IntoIterator<Item = Input>) -> Vec<Action<TickOutcome>> {
    let inputs = [Input::Continue].into_iter().chain(inputs);
    inputs.map(|input| tick.next(&example(), Duration::ZERO, input)).collect()
}

#[test]
fn a_sleep_that_another_tick_has_not_finished_is_no_unfinished_wake() {
    let asleep = |minute| {
        Input::Observed(Ok(PartialSnapshot {
            state_tag: Some(StateTag::Asleep { since: at(minute) }),
            ..PartialSnapshot::default()
        }))
    };
    // The app's count is 0 already, Loki's is not, and its task was started in minute 0.
    let half_way = || observed(0, 1, RouteTarget::Waker);
    let play = |tag| {
        let mut tick = tick(TickMode::Look, 2);
        let first = tick.next(&example(), Duration::ZERO, Input::Continue);
        assert_eq!(first, OBSERVE);
        assert_eq!(tick.next(&example(), Duration::ZERO, half_way()), Action::Observe(Scope::STATE_TAG));
        tick.next(&example(), Duration::ZERO, tag)
    };
    assert_eq!(play(asleep(1)), FIND_TARGETS, "it goes on with the sleep");
    let before = PartialSnapshot { state_tag: Some(StateTag::None), ..PartialSnapshot::default() };
    assert_eq!(play(Input::Observed(Ok(before))), OBSERVE, "it goes on with the wake");
}

const OBSERVE: Action<TickOutcome> = Action::Observe(Scope::WHOLE);
/// Nothing runs, so no target can be healthy.
const READ_BACK: Action<TickOutcome> = Action::Observe(Scope::RUNNING.union(Scope::ROUTE));
const FETCH_USAGE: Action<TickOutcome> = Action::Observe(Scope::STATE_TAG.union(Scope::USAGE));
const FIND_TARGETS: Action<TickOutcome> = Action::Observe(Scope::STATE_TAG.union(Scope::SCALING));

/// No service has a scalable target.
fn no_targets() -> Input {
    Input::Observed(Ok(PartialSnapshot {
        scaling: Some(Scaling(vec![None, None])),
        ..PartialSnapshot::default()
    }))
}

fn apply(step: Step) -> Action<TickOutcome> {
    Action::Apply(vec![step])
}

fn empty() -> Action<TickOutcome> {
    Action::Apply(vec![Step::SetDesired { service: 0, count: 0 }, Step::SetDesired { service: 1, count: 0 }])
}

/// The route is locked, and read back as `partial`.
fn locking(partial: Input) -> [Input; 3] {
    [applied(), Input::Continue, partial]
}

fn locked() -> [Action<TickOutcome>; 3] {
    [apply(Step::LockRoute), Action::Wait(Duration::from_secs(2)), OBSERVE]
}

fn unlock() -> Action<TickOutcome> {
    apply(Step::TurnRoute(RouteTarget::Waker))
}

#[test]
fn an_idle_environment_dozes_first_with_its_state_tag_written_before_its_route_is_turned() {
    let since = at(100);
    let actions = play(
        tick(TickMode::Look, 100),
        [
            observed(2, 1, RouteTarget::App),
            usage(StateTag::None, 98, 70),
            applied(),
            applied(),
            observed(2, 1, RouteTarget::Waker),
        ],
    );
    let expected = [
        OBSERVE,
        FETCH_USAGE,
        apply(Step::Write(StateTag::Dozing { since })),
        apply(Step::TurnRoute(RouteTarget::Waker)),
        OBSERVE,
        Action::Done(TickOutcome::Dozing),
    ];
    assert_eq!(actions, expected);
}

#[test]
fn a_doze_goes_on_until_the_metrics_have_come_for_the_time_before_it() {
    for (minute, until, outcome) in [(98, 97, TickOutcome::Dozing), (101, 96, TickOutcome::Dozing)] {
        let inputs =
            [observed(2, 1, RouteTarget::Waker), usage(StateTag::Dozing { since: at(97) }, until, 68)];
        let actions = play(tick(TickMode::Look, minute), inputs);
        assert_eq!(actions.last(), Some(&Action::Done(outcome)), "{minute} {until}");
    }
}

#[test]
fn a_request_that_the_metrics_show_late_ends_the_doze() {
    let inputs = [
        observed(2, 1, RouteTarget::Waker),
        usage(StateTag::Dozing { since: at(97) }, 98, 97),
        observed(2, 1, RouteTarget::Waker),
    ];
    let actions = play(tick(TickMode::Look, 100), inputs);
    assert_eq!(actions[2], OBSERVE, "as a wake does");
    assert_eq!(actions[3], apply(Step::TouchDatabase), "which the route waits for");
}

#[test]
fn a_doze_that_a_visitor_has_ended_is_tagged_as_a_use() {
    for (began, expected) in [
        (97, apply(Step::Write(StateTag::Used { since: at(97) }))),
        (100, Action::Done(TickOutcome::Awake(AwakeReason::Request))),
    ] {
        let inputs = [
            observed(2, 1, RouteTarget::App),
            usage(StateTag::Dozing { since: at(began) }, 98, 60),
            applied(),
        ];
        let actions = play(tick(TickMode::Look, 100), inputs);
        assert_eq!(actions[2], expected, "a tick at the same time may not have turned the route yet");
    }
    let state_tag = StateTag::Used { since: at(97) };
    let actions =
        play(tick(TickMode::Look, 100), [observed(2, 1, RouteTarget::App), usage(state_tag, 98, 60)]);
    assert_eq!(actions[2], Action::Done(TickOutcome::Awake(AwakeReason::Request)), "once");
}

#[test]
fn a_route_to_an_app_without_tasks_is_turned_to_the_waker() {
    let inputs = [observed(0, 0, RouteTarget::App), applied(), observed(0, 0, RouteTarget::Waker)];
    let actions = play(tick(TickMode::Look, 100), inputs);
    assert_eq!(actions[1..3], [apply(Step::TurnRoute(RouteTarget::Waker)), READ_BACK]);
}

#[test]
fn a_route_to_an_app_that_only_begins_to_start_is_turned_to_the_waker() {
    let Input::Observed(Ok(mut starting)) = observed(2, 1, RouteTarget::App) else { unreachable!() };
    starting.running.as_mut().unwrap().services[0] = Some(Tasks { running: 0, ..tasks(2) });
    starting.healthy = Some(Healthy(vec![Some(0), None]));
    let traffic = Traffic {
        until: at(60),
        healthy_since: None,
        known_before: None,
        last_request: None,
        last_stream: None,
    };
    let usage_fetched =
        usage_fetched(StateTag::None, Usage::Read { traffic: Ok(traffic), protected: Ok(false) });
    let inputs = [Input::Observed(Ok(starting)), usage_fetched, applied()];
    let both = vec![Step::Write(StateTag::Starting { since: at(100) }), Step::TurnRoute(RouteTarget::Waker)];
    let expected =
        [OBSERVE, FETCH_USAGE, Action::Apply(both), Action::Done(TickOutcome::Awake(AwakeReason::Starting))];
    assert_eq!(play(tick(TickMode::Look, 100), inputs), expected);
}

#[test]
fn counts_below_the_configured_ones_are_raised_and_a_paused_database_is_left_alone() {
    let inputs = [observed(1, 1, RouteTarget::App), usage(StateTag::None, 98, 98), applied()];
    let expected = [
        OBSERVE,
        FETCH_USAGE,
        apply(Step::SetDesired { service: 0, count: 2 }),
        Action::Done(TickOutcome::Awake(AwakeReason::Request)),
    ];
    assert_eq!(play(tick(TickMode::Look, 100), inputs), expected);
}

#[test]
fn a_dry_run_changes_nothing_and_says_what_it_would_do() {
    let mut environment = example();
    environment.sleep.dry_run = true;
    for (inputs, decision) in [
        (vec![observed(2, 1, RouteTarget::App), usage(StateTag::None, 98, 70)], SleepDecision::Doze),
        (vec![observed(0, 0, RouteTarget::App)], SleepDecision::Asleep),
    ] {
        let mut tick = tick(TickMode::Look, 100);
        let mut action = tick.next(&environment, Duration::ZERO, Input::Continue);
        for input in inputs {
            action = tick.next(&environment, Duration::ZERO, input);
        }
        assert_eq!(action, Action::Done(TickOutcome::Would(decision)));
    }
}

#[test]
fn a_fault_that_may_pass_starts_it_over_and_a_lasting_one_ends_it() {
    let mut tick = tick(TickMode::Look, 100);
    tick.next(&example(), Duration::ZERO, Input::Continue);
    let throttled = Input::Observed(Err(FaultKind::Throttled));
    assert!(matches!(tick.next(&example(), Duration::ZERO, throttled), Action::Wait(_)));
    assert_eq!(tick.next(&example(), Duration::from_secs(1), Input::Continue), OBSERVE);
    let denied = Input::Observed(Err(FaultKind::Denied));
    let failed = Action::Done(TickOutcome::Failed(Failure::Fault(FaultKind::Denied)));
    assert_eq!(tick.next(&example(), Duration::from_secs(1), denied), failed);
}

/// What was read is kept. A visitor may have come meanwhile, so the route and the state tag are read
/// again before it dozes or sleeps.
#[test]
fn unknown_use_is_read_again_within_the_tick() {
    let dozing = StateTag::Dozing { since: at(97) };
    let again = |usage| {
        Input::Observed(Ok(PartialSnapshot { usage: Some(Box::new(usage)), ..PartialSnapshot::default() }))
    };
    let actions = play(
        tick(TickMode::Look, 100),
        [
            observed(2, 1, RouteTarget::Waker),
            usage_fetched(dozing, partly(false, true, true)),
            Input::Continue,
            again(partly(true, false, true)),
            observed(2, 1, RouteTarget::Waker),
            Input::Observed(Ok(PartialSnapshot { state_tag: Some(dozing), ..PartialSnapshot::default() })),
            no_targets(),
        ],
    );
    assert_eq!(actions[..2], [OBSERVE, FETCH_USAGE]);
    assert!(matches!(actions[2], Action::Wait(_)), "{actions:?}");
    assert_eq!(actions[3], Action::Observe(Scope::USAGE));
    assert_eq!(actions[4..6], [OBSERVE, Action::Observe(Scope::STATE_TAG)]);
    assert_eq!(actions[6], FIND_TARGETS);
    assert_eq!(actions[7], apply(Step::Write(StateTag::Asleep { since: at(100) })));
}

#[test]
fn a_visitor_who_comes_while_the_use_is_read_again_is_not_cut_off() {
    let dozing = StateTag::Dozing { since: at(97) };
    let actions = play(
        tick(TickMode::Look, 100),
        [
            observed(2, 1, RouteTarget::Waker),
            usage_fetched(dozing, partly(false, true, true)),
            Input::Continue,
            Input::Observed(Ok(PartialSnapshot {
                usage: Some(Box::new(partly(true, true, true))),
                ..PartialSnapshot::default()
            })),
            observed(2, 1, RouteTarget::App),
            Input::Observed(Ok(PartialSnapshot { state_tag: Some(dozing), ..PartialSnapshot::default() })),
        ],
    );
    assert_eq!(actions[6], apply(Step::Write(StateTag::Used { since: at(97) })), "from the beginning");
}

#[test]
fn unknown_use_ends_no_doze_and_a_lasting_fault_is_not_retried() {
    let dozing = StateTag::Dozing { since: at(97) };
    let fails = partly(true, false, true);
    let again = || {
        Input::Observed(Ok(PartialSnapshot { usage: Some(Box::new(fails)), ..PartialSnapshot::default() }))
    };
    let inputs = [
        observed(2, 1, RouteTarget::Waker),
        usage_fetched(dozing, fails),
        Input::Continue,
        again(),
        Input::Continue,
        again(),
    ];
    let actions = play(tick(TickMode::Look, 100), inputs);
    assert_eq!(actions.last(), Some(&Action::Done(TickOutcome::Dozing)), "{actions:?}");
    let denied = usage_fetched(dozing, partly(true, false, false));
    let actions = play(tick(TickMode::Look, 100), [observed(2, 1, RouteTarget::Waker), denied]);
    assert_eq!(actions.last(), Some(&Action::Done(TickOutcome::Dozing)));
}

#[test]
fn a_database_that_rds_does_not_stop_is_left_alone_and_reported() {
    let mut environment = example();
    environment.database.as_mut().unwrap().stop_when_idle = true;
    for (stoppable, expected) in [
        (true, apply(Step::StopDatabase)),
        (false, Action::Done(TickOutcome::Asleep { blocked_by: Some(PauseBlocker::Replica) })),
    ] {
        let Input::Observed(Ok(mut partial)) = observed(0, 0, RouteTarget::Waker) else { unreachable!() };
        let database = partial.running.as_mut().unwrap().database.as_mut().unwrap();
        (database.pauses, database.stoppable) = (false, stoppable);
        let mut tick = tick(TickMode::Look, 100);
        tick.next(&environment, Duration::ZERO, Input::Continue);
        assert_eq!(tick.next(&environment, Duration::ZERO, Input::Observed(Ok(partial))), expected);
    }
}

#[test]
fn the_pause_of_a_sleeping_aurora_is_checked_when_it_is_due() {
    let pause = Pause {
        paused: Some(false),
        connections: Some(3),
        after: Some(Duration::from_mins(5)),
        provisioned: false,
    };
    let state_tag = |since| {
        Input::Observed(Ok(PartialSnapshot {
            state_tag: Some(StateTag::Dozing { since }),
            ..PartialSnapshot::default()
        }))
    };
    let inputs = [
        observed(0, 0, RouteTarget::Waker),
        state_tag(at(85)),
        Input::Observed(Ok(PartialSnapshot { pause: Some(pause), ..PartialSnapshot::default() })),
    ];
    let expected = [
        OBSERVE,
        Action::Observe(Scope::STATE_TAG),
        Action::Observe(Scope::PAUSE),
        Action::Done(TickOutcome::Asleep { blocked_by: Some(PauseBlocker::Connections) }),
    ];
    assert_eq!(play(tick(TickMode::Look, 100), inputs), expected);
    let early = play(tick(TickMode::Look, 100), [observed(0, 0, RouteTarget::Waker), state_tag(at(95))]);
    assert_eq!(early.last(), Some(&Action::Done(TickOutcome::Asleep { blocked_by: None })));
}
