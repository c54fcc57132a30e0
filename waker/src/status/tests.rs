use std::time::UNIX_EPOCH;

use serde_json::json;

use super::{parts::ServiceState, *};
use crate::{
    config::tests::example,
    environment::{
        failure::StartFailure,
        scaling::Suspended,
        snapshot::{DatabaseAnswer, DatabaseState, DatabaseStatus, Healthy, Running, Tasks},
        wake_history::{self, WakeHistory},
    },
};

const WEB: usize = 0;

fn at(seconds: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(1_763_717_000 + seconds)
}

/// `web` comes after `loki`, which is optional and has no target group.
fn snapshot(web: (u32, u32), loki: (u32, u32), answer: DatabaseAnswer, route: RouteTarget) -> Snapshot {
    let tasks = |(desired, running)| Some(Tasks { desired, running, ..Tasks::default() });
    let database = DatabaseState { status: DatabaseStatus::Available, answer, pauses: true, stoppable: true };
    Snapshot {
        running: Running { services: vec![tasks(web), tasks(loki)], database: Some(database) },
        healthy: Healthy(vec![Some(0), None]),
        route,
        state_tag: StateTag::None,
        wake_history: WakeHistory::default(),
        suspended: Suspended::default(),
    }
}

fn asleep() -> Snapshot {
    let snapshot = snapshot((0, 0), (0, 0), DatabaseAnswer::Unknown, RouteTarget::Waker);
    Snapshot { state_tag: StateTag::Asleep { since: at(0) }, ..snapshot }
}

/// A wake that began twenty seconds ago.
fn waking(web: (u32, u32), answer: DatabaseAnswer) -> Snapshot {
    let wake_history = WakeHistory::default().enter(wake_history::WakeEvent::WakeBegan(at(100))).unwrap();
    Snapshot { wake_history, ..snapshot(web, (1, 1), answer, RouteTarget::Waker) }
}

fn awake() -> Snapshot {
    let mut snapshot = snapshot((2, 2), (1, 1), DatabaseAnswer::Up, RouteTarget::App);
    snapshot.healthy = Healthy(vec![Some(2), None]);
    snapshot
}

fn status(snapshot: &Snapshot) -> Status {
    Status::of(&example(), snapshot, at(120))
}

fn steps(status: &Status) -> Vec<(StepName, StepState)> {
    status.steps.iter().map(|step| (step.step, step.state)).collect()
}

#[test]
fn a_sleeping_environment_says_since_when() {
    let status = serde_json::to_value(status(&asleep())).unwrap();
    let expected = json!({
        "environment": "staging",
        "state": "asleep",
        "phase": "asleep",
        "message": "The application is asleep.",
        "since": "2025-11-21T09:23:20Z",
        "elapsed_seconds": null,
        "eta_seconds": null,
        "progress": 0,
        "steps": [],
        "services": [
            {"name": "web", "state": "asleep", "optional": false},
            {"name": "loki", "state": "asleep", "optional": true},
        ],
        "database": {"state": "available"},
        "error": null,
        "due": false,
    });
    assert_eq!(status, expected);
}

#[test]
fn a_wake_goes_through_its_steps() {
    use StepName::{Database, Health, Image, Route, Tasks};
    use StepState::{Active, Done, Pending};
    let starting = waking((2, 0), DatabaseAnswer::Awaited);
    let mut pulling = starting.clone();
    pulling.running.services[WEB].as_mut().unwrap().pulling = true;
    let started = waking((2, 2), DatabaseAnswer::Up);
    let mut healthy = started.clone();
    healthy.healthy = Healthy(vec![Some(1), None]);
    for (snapshot, phase, expected, due) in [
        (
            starting,
            "resuming_database",
            vec![(Database, Active), (Tasks, Active), (Health, Pending), (Route, Pending)],
            false,
        ),
        (
            pulling,
            "resuming_database",
            vec![(Database, Active), (Image, Active), (Health, Pending), (Route, Pending)],
            false,
        ),
        (
            started,
            "checking_health",
            vec![(Database, Done), (Tasks, Done), (Health, Active), (Route, Pending)],
            false,
        ),
        (
            healthy,
            "turning_route",
            vec![(Database, Done), (Tasks, Done), (Health, Done), (Route, Active)],
            true,
        ),
        (awake(), "ready", vec![(Database, Done), (Tasks, Done), (Health, Done), (Route, Done)], false),
    ] {
        let status = status(&snapshot);
        assert_eq!((status.phase, steps(&status), status.due), (phase, expected, due), "{snapshot:?}");
    }
}

