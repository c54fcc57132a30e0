use std::time::UNIX_EPOCH;

use proptest::prelude::*;

use super::*;
use crate::{
    config::tests::example,
    environment::{
        scaling::Suspended,
        snapshot::{DatabaseAnswer, DatabaseState, Healthy, RouteTarget, Running},
        state_tag::StateTag,
        usage::{FailedRead, LastUse, Traffic, Usage},
        wake_history::{WakeEvent, WakeHistory},
    },
};

fn at(minute: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_mins(minute)
}

const NOW: u64 = 1000;

/// An environment that has been awake for long.
fn snapshot(route: RouteTarget, state_tag: StateTag) -> Snapshot {
    let tasks = Some(Tasks { desired: 2, running: 2, started: Some(at(1)), ..Tasks::default() });
    let database = DatabaseState {
        status: DatabaseStatus::Available,
        answer: DatabaseAnswer::Up,
        pauses: true,
        stoppable: true,
    };
    Snapshot {
        running: Running { services: vec![tasks, tasks], database: Some(database) },
        healthy: Healthy(vec![Some(2), None]),
        route,
        state_tag,
        wake_history: WakeHistory::default(),
        suspended: Suspended::default(),
    }
}

/// The last use was so many minutes ago, in metrics that are two minutes old.
fn idle_for(minutes: u64) -> Usage {
    let traffic = Traffic {
        until: at(NOW - 2),
        healthy_since: Some(at(1)),
        known_before: None,
        last_request: Some(at(NOW - minutes)),
        last_stream: None,
    };
    Usage::Read { traffic: Ok(traffic), protected: Ok(false) }
}

/// As [`idle_for`], with a change.
fn traffic(minutes: u64, change: impl FnOnce(&mut Traffic)) -> Usage {
    let mut usage = idle_for(minutes);
    let Usage::Read { traffic: Ok(traffic), .. } = &mut usage else { unreachable!() };
    change(traffic);
    usage
}

fn protected(minutes: u64, protected: Result<bool, FailedRead>) -> Usage {
    let Usage::Read { traffic, .. } = idle_for(minutes) else { unreachable!() };
    Usage::Read { traffic, protected }
}

const UNKNOWN_TRAFFIC: FailedRead = FailedRead { read: "GetMetricData", retryable: true };
const UNKNOWN_TASKS: FailedRead = FailedRead { read: "ListTasks", retryable: true };

fn decision_of(snapshot: &Snapshot, usage: Usage) -> SleepDecision {
    from_usage(&example(), snapshot, usage, at(NOW))
}

#[test]
fn it_dozes_metrics_delay_before_the_end_of_the_idle_time() {
    let snapshot = snapshot(RouteTarget::App, StateTag::None);
    for (minutes, decision) in [
        (2, SleepDecision::Stay(AwakeReason::Request)),
        (26, SleepDecision::Stay(AwakeReason::Request)),
        (27, SleepDecision::Doze),
        (100, SleepDecision::Doze),
    ] {
        assert_eq!(decision_of(&snapshot, idle_for(minutes)), decision, "{minutes}");
    }
}

#[test]
fn a_doze_that_a_visitor_has_ended_does_not_count() {
    let dozing = StateTag::Dozing { since: at(NOW - 3) };
    let usage = idle_for(30);
    assert_eq!(decision_of(&snapshot(RouteTarget::Waker, dozing), usage), SleepDecision::Sleep);
    assert_eq!(decision_of(&snapshot(RouteTarget::Waker, StateTag::None), usage), SleepDecision::Doze);

    let mut woken = snapshot(RouteTarget::Waker, dozing);
    woken.running.services[0].as_mut().unwrap().started = Some(at(NOW - 1));
    assert_eq!(
        decision_of(&woken, usage),
        SleepDecision::Stay(AwakeReason::Grace),
        "asleep in between, and woken"
    );
    let usage = traffic(30, |traffic| traffic.healthy_since = Some(at(NOW - 2)));
    let known = decision_of(&snapshot(RouteTarget::Waker, dozing), usage);
    assert_eq!(known, SleepDecision::Stay(AwakeReason::Grace), "as the metrics know by now");
}

#[test]
fn a_doze_that_a_visitor_has_ended_is_a_use_whose_request_may_not_be_in_the_metrics_yet() {
    for (minutes, decision) in [
        (3, SleepDecision::Stay(AwakeReason::Request)),
        (26, SleepDecision::Stay(AwakeReason::Request)),
        (27, SleepDecision::Doze),
    ] {
        let since = at(NOW - minutes);
        for (route, state_tag) in [
            (RouteTarget::App, StateTag::Dozing { since }),
            (RouteTarget::App, StateTag::Used { since }),
            (RouteTarget::Waker, StateTag::Used { since }),
        ] {
            let found = decision_of(&snapshot(route, state_tag), idle_for(minutes + 27));
            assert_eq!(found, decision, "{minutes} {route:?} {state_tag:?}");
        }
    }
}

