use std::time::UNIX_EPOCH;

use proptest::prelude::*;

use super::*;
use crate::{
    config::tests::example,
    environment::{
        ledger::Ledger,
        note::Note,
        observed::{Answer, DatabaseState, Healthy, RouteTarget, Running},
        scaling::Suspended,
        usage::{Traffic, Unknown, Usage, Used},
    },
};

fn at(minute: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_mins(minute)
}

const NOW: u64 = 1000;

/// Awake since long ago.
fn observed(route: RouteTarget, note: Note) -> Observed {
    let tasks = Some(Tasks { desired: 2, running: 2, started: Some(at(1)), ..Tasks::default() });
    let database = DatabaseState {
        status: DatabaseStatus::Available,
        answer: Answer::Up,
        pauses: true,
        stoppable: true,
    };
    Observed {
        running: Running { services: vec![tasks, tasks], database: Some(database) },
        healthy: Healthy(vec![Some(2), None]),
        route,
        note,
        ledger: Ledger::default(),
        suspended: Suspended::default(),
    }
}

/// Last used so many minutes ago, by metrics that are two minutes old.
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

/// The same, changed.
fn traffic(minutes: u64, change: impl FnOnce(&mut Traffic)) -> Usage {
    let mut usage = idle_for(minutes);
    let Usage::Read { traffic: Ok(traffic), .. } = &mut usage else { unreachable!() };
    change(traffic);
    usage
}

fn protected(minutes: u64, protected: Result<bool, Unknown>) -> Usage {
    let Usage::Read { traffic, .. } = idle_for(minutes) else { unreachable!() };
    Usage::Read { traffic, protected }
}

const UNKNOWN_TRAFFIC: Unknown = Unknown { read: "GetMetricData", retryable: true };
const UNKNOWN_TASKS: Unknown = Unknown { read: "ListTasks", retryable: true };

fn weighed(observed: &Observed, usage: Usage) -> Verdict {
    by_usage(&example(), observed, usage, at(NOW))
}

#[test]
fn it_dozes_as_long_before_the_end_of_the_idle_time_as_metrics_may_be_late() {
    let observed = observed(RouteTarget::App, Note::None);
    for (minutes, verdict) in [
        (2, Verdict::Stay(Held::Request)),
        (26, Verdict::Stay(Held::Request)),
        (27, Verdict::Doze),
        (100, Verdict::Doze),
    ] {
        assert_eq!(weighed(&observed, idle_for(minutes)), verdict, "{minutes}");
    }
}

#[test]
fn a_doze_that_somebody_has_ended_does_not_count() {
    let dozing = Note::Dozing { since: at(NOW - 3) };
    let usage = idle_for(30);
    assert_eq!(weighed(&observed(RouteTarget::Waker, dozing), usage), Verdict::Sleep);
    assert_eq!(weighed(&observed(RouteTarget::Waker, Note::None), usage), Verdict::Doze);

    let mut woken = observed(RouteTarget::Waker, dozing);
    woken.running.services[0].as_mut().unwrap().started = Some(at(NOW - 1));
    assert_eq!(weighed(&woken, usage), Verdict::Stay(Held::Grace), "asleep in between, and woken");
    let usage = traffic(30, |traffic| traffic.healthy_since = Some(at(NOW - 2)));
    let known = weighed(&observed(RouteTarget::Waker, dozing), usage);
    assert_eq!(known, Verdict::Stay(Held::Grace), "as the metrics know by now");
}

#[test]
fn a_doze_that_somebody_has_ended_is_a_use_whose_request_the_metrics_may_not_know_yet() {
    for (minutes, verdict) in
        [(3, Verdict::Stay(Held::Request)), (26, Verdict::Stay(Held::Request)), (27, Verdict::Doze)]
    {
        let since = at(NOW - minutes);
        for (route, note) in [
            (RouteTarget::App, Note::Dozing { since }),
            (RouteTarget::App, Note::Used { since }),
            (RouteTarget::Waker, Note::Used { since }),
        ] {
            let found = weighed(&observed(route, note), idle_for(minutes + 27));
            assert_eq!(found, verdict, "{minutes} {route:?} {note:?}");
        }
    }
}

