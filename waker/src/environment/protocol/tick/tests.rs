mod falling;
mod scaling;

use std::time::UNIX_EPOCH;

use super::*;
use crate::{
    config::tests::example,
    environment::{
        failure::StartFailure,
        observed::{Answer, DatabaseState, DatabaseStatus, Healthy, Running, Tasks},
        pause::{Holder, Pause},
        scaling::Scaling,
        usage::{Traffic, Unknown, Usage},
    },
};

const LIMIT: Duration = Duration::from_secs(59);

/// Minutes since the epoch.
fn at(minute: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_mins(minute)
}

/// A tick at that minute, and an environment without a database's complications.
fn tick(order: Order, minute: u64) -> Tick {
    Tick::new(order, at(minute), LIMIT, 1)
}

fn tasks(count: u32) -> Tasks {
    Tasks { desired: count, running: count, started: Some(at(0)), ..Tasks::default() }
}

fn seen(web: u32, loki: u32, route: RouteTarget) -> Came {
    let database = DatabaseState {
        status: DatabaseStatus::Available,
        answer: Answer::Unknown,
        pauses: true,
        stoppable: true,
    };
    Came::Seen(Ok(Seen {
        running: Some(Running {
            services: vec![Some(tasks(web)), Some(tasks(loki))],
            database: Some(database),
        }),
        healthy: Some(Healthy(vec![Some(web), None])),
        route: Some(route),
        ..Seen::default()
    }))
}

/// Metrics up to `until`, with the last request at the end of that minute.
fn usage(note: Note, until: u64, last_request: u64) -> Came {
    let traffic = Traffic {
        until: at(until),
        healthy_since: Some(at(0)),
        known_before: None,
        last_request: Some(at(last_request)),
        last_stream: None,
    };
    weighed(note, Usage::Read { traffic: Ok(traffic), protected: Ok(false) })
}

fn weighed(note: Note, usage: Usage) -> Came {
    Came::Seen(Ok(Seen { note: Some(note), usage: Some(Box::new(usage)), ..Seen::default() }))
}

/// Of what [`usage`] has, only what is read of it.
fn partly(traffic: bool, protected: bool, retryable: bool) -> Usage {
    let Came::Seen(Ok(Seen { usage: Some(whole), .. })) = usage(Note::None, 98, 70) else { unreachable!() };
    let Usage::Read { traffic: known, .. } = *whole else { unreachable!() };
    let unknown = |read| Unknown { read, retryable };
    Usage::Read {
        traffic: if traffic { known } else { Err(unknown("GetMetricData")) },
        protected: if protected { Ok(false) } else { Err(unknown("ListTasks")) },
    }
}

fn applied() -> Came {
    Came::Applied(Vec::new())
}

/// Plays what comes back, and gives back each action; the first is a look.
fn play(mut tick: Tick, comes: impl IntoIterator<Item = Came>) -> Vec<Action<Rest>> {
    let comes = [Came::Nothing].into_iter().chain(comes);
    comes.map(|came| tick.next(&example(), Duration::ZERO, came)).collect()
}

const LOOK: Action<Rest> = Action::Observe(Scope::WHOLE);
/// Nothing runs, so nothing can be healthy.
const READ_BACK: Action<Rest> = Action::Observe(Scope::RUNNING.union(Scope::ROUTE));
const WEIGH: Action<Rest> = Action::Observe(Scope::NOTE.union(Scope::USAGE));
const FIND_TARGETS: Action<Rest> = Action::Observe(Scope::NOTE.union(Scope::SCALING));

/// No service has a scalable target.
fn no_targets() -> Came {
    Came::Seen(Ok(Seen { scaling: Some(Scaling(vec![None, None])), ..Seen::default() }))
}

fn apply(step: Step) -> Action<Rest> {
    Action::Apply(vec![step])
}

fn empty() -> Action<Rest> {
    Action::Apply(vec![Step::SetDesired { service: 0, count: 0 }, Step::SetDesired { service: 1, count: 0 }])
}

/// The route is locked, and read back as `seen` has it.
fn locking(seen: Came) -> [Came; 3] {
    [applied(), Came::Nothing, seen]
}

fn locked() -> [Action<Rest>; 3] {
    [apply(Step::LockRoute), Action::Wait(Duration::from_secs(2)), LOOK]
}

fn unlock() -> Action<Rest> {
    apply(Step::TurnRoute(RouteTarget::Waker))
}

#[test]
fn an_idle_environment_dozes_first_with_its_note_written_before_its_route_is_turned() {
    let since = at(100);
    let actions = play(
        tick(Order::Look, 100),
        [
            seen(2, 1, RouteTarget::App),
            usage(Note::None, 98, 70),
            applied(),
            applied(),
            seen(2, 1, RouteTarget::Waker),
        ],
    );
    let expected = [
        LOOK,
        WEIGH,
        apply(Step::Write(Note::Dozing { since })),
        apply(Step::TurnRoute(RouteTarget::Waker)),
        LOOK,
        Action::Done(Rest::Dozing),
    ];
    assert_eq!(actions, expected);
}