#[test]
fn it_sleeps_only_when_metrics_cover_the_time_in_which_the_load_balancer_follows_the_route() {
    for (seconds, decision) in
        [(45, SleepDecision::Sleep), (46, SleepDecision::Dozing), (59, SleepDecision::Dozing)]
    {
        let since = at(NOW - 4) + Duration::from_secs(seconds);
        let usage = traffic(30, |traffic| traffic.until = at(NOW - 3));
        let snapshot = snapshot(RouteTarget::Waker, StateTag::Dozing { since });
        assert_eq!(decision_of(&snapshot, usage), decision, "{seconds}");
    }
}

#[test]
fn the_reason_to_stay_awake_is_named() {
    let snapshot = snapshot(RouteTarget::App, StateTag::None);
    let traffic = |change: fn(&mut Traffic)| traffic(100, change);
    let unknown = |protected| Usage::Read { traffic: Err(UNKNOWN_TRAFFIC), protected };
    for (usage, held) in [
        (protected(100, Ok(true)), AwakeReason::Protection),
        (unknown(Ok(true)), AwakeReason::Protection),
        (protected(100, Err(UNKNOWN_TASKS)), AwakeReason::ProtectionUnknown),
        (protected(10, Err(UNKNOWN_TASKS)), AwakeReason::Request),
        (unknown(Ok(false)), AwakeReason::MetricsMissing),
        (unknown(Err(UNKNOWN_TASKS)), AwakeReason::MetricsMissing),
        (Usage::Recent(LastUse { at: at(NOW - 26), stream: false }), AwakeReason::Request),
        (Usage::Recent(LastUse { at: at(NOW - 26), stream: true }), AwakeReason::Stream),
        (Usage::Recent(LastUse { at: at(NOW - 27), stream: false }), AwakeReason::MetricsMissing),
        (traffic(|traffic| traffic.until = at(NOW - 6)), AwakeReason::MetricsMissing),
        (traffic(|traffic| traffic.healthy_since = None), AwakeReason::MetricsMissing),
        (traffic(|traffic| traffic.last_stream = Some(at(NOW - 3))), AwakeReason::Stream),
        (traffic(|traffic| traffic.healthy_since = Some(at(NOW - 10))), AwakeReason::Grace),
        (idle_for(10), AwakeReason::Request),
    ] {
        assert_eq!(decision_of(&snapshot, usage), SleepDecision::Stay(held), "{usage:?}");
    }
}

/// A doze cuts no visitor off: the first one turns the route back.
#[test]
fn a_doze_goes_on_for_half_an_hour_of_unknown_use_and_ends_with_a_use() {
    let dozing = |minutes| snapshot(RouteTarget::Waker, StateTag::Dozing { since: at(NOW - minutes) });
    let unknown = Usage::Read { traffic: Err(UNKNOWN_TRAFFIC), protected: Ok(false) };
    let late = traffic(60, |traffic| traffic.until = at(NOW - 6));
    let lost = traffic(60, |traffic| {
        (traffic.healthy_since, traffic.known_before) = (Some(at(NOW - 4)), Some(at(NOW - 8)));
    });
    for (usage, held) in [
        (unknown, AwakeReason::MetricsMissing),
        (late, AwakeReason::MetricsMissing),
        (lost, AwakeReason::MetricsMissing),
        (protected(60, Err(UNKNOWN_TASKS)), AwakeReason::ProtectionUnknown),
    ] {
        for (minutes, decision) in [
            (1, SleepDecision::Dozing),
            (29, SleepDecision::Dozing),
            (30, SleepDecision::Stay(held)),
            (300, SleepDecision::Stay(held)),
        ] {
            assert_eq!(decision_of(&dozing(minutes), usage), decision, "{minutes} {usage:?}");
        }
        let turned = snapshot(RouteTarget::App, StateTag::Dozing { since: at(NOW - 1) });
        assert!(matches!(decision_of(&turned, usage), SleepDecision::Stay(_)), "turned back");
        let mut woken = dozing(2);
        woken.running.services[0].as_mut().unwrap().started = Some(at(NOW - 1));
        assert!(matches!(decision_of(&woken, usage), SleepDecision::Stay(_)), "asleep in between, and woken");
    }
    let used = protected(2, Err(UNKNOWN_TASKS));
    assert_eq!(decision_of(&dozing(4), used), SleepDecision::Stay(AwakeReason::Request));
    let protected = Usage::Read { traffic: Err(UNKNOWN_TRAFFIC), protected: Ok(true) };
    assert_eq!(decision_of(&dozing(4), protected), SleepDecision::Stay(AwakeReason::Protection));
}

