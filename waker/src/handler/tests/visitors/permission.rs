//! Who may start a wake: with an old cached status, and with a wake history that cannot be written.

use std::cell::Cell;

use super::*;

/// It has been put to sleep, and its tasks are about to stop.
fn falling_asleep() -> PartialSnapshot {
    PartialSnapshot {
        state_tag: Some(StateTag::Asleep { since: SystemTime::now() }),
        ..observed(2, RouteTarget::Waker)
    }
}

fn dozing() -> PartialSnapshot {
    PartialSnapshot {
        state_tag: Some(StateTag::Dozing { since: SystemTime::now() }),
        wake_history: Some(WakeHistory::default()),
        ..observed(2, RouteTarget::Waker)
    }
}

/// Ready except for the route.
fn nearly_awake() -> PartialSnapshot {
    PartialSnapshot {
        state_tag: Some(StateTag::None),
        wake_history: waking().wake_history,
        ..observed(2, RouteTarget::Waker)
    }
}

fn network_guard() -> Guard {
    Guard { networks: vec![Network::parse("203.0.113.0/24").unwrap()], ..Guard::default() }
}

/// Requests of visitors who may not start a wake, and the code of the answer.
fn strangers() -> Vec<(Guard, Value, &'static str)> {
    let control_path = json!({
        "httpMethod": "POST", "path": "/.reveille/wake",
        "headers": {"sec-fetch-site": "same-origin", "accept": "application/json"},
    });
    let refused_methods = vec![Method::PUT];
    vec![
        (token_guard(), json!({}), "needs_token"),
        (token_guard(), json!({"httpMethod": "POST", "path": "/orders"}), "needs_token"),
        (token_guard(), control_path, "needs_token"),
        (click_guard(), json!({}), "needs_click"),
        (network_guard(), json!({"headers": {"x-forwarded-for": "198.51.100.1"}}), "refused_network"),
        (Guard::default(), json!({"headers": {"user-agent": "UptimeRobot/2.0"}}), "refused_agent"),
        (Guard::default(), json!({"path": "/wp-login.php"}), "refused_path"),
        (
            Guard { methods: refused_methods, ..Guard::default() },
            json!({"httpMethod": "PUT"}),
            "refused_method",
        ),
    ]
}