#[test]
fn a_request_that_comes_to_the_app_while_the_load_balancer_follows_is_waited_for() {
    for (seconds, verdict) in [(45, Verdict::Sleep), (46, Verdict::Dozing), (59, Verdict::Dozing)] {
        let since = at(NOW - 4) + Duration::from_secs(seconds);
        let usage = traffic(30, |traffic| traffic.until = at(NOW - 3));
        let observed = observed(RouteTarget::Waker, Note::Dozing { since });
        assert_eq!(weighed(&observed, usage), verdict, "{seconds}");
    }
}

#[test]
fn what_holds_it_awake_is_named() {
    let observed = observed(RouteTarget::App, Note::None);
    let traffic = |change: fn(&mut Traffic)| traffic(100, change);
    let unknown = |protected| Usage::Read { traffic: Err(UNKNOWN_TRAFFIC), protected };
    for (usage, held) in [
        (protected(100, Ok(true)), Held::Protection),
        (unknown(Ok(true)), Held::Protection),
        (protected(100, Err(UNKNOWN_TASKS)), Held::ProtectionUnknown),
        (protected(10, Err(UNKNOWN_TASKS)), Held::Request),
        (unknown(Ok(false)), Held::MetricsMissing),
        (unknown(Err(UNKNOWN_TASKS)), Held::MetricsMissing),
        (Usage::Recent(Used { at: at(NOW - 26), stream: false }), Held::Request),
        (Usage::Recent(Used { at: at(NOW - 26), stream: true }), Held::Stream),
        (Usage::Recent(Used { at: at(NOW - 27), stream: false }), Held::MetricsMissing),
        (traffic(|traffic| traffic.until = at(NOW - 6)), Held::MetricsMissing),
        (traffic(|traffic| traffic.healthy_since = None), Held::MetricsMissing),
        (traffic(|traffic| traffic.last_stream = Some(at(NOW - 3))), Held::Stream),
        (traffic(|traffic| traffic.healthy_since = Some(at(NOW - 10))), Held::Grace),
        (idle_for(10), Held::Request),
    ] {
        assert_eq!(weighed(&observed, usage), Verdict::Stay(held), "{usage:?}");
    }
}

/// Nobody is cut off by a doze: its first visitor turns the route back.
#[test]
fn a_doze_goes_on_for_half_an_hour_of_something_unknown_and_ends_with_its_use() {
    let dozing = |minutes| observed(RouteTarget::Waker, Note::Dozing { since: at(NOW - minutes) });
    let unknown = Usage::Read { traffic: Err(UNKNOWN_TRAFFIC), protected: Ok(false) };
    let late = traffic(60, |traffic| traffic.until = at(NOW - 6));
    let lost = traffic(60, |traffic| {
        (traffic.healthy_since, traffic.known_before) = (Some(at(NOW - 4)), Some(at(NOW - 8)));
    });
    for (usage, held) in [
        (unknown, Held::MetricsMissing),
        (late, Held::MetricsMissing),
        (lost, Held::MetricsMissing),
        (protected(60, Err(UNKNOWN_TASKS)), Held::ProtectionUnknown),
    ] {
        for (minutes, verdict) in [
            (1, Verdict::Dozing),
            (29, Verdict::Dozing),
            (30, Verdict::Stay(held)),
            (300, Verdict::Stay(held)),
        ] {
            assert_eq!(weighed(&dozing(minutes), usage), verdict, "{minutes} {usage:?}");
        }
        let turned = observed(RouteTarget::App, Note::Dozing { since: at(NOW - 1) });
        assert!(matches!(weighed(&turned, usage), Verdict::Stay(_)), "turned back");
        let mut woken = dozing(2);
        woken.running.services[0].as_mut().unwrap().started = Some(at(NOW - 1));
        assert!(matches!(weighed(&woken, usage), Verdict::Stay(_)), "asleep in between, and woken");
    }
    let used = protected(2, Err(UNKNOWN_TASKS));
    assert_eq!(weighed(&dozing(4), used), Verdict::Stay(Held::Request));
    let protected = Usage::Read { traffic: Err(UNKNOWN_TRAFFIC), protected: Ok(true) };
    assert_eq!(weighed(&dozing(4), protected), Verdict::Stay(Held::Protection));
}