#[test]
fn lost_metrics_of_healthy_targets_are_named_and_a_start_is_not_mistaken_for_them() {
    let lost = traffic(100, |traffic| {
        (traffic.healthy_since, traffic.known_before) = (Some(at(NOW - 10)), Some(at(NOW - 14)));
    });
    let mut snapshot = snapshot(RouteTarget::App, StateTag::None);
    assert_eq!(decision_of(&snapshot, lost), SleepDecision::Stay(AwakeReason::MetricsMissing));
    web(&mut snapshot).started = Some(at(NOW - 12));
    assert_eq!(decision_of(&snapshot, lost), SleepDecision::Stay(AwakeReason::Grace));
}

#[test]
fn streams_count_only_where_websockets_is_set() {
    let mut environment = example();
    environment.sleep.websockets = false;
    let usage = traffic(100, |traffic| traffic.last_stream = Some(at(NOW - 3)));
    let decision = from_usage(&environment, &snapshot(RouteTarget::App, StateTag::None), usage, at(NOW));
    assert_eq!(decision, SleepDecision::Doze);
}

#[test]
fn an_app_that_never_gets_healthy_is_put_to_sleep_after_a_while() {
    let usage = traffic(100, |traffic| traffic.healthy_since = None);
    let sick = |state_tag| {
        let mut snapshot = snapshot(RouteTarget::Waker, state_tag);
        snapshot.healthy = Healthy(vec![Some(0), None]);
        snapshot
    };
    for (state_tag, decision) in [
        (StateTag::None, SleepDecision::Starting),
        (StateTag::Dozing { since: at(1) }, SleepDecision::Starting),
        (StateTag::Starting { since: at(0) }, SleepDecision::Starting),
        (StateTag::Starting { since: at(NOW - 29) }, SleepDecision::Stay(AwakeReason::Starting)),
        (StateTag::Starting { since: at(NOW - 30) }, SleepDecision::Sleep),
    ] {
        assert_eq!(decision_of(&sick(state_tag), usage), decision, "{state_tag:?}");
    }
    let usage = traffic(2, |traffic| traffic.healthy_since = None);
    let used = decision_of(&sick(StateTag::Starting { since: at(NOW - 40) }), usage);
    assert_eq!(used, SleepDecision::Stay(AwakeReason::Request), "the load balancer fails open");
}

#[test]
fn from_snapshot() {
    let decide = |change: fn(&mut Environment, &mut Snapshot)| {
        let (mut environment, mut snapshot) = (example(), snapshot(RouteTarget::App, StateTag::None));
        change(&mut environment, &mut snapshot);
        super::from_snapshot(&environment, &snapshot, at(NOW))
    };
    assert_eq!(decide(|_, _| {}), SleepDecision::Undecided);
    assert_eq!(
        decide(|environment, _| environment.sleep.never = true),
        SleepDecision::Stay(AwakeReason::Never)
    );
    assert_eq!(decide(|_, snapshot| web(snapshot).desired = 0), SleepDecision::Asleep);
    let unfinished = decide(|_, snapshot| {
        web(snapshot).desired = 0;
        loki(snapshot).started = Some(at(NOW - 5));
    });
    assert_eq!(unfinished, SleepDecision::Wake);
    let falling_asleep = decide(|_, snapshot| {
        web(snapshot).desired = 0;
        loki(snapshot).started = Some(at(NOW - 5));
        snapshot.state_tag = StateTag::Asleep { since: at(NOW - 4) };
    });
    assert_eq!(falling_asleep, SleepDecision::Asleep, "another tick sets one count to 0 after the other");
    let woken_again = decide(|_, snapshot| {
        web(snapshot).desired = 0;
        loki(snapshot).started = Some(at(NOW - 5));
        snapshot.state_tag = StateTag::Asleep { since: at(NOW - 4) };
        let began = WakeEvent::WakeBegan(at(NOW - 1));
        snapshot.wake_history = WakeHistory::default().enter(began).unwrap();
    });
    assert_eq!(woken_again, SleepDecision::Wake, "no task of it has been started yet");
    let deploying = decide(|_, snapshot| {
        (web(snapshot).deploying, web(snapshot).deployed) = (true, Some(at(NOW - 5)));
    });
    assert_eq!(deploying, SleepDecision::Stay(AwakeReason::Deployment));
    let stuck = decide(|_, snapshot| {
        (web(snapshot).deploying, web(snapshot).deployed) = (true, Some(at(NOW - 65)));
    });
    assert_eq!(stuck, SleepDecision::Undecided, "a deployment that never ends holds nothing");
}