#[test]
fn a_doze_goes_on_until_the_metrics_have_come_for_the_time_before_it() {
    for (minute, until, rest) in [(98, 97, Rest::Dozing), (101, 96, Rest::Dozing)] {
        let comes = [seen(2, 1, RouteTarget::Waker), usage(Note::Dozing { since: at(97) }, until, 68)];
        let actions = play(tick(Order::Look, minute), comes);
        assert_eq!(actions.last(), Some(&Action::Done(rest)), "{minute} {until}");
    }
}

#[test]
fn a_request_that_the_metrics_show_late_ends_the_doze() {
    let comes = [
        seen(2, 1, RouteTarget::Waker),
        usage(Note::Dozing { since: at(97) }, 98, 97),
        seen(2, 1, RouteTarget::Waker),
    ];
    let actions = play(tick(Order::Look, 100), comes);
    assert_eq!(actions[2], LOOK, "as a wake does");
    assert_eq!(actions[3], apply(Step::TouchDatabase), "which the route waits for");
}

#[test]
fn a_doze_that_a_visitor_has_ended_is_noted_as_a_use() {
    for (began, expected) in [
        (97, apply(Step::Write(Note::Used { since: at(97) }))),
        (100, Action::Done(Rest::Awake(Held::Request))),
    ] {
        let comes =
            [seen(2, 1, RouteTarget::App), usage(Note::Dozing { since: at(began) }, 98, 60), applied()];
        let actions = play(tick(Order::Look, 100), comes);
        assert_eq!(actions[2], expected, "a tick at the same time may not have turned the route yet");
    }
    let note = Note::Used { since: at(97) };
    let actions = play(tick(Order::Look, 100), [seen(2, 1, RouteTarget::App), usage(note, 98, 60)]);
    assert_eq!(actions[2], Action::Done(Rest::Awake(Held::Request)), "once");
}

#[test]
fn a_route_to_an_app_without_tasks_is_mended() {
    let comes = [seen(0, 0, RouteTarget::App), applied(), seen(0, 0, RouteTarget::Waker)];
    let actions = play(tick(Order::Look, 100), comes);
    assert_eq!(actions[1..3], [apply(Step::TurnRoute(RouteTarget::Waker)), READ_BACK]);
}

#[test]
fn so_is_one_to_an_app_that_only_begins_to_start() {
    let Came::Seen(Ok(mut starting)) = seen(2, 1, RouteTarget::App) else { unreachable!() };
    starting.running.as_mut().unwrap().services[0] = Some(Tasks { running: 0, ..tasks(2) });
    starting.healthy = Some(Healthy(vec![Some(0), None]));
    let traffic = Traffic {
        until: at(60),
        healthy_since: None,
        known_before: None,
        last_request: None,
        last_stream: None,
    };
    let weighed = weighed(Note::None, Usage::Read { traffic: Ok(traffic), protected: Ok(false) });
    let comes = [Came::Seen(Ok(starting)), weighed, applied()];
    let both = vec![Step::Write(Note::Starting { since: at(100) }), Step::TurnRoute(RouteTarget::Waker)];
    let expected = [LOOK, WEIGH, Action::Apply(both), Action::Done(Rest::Awake(Held::Starting))];
    assert_eq!(play(tick(Order::Look, 100), comes), expected);
}

#[test]
fn counts_below_the_configured_ones_are_raised_and_a_paused_database_is_left_alone() {
    let comes = [seen(1, 1, RouteTarget::App), usage(Note::None, 98, 98), applied()];
    let expected = [
        LOOK,
        WEIGH,
        apply(Step::SetDesired { service: 0, count: 2 }),
        Action::Done(Rest::Awake(Held::Request)),
    ];
    assert_eq!(play(tick(Order::Look, 100), comes), expected);
}

#[test]
fn a_dry_run_changes_nothing_and_says_what_it_would_do() {
    let mut environment = example();
    environment.sleep.dry_run = true;
    for (comes, verdict) in [
        (vec![seen(2, 1, RouteTarget::App), usage(Note::None, 98, 70)], Verdict::Doze),
        (vec![seen(0, 0, RouteTarget::App)], Verdict::Asleep),
    ] {
        let mut tick = tick(Order::Look, 100);
        let mut action = tick.next(&environment, Duration::ZERO, Came::Nothing);
        for came in comes {
            action = tick.next(&environment, Duration::ZERO, came);
        }
        assert_eq!(action, Action::Done(Rest::Would(verdict)));
    }
}

#[test]
fn a_fault_that_passes_starts_it_over_and_another_ends_it() {
    let mut tick = tick(Order::Look, 100);
    tick.next(&example(), Duration::ZERO, Came::Nothing);
    let throttled = Came::Seen(Err(FaultKind::Throttled));
    assert!(matches!(tick.next(&example(), Duration::ZERO, throttled), Action::Wait(_)));
    assert_eq!(tick.next(&example(), Duration::from_secs(1), Came::Nothing), LOOK);
    let denied = Came::Seen(Err(FaultKind::Denied));
    let failed = Action::Done(Rest::Failed(Failure::Fault(FaultKind::Denied)));
    assert_eq!(tick.next(&example(), Duration::from_secs(1), denied), failed);
}