#[test]
fn lost_metrics_of_healthy_targets_are_named_and_a_start_is_not_mistaken_for_them() {
    let lost = traffic(100, |traffic| {
        (traffic.healthy_since, traffic.known_before) = (Some(at(NOW - 10)), Some(at(NOW - 14)));
    });
    let mut observed = observed(RouteTarget::App, Note::None);
    assert_eq!(weighed(&observed, lost), Verdict::Stay(Held::MetricsMissing));
    web(&mut observed).started = Some(at(NOW - 12));
    assert_eq!(weighed(&observed, lost), Verdict::Stay(Held::Grace));
}

#[test]
fn streams_count_only_where_they_are_looked_for() {
    let mut environment = example();
    environment.sleep.websockets = false;
    let usage = traffic(100, |traffic| traffic.last_stream = Some(at(NOW - 3)));
    let verdict = by_usage(&environment, &observed(RouteTarget::App, Note::None), usage, at(NOW));
    assert_eq!(verdict, Verdict::Doze);
}

#[test]
fn an_app_that_never_gets_healthy_is_put_to_sleep_after_a_while() {
    let usage = traffic(100, |traffic| traffic.healthy_since = None);
    let sick = |note| {
        let mut observed = observed(RouteTarget::Waker, note);
        observed.healthy = Healthy(vec![Some(0), None]);
        observed
    };
    for (note, verdict) in [
        (Note::None, Verdict::Starting),
        (Note::Dozing { since: at(1) }, Verdict::Starting),
        (Note::Starting { since: at(0) }, Verdict::Starting),
        (Note::Starting { since: at(NOW - 29) }, Verdict::Stay(Held::Starting)),
        (Note::Starting { since: at(NOW - 30) }, Verdict::Sleep),
    ] {
        assert_eq!(weighed(&sick(note), usage), verdict, "{note:?}");
    }
    let usage = traffic(2, |traffic| traffic.healthy_since = None);
    let used = weighed(&sick(Note::Starting { since: at(NOW - 40) }), usage);
    assert_eq!(used, Verdict::Stay(Held::Request), "the load balancer fails open");
}

#[test]
fn at_a_glance() {
    let glance = |change: fn(&mut Environment, &mut Observed)| {
        let (mut environment, mut observed) = (example(), observed(RouteTarget::App, Note::None));
        change(&mut environment, &mut observed);
        super::at_a_glance(&environment, &observed, at(NOW))
    };
    assert_eq!(glance(|_, _| {}), Verdict::Undecided);
    assert_eq!(glance(|environment, _| environment.sleep.never = true), Verdict::Stay(Held::Never));
    assert_eq!(glance(|_, observed| web(observed).desired = 0), Verdict::Asleep);
    let unfinished = glance(|_, observed| {
        web(observed).desired = 0;
        loki(observed).started = Some(at(NOW - 5));
    });
    assert_eq!(unfinished, Verdict::Wake);
    let deploying = glance(|_, observed| {
        (web(observed).deploying, web(observed).deployed) = (true, Some(at(NOW - 5)));
    });
    assert_eq!(deploying, Verdict::Stay(Held::Deployment));
    let stuck = glance(|_, observed| {
        (web(observed).deploying, web(observed).deployed) = (true, Some(at(NOW - 65)));
    });
    assert_eq!(stuck, Verdict::Undecided, "a deployment that never ends holds nothing");
}