#[tokio::test(start_paused = true)]
async fn a_visitor_who_may_not_wake_starts_nothing_because_of_an_old_cached_status() {
    for before in [awake(), waking(), nearly_awake(), dozing()] {
        for after in [asleep(), falling_asleep()] {
            for (guard, fields, code) in strangers() {
                let waker = guarded(Guard::default(), before.clone());
                let monitor = json!({"path": STATUS});
                assert_eq!(answer(&waker, &monitor).await.0, 200);
                let state = waker.status_cache.state(&waker.config.environments()[0]);
                let waker = Waker { config: crate::config::tests::config_with(|_| {}, guard), ..waker };
                *waker.cloud.partial.lock().unwrap() = after.clone();
                let (_, _, body) = answer(&waker, &fields).await;
                let steps = waker.cloud.steps.lock().unwrap();
                assert!(steps.is_empty(), "{fields} after {state:?}: {steps:?}");
                // The page's own request gets the cached status if no step is due.
                let cached = fields["path"] == "/.reveille/wake" && status_of(&body)["due"] == false;
                assert!(cached || status_of(&body)["code"] == code, "{fields} after {state:?}: {body}");
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_visitor_who_may_not_start_a_wake_completes_one_and_ends_a_doze() {
    for before in [nearly_awake(), dozing()] {
        for guard in [token_guard(), click_guard()] {
            let waker = guarded(guard, before.clone());
            assert_eq!(answer(&waker, &json!({})).await.0, 307);
            let applied = waker.cloud.steps.lock().unwrap().clone();
            assert_eq!(applied[0], Step::TurnRoute(RouteTarget::App));
            let ends = |step: &Step| matches!(step, Step::Record(wake_history::WakeEvent::WakeEnded(_)));
            assert!(applied[1..].iter().all(ends), "{applied:?}");
        }
    }
}

/// `web` comes after `loki`, which runs.
#[tokio::test(start_paused = true)]
async fn a_visitor_who_may_not_start_a_wake_starts_the_next_service_of_a_wake_under_way_only() {
    let tasks = |desired, running| Some(Tasks { desired, running, ..Tasks::default() });
    let half = |wake_history: WakeHistory, state_tag: StateTag| PartialSnapshot {
        running: Some(Running {
            services: vec![tasks(0, 0), tasks(1, 1)],
            database: waking().running.unwrap().database,
        }),
        healthy: Some(Healthy(vec![Some(0), None])),
        state_tag: Some(state_tag),
        wake_history: Some(wake_history),
        ..observed(0, RouteTarget::Waker)
    };
    let ago = |seconds| SystemTime::now() - Duration::from_secs(seconds);
    let began =
        |seconds| WakeHistory::default().enter(wake_history::WakeEvent::WakeBegan(ago(seconds))).unwrap();
    for (wake_history, state_tag, starts) in [
        (began(30), StateTag::Asleep { since: ago(3_000) }, true),
        (began(30), StateTag::Asleep { since: ago(5) }, false),
        (began(1_000), StateTag::Asleep { since: ago(3_000) }, false),
        (WakeHistory::default(), StateTag::None, false),
    ] {
        let waker = guarded(token_guard(), half(wake_history, state_tag));
        waker.status_cache.remember(&waker.config.environments()[0], &waking_status(&waker)).await;
        answer(&waker, &json!({})).await;
        assert_eq!(waker.cloud.woke(), starts, "{state_tag:?}");
    }
}

fn waking_status(waker: &Waker<Account>) -> Status {
    let environment = &waker.config.environments()[0];
    Status::bare(environment, EnvironmentState::Waking, crate::environment::plan::Phase::StartingTasks)
}

#[tokio::test(start_paused = true)]
async fn a_budget_holds_in_a_sandbox_that_cannot_write_the_wake_history() {
    let mut waker = guarded(Guard { wakes_per_hour: Some(3), ..Guard::default() }, asleep());
    waker.cloud.history_denied = true;
    let mut woken = 0;
    for _ in 0..10 {
        *waker.cloud.partial.lock().unwrap() = asleep();
        waker.cloud.steps.lock().unwrap().clear();
        answer(&waker, &json!({"headers": {"accept": "text/html"}})).await;
        woken += u32::from(waker.cloud.woke());
    }
    assert_eq!(woken, 3);
    let (code, _, body) = answer(&waker, &json!({})).await;
    assert_eq!((code, &status_of(&body)["code"]), (503, &json!("over_budget")));
    let click = json!({"httpMethod": "POST", "path": "/.reveille/wake",
        "headers": {"sec-fetch-site": "same-origin", "accept": "application/json"}});
    answer(&waker, &click).await;
    assert!(waker.cloud.woke(), "a click wakes beyond the budget");
}

#[tokio::test(start_paused = true)]
async fn one_wake_of_several_services_counts_once_without_a_wake_history() {
    let mut waker = guarded(Guard { wakes_per_hour: Some(1), ..Guard::default() }, asleep());
    waker.cloud.history_denied = true;
    for _ in 0..3 {
        let (code, ..) = answer(&waker, &json!({})).await;
        assert_eq!(code, 307, "held, and redirected to the same address");
    }
}

#[tokio::test(start_paused = true)]
async fn a_token_that_is_entered_outranks_the_lists_as_any_other() {
    let waker = guarded(token_guard(), asleep());
    let form = json!({
        "httpMethod": "POST", "path": "/.reveille/wake", "body": format!("token={TOKEN}"),
        "headers": {"sec-fetch-site": "same-origin", "user-agent": "UptimeRobot/2.0"},
    });
    answer(&waker, &form).await;
    assert!(waker.cloud.woke());
}

thread_local! {
    static WALL: Cell<SystemTime> = const { Cell::new(UNIX_EPOCH) };
}

#[tokio::test(start_paused = true)]
async fn a_cached_status_is_old_by_either_clock() {
    let mut waker = guarded(Guard::default(), awake());
    waker.status_cache = StatusCache::new(&waker.config).with_clock(|| WALL.get());
    let start = UNIX_EPOCH + Duration::from_hours(1);
    for (wall, monotonic, observations, what) in [
        (0, 0, 1, "the first observation"),
        (0, 0, 1, "fresh"),
        (2, 0, 2, "the monotonic clock stood still while the sandbox was frozen"),
        (-60, 0, 3, "the wall clock was set back"),
        (-60, 0, 3, "fresh again"),
        (-60, 1, 4, "the wall clock stood still"),
    ] {
        let offset = Duration::from_secs(i64::unsigned_abs(wall));
        WALL.set(if wall < 0 { start - offset } else { start + offset });
        tokio::time::advance(Duration::from_secs(monotonic)).await;
        answer(&waker, &json!({"path": STATUS})).await;
        assert_eq!(waker.cloud.observations.load(Ordering::Relaxed), observations, "{what}");
    }
}