/// Each time what is known already is kept. A visitor may have come meanwhile, so that the
/// route and the note are looked at once more before it falls any deeper.
#[test]
fn what_is_unknown_of_its_use_is_read_again_within_the_tick() {
    let dozing = Note::Dozing { since: at(97) };
    let again = |usage| Came::Seen(Ok(Seen { usage: Some(Box::new(usage)), ..Seen::default() }));
    let actions = play(
        tick(Order::Look, 100),
        [
            seen(2, 1, RouteTarget::Waker),
            weighed(dozing, partly(false, true, true)),
            Came::Nothing,
            again(partly(true, false, true)),
            seen(2, 1, RouteTarget::Waker),
            Came::Seen(Ok(Seen { note: Some(dozing), ..Seen::default() })),
            no_targets(),
        ],
    );
    assert_eq!(actions[..2], [LOOK, WEIGH]);
    assert!(matches!(actions[2], Action::Wait(_)), "{actions:?}");
    assert_eq!(actions[3], Action::Observe(Scope::USAGE));
    assert_eq!(actions[4..6], [LOOK, Action::Observe(Scope::NOTE)]);
    assert_eq!(actions[6], FIND_TARGETS);
    assert_eq!(actions[7], apply(Step::Write(Note::Asleep { since: at(100) })));
}

#[test]
fn a_visitor_who_comes_while_it_is_read_again_is_not_cut_off() {
    let dozing = Note::Dozing { since: at(97) };
    let actions = play(
        tick(Order::Look, 100),
        [
            seen(2, 1, RouteTarget::Waker),
            weighed(dozing, partly(false, true, true)),
            Came::Nothing,
            Came::Seen(Ok(Seen { usage: Some(Box::new(partly(true, true, true))), ..Seen::default() })),
            seen(2, 1, RouteTarget::App),
            Came::Seen(Ok(Seen { note: Some(dozing), ..Seen::default() })),
        ],
    );
    assert_eq!(actions[6], apply(Step::Write(Note::Used { since: at(97) })), "from the beginning");
}

#[test]
fn what_stays_unknown_ends_no_doze_and_what_cannot_be_known_is_not_read_again() {
    let dozing = Note::Dozing { since: at(97) };
    let fails = partly(true, false, true);
    let again = || Came::Seen(Ok(Seen { usage: Some(Box::new(fails)), ..Seen::default() }));
    let comes = [
        seen(2, 1, RouteTarget::Waker),
        weighed(dozing, fails),
        Came::Nothing,
        again(),
        Came::Nothing,
        again(),
    ];
    let actions = play(tick(Order::Look, 100), comes);
    assert_eq!(actions.last(), Some(&Action::Done(Rest::Dozing)), "{actions:?}");
    let denied = weighed(dozing, partly(true, false, false));
    let actions = play(tick(Order::Look, 100), [seen(2, 1, RouteTarget::Waker), denied]);
    assert_eq!(actions.last(), Some(&Action::Done(Rest::Dozing)));
}

#[test]
fn a_database_that_rds_does_not_stop_is_left_alone_and_named() {
    let mut environment = example();
    environment.database.as_mut().unwrap().stop_when_idle = true;
    for (stoppable, expected) in [
        (true, apply(Step::StopDatabase)),
        (false, Action::Done(Rest::Asleep { held_by: Some(Holder::Replica) })),
    ] {
        let Came::Seen(Ok(mut seen)) = seen(0, 0, RouteTarget::Waker) else { unreachable!() };
        let database = seen.running.as_mut().unwrap().database.as_mut().unwrap();
        (database.pauses, database.stoppable) = (false, stoppable);
        let mut tick = tick(Order::Look, 100);
        tick.next(&environment, Duration::ZERO, Came::Nothing);
        assert_eq!(tick.next(&environment, Duration::ZERO, Came::Seen(Ok(seen))), expected);
    }
}

#[test]
fn a_sleeping_aurora_is_looked_at_when_it_should_have_paused() {
    let pause = Pause {
        paused: Some(false),
        connections: Some(3),
        after: Some(Duration::from_mins(5)),
        provisioned: false,
    };
    let note = |since| Came::Seen(Ok(Seen { note: Some(Note::Dozing { since }), ..Seen::default() }));
    let comes = [
        seen(0, 0, RouteTarget::Waker),
        note(at(85)),
        Came::Seen(Ok(Seen { pause: Some(pause), ..Seen::default() })),
    ];
    let expected = [
        LOOK,
        Action::Observe(Scope::NOTE),
        Action::Observe(Scope::PAUSE),
        Action::Done(Rest::Asleep { held_by: Some(Holder::Connections) }),
    ];
    assert_eq!(play(tick(Order::Look, 100), comes), expected);
    let early = play(tick(Order::Look, 100), [seen(0, 0, RouteTarget::Waker), note(at(95))]);
    assert_eq!(early.last(), Some(&Action::Done(Rest::Asleep { held_by: None })));
}