#[test]
fn a_start_is_given_up_only_for_a_required_service_that_is_not_ready_and_a_database_that_is_up() {
    let decide = |change: fn(&mut Snapshot)| {
        let mut snapshot = snapshot(RouteTarget::Waker, StateTag::None);
        let failing = Tasks {
            desired: 2,
            failure: Some(StartFailure::ContainerExits),
            failed_starts: 3,
            ..Tasks::default()
        };
        snapshot.running.services[0] = Some(failing);
        change(&mut snapshot);
        super::from_snapshot(&example(), &snapshot, at(NOW))
    };
    assert_eq!(decide(|_| {}), SleepDecision::GiveUp(StartFailure::ContainerExits));
    assert_eq!(decide(|snapshot| web(snapshot).failed_starts = 2), SleepDecision::Undecided);
    let given_up_by_ecs = |snapshot: &mut Snapshot| {
        web(snapshot).failed_starts = 0;
        web(snapshot).failure = Some(StartFailure::DeploymentFailed);
    };
    assert_eq!(decide(given_up_by_ecs), SleepDecision::GiveUp(StartFailure::DeploymentFailed));
    let starting = decide(|snapshot| {
        snapshot.running.database.as_mut().unwrap().status = DatabaseStatus::Starting;
    });
    assert_eq!(starting, SleepDecision::Undecided);
    let others_run = decide(|snapshot| web(snapshot).running = 2);
    assert_eq!(others_run, SleepDecision::Undecided, "a deployment fails, and the tasks before it go on");
    let optional = decide(|snapshot| snapshot.running.services.swap(0, 1));
    assert_eq!(optional, SleepDecision::Undecided);
}

fn web(snapshot: &mut Snapshot) -> &mut Tasks {
    snapshot.running.services[0].as_mut().unwrap()
}

fn loki(snapshot: &mut Snapshot) -> &mut Tasks {
    snapshot.running.services[1].as_mut().unwrap()
}

proptest! {
    /// In any state, nothing sleeps within the idle time after a request in the metrics, nor before the
    /// metrics reach the beginning of the doze.
    #[test]
    fn nothing_in_use_sleeps(
        now in 60_u64..200,
        late in 0_u64..20,
        healthy in 0_u64..200,
        request in proptest::option::of(0_u64..200),
        dozing in proptest::option::of(0_u64..200),
        started in proptest::option::of(0_u64..200),
        app in any::<bool>(),
        known in any::<(bool, bool)>(),
    ) {
        let state_tag = dozing.map_or(StateTag::None, |minute| StateTag::Dozing { since: at(minute) });
        let mut snapshot = snapshot(if app { RouteTarget::App } else { RouteTarget::Waker }, state_tag);
        web(&mut snapshot).started = started.map(at);
        let traffic = Traffic {
            until: at(now.saturating_sub(late)),
            healthy_since: Some(at(healthy)),
            known_before: None,
            last_request: request.map(at),
            last_stream: None,
        };
        let traffic = if known.0 { Ok(traffic) } else { Err(UNKNOWN_TRAFFIC) };
        let usage = Usage::Read { traffic, protected: if known.1 { Ok(false) } else { Err(UNKNOWN_TASKS) } };
        if from_usage(&example(), &snapshot, usage, at(now)) == SleepDecision::Sleep {
            let dozing = dozing.unwrap();
            prop_assert!(!app && known == (true, true));
            prop_assert!(request.is_none_or(|request| request + 30 <= now));
            prop_assert!(healthy + 30 <= now && started.is_none_or(|started| started <= dozing));
            prop_assert!(dozing + 3 <= now && at(dozing) <= at(now.saturating_sub(late)));
        }
    }

    /// A read is saved only where it could not have led to a doze.
    #[test]
    fn a_recent_use_decides_the_same_as_a_read(
        now in 60_u64..200,
        late in 0_u64..20,
        ago in 0_u64..27,
        later in 0_u64..40,
        healthy in proptest::option::of(0_u64..200),
        dozing in proptest::option::of(0_u64..200),
        app in any::<bool>(),
    ) {
        let environment = example();
        let used = now - ago;
        prop_assert!(is_recent(&environment, at(used), at(now)));
        let state_tag = dozing.map_or(StateTag::None, |minute| StateTag::Dozing { since: at(minute) });
        let snapshot = snapshot(if app { RouteTarget::App } else { RouteTarget::Waker }, state_tag);
        let stays = |usage| matches!(from_usage(&environment, &snapshot, usage, at(now)), SleepDecision::Stay(_));
        let recent = LastUse { at: at(used), stream: false };
        prop_assert!(stays(Usage::Recent(recent)));
        let traffic = Traffic {
            until: at(now.saturating_sub(late)),
            healthy_since: healthy.map(at),
            known_before: None,
            last_request: Some(at(used + later)),
            last_stream: None,
        };
        let overdue = late > 5 || healthy.is_none();
        let read = Usage::Read { traffic: Ok(traffic), protected: Ok(false) };
        prop_assert!(stays(read) || overdue, "{read:?}");
    }
}