#[test]
fn the_time_comes_from_the_wake_history() {
    let waking = status(&waking((2, 0), DatabaseAnswer::Awaited));
    assert_eq!(
        (waking.state, waking.elapsed_seconds, waking.eta_seconds),
        (EnvironmentState::Waking, Some(20), Some(40))
    );
    assert_eq!((waking.progress, waking.since.as_deref()), (30, Some("2025-11-21T09:25:00Z")));

    let late = Status::of(&example(), &super::tests::waking((2, 0), DatabaseAnswer::Awaited), at(300));
    assert_eq!((late.elapsed_seconds, late.eta_seconds), (Some(200), None));

    let began = WakeHistory::default().enter(wake_history::WakeEvent::WakeBegan(at(0))).unwrap();
    let wake_history = began.enter(wake_history::WakeEvent::WakeEnded(at(40))).unwrap();
    let awake = status(&Snapshot { wake_history, ..awake() });
    assert_eq!((awake.state, awake.progress, awake.eta_seconds), (EnvironmentState::Awake, 100, None));
    assert_eq!(awake.since.as_deref(), Some("2025-11-21T09:24:00Z"));
}

#[test]
fn services_that_the_app_comes_after_are_part_of_the_wake() {
    let waking = waking((0, 0), DatabaseAnswer::Up);
    assert_eq!(status(&waking).state, EnvironmentState::Waking);
    let by_hand = Snapshot { wake_history: WakeHistory::default(), ..waking };
    assert_eq!(status(&by_hand).state, EnvironmentState::Asleep, "a service that runs alone is no wake");
}

#[test]
fn a_wake_that_ecs_does_not_show_yet_is_one_unless_it_was_put_to_sleep_since() {
    let wake_history = WakeHistory::default().enter(wake_history::WakeEvent::WakeBegan(at(100))).unwrap();
    let begun = Snapshot { wake_history, ..asleep() };
    let state = |snapshot: &Snapshot, now| Status::of(&example(), snapshot, at(now)).state;
    assert_eq!(
        (state(&begun, 102), state(&begun, 110)),
        (EnvironmentState::Waking, EnvironmentState::Asleep)
    );
    let put_to_sleep = Snapshot { state_tag: StateTag::Asleep { since: at(101) }, ..begun };
    assert_eq!(state(&put_to_sleep, 102), EnvironmentState::Asleep);
}

#[test]
fn a_doze_is_no_wake() {
    let dozing =
        Snapshot { route: RouteTarget::Waker, state_tag: StateTag::Dozing { since: at(60) }, ..awake() };
    assert_eq!(status(&dozing).state, EnvironmentState::FallingAsleep);
    assert!(!status(&dozing).due, "reading the status does not wake it");
}

#[test]
fn a_start_that_fails_is_named_and_one_that_was_given_up_as_well() {
    let mut failing = waking((2, 0), DatabaseAnswer::Up);
    failing.running.services[WEB].as_mut().unwrap().failure = Some(StartFailure::ImageNotPulled);
    let warnings = status(&failing);
    assert_eq!((warnings.state, warnings.error), (EnvironmentState::Failed, Some("image_not_pulled")));
    assert_eq!(warnings.services[WEB].state, ServiceState::Failed);

    let state_tag = StateTag::None.give_up(StartFailure::ContainerExits, at(90));
    let warnings = status(&Snapshot { state_tag, ..asleep() });
    assert_eq!((warnings.state, warnings.error), (EnvironmentState::Failed, Some("container_exits")));
}

#[test]
fn without_a_probe_the_database_is_not_a_step() {
    let mut environment = example();
    environment.database.as_mut().unwrap().probe = None;
    let status = Status::of(&environment, &waking((2, 0), DatabaseAnswer::Unknown), at(120));
    assert!(status.steps.iter().all(|step| step.step != StepName::Database), "{status:?}");
}