#[test]
fn a_start_is_given_up_only_for_a_required_service_that_is_not_ready_and_a_database_that_is_up() {
    let glance = |change: fn(&mut Observed)| {
        let mut observed = observed(RouteTarget::Waker, Note::None);
        let failing = Tasks {
            desired: 2,
            failure: Some(StartFailure::ContainerExits),
            failed_starts: 3,
            ..Tasks::default()
        };
        observed.running.services[0] = Some(failing);
        change(&mut observed);
        super::at_a_glance(&example(), &observed, at(NOW))
    };
    assert_eq!(glance(|_| {}), Verdict::GiveUp(StartFailure::ContainerExits));
    assert_eq!(glance(|observed| web(observed).failed_starts = 2), Verdict::Undecided);
    let given_up_by_ecs = |observed: &mut Observed| {
        web(observed).failed_starts = 0;
        web(observed).failure = Some(StartFailure::DeploymentFailed);
    };
    assert_eq!(glance(given_up_by_ecs), Verdict::GiveUp(StartFailure::DeploymentFailed));
    let starting = glance(|observed| {
        observed.running.database.as_mut().unwrap().status = DatabaseStatus::Starting;
    });
    assert_eq!(starting, Verdict::Undecided);
    let others_run = glance(|observed| web(observed).running = 2);
    assert_eq!(others_run, Verdict::Undecided, "a deployment fails, and the tasks before it go on");
    let optional = glance(|observed| observed.running.services.swap(0, 1));
    assert_eq!(optional, Verdict::Undecided);
}

fn web(observed: &mut Observed) -> &mut Tasks {
    observed.running.services[0].as_mut().unwrap()
}

fn loki(observed: &mut Observed) -> &mut Tasks {
    observed.running.services[1].as_mut().unwrap()
}

proptest! {
    /// The promise: whatever else is so, nothing sleeps within the idle time after a
    /// request that the metrics know of, nor before they have come for the doze.
    #[test]
    fn nothing_used_ever_sleeps(
        now in 60_u64..200,
        late in 0_u64..20,
        healthy in 0_u64..200,
        request in proptest::option::of(0_u64..200),
        dozing in proptest::option::of(0_u64..200),
        started in proptest::option::of(0_u64..200),
        app in any::<bool>(),
        known in any::<(bool, bool)>(),
    ) {
        let note = dozing.map_or(Note::None, |minute| Note::Dozing { since: at(minute) });
        let mut observed = observed(if app { RouteTarget::App } else { RouteTarget::Waker }, note);
        web(&mut observed).started = started.map(at);
        let traffic = Traffic {
            until: at(now.saturating_sub(late)),
            healthy_since: Some(at(healthy)),
            known_before: None,
            last_request: request.map(at),
            last_stream: None,
        };
        let traffic = if known.0 { Ok(traffic) } else { Err(UNKNOWN_TRAFFIC) };
        let usage = Usage::Read { traffic, protected: if known.1 { Ok(false) } else { Err(UNKNOWN_TASKS) } };
        if by_usage(&example(), &observed, usage, at(now)) == Verdict::Sleep {
            let dozing = dozing.unwrap();
            prop_assert!(!app && known == (true, true));
            prop_assert!(request.is_none_or(|request| request + 30 <= now));
            prop_assert!(healthy + 30 <= now && started.is_none_or(|started| started <= dozing));
            prop_assert!(dozing + 3 <= now && at(dozing) <= at(now.saturating_sub(late)));
        }
    }

    /// A read is only left out where it could not have let it doze.
    #[test]
    fn what_was_in_use_lately_stays_awake_whatever_else_would_be_read(
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
        let note = dozing.map_or(Note::None, |minute| Note::Dozing { since: at(minute) });
        let observed = observed(if app { RouteTarget::App } else { RouteTarget::Waker }, note);
        let stays = |usage| matches!(by_usage(&environment, &observed, usage, at(now)), Verdict::Stay(_));
        let recent = Used { at: at(used), stream: false };
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
