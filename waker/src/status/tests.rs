use std::time::UNIX_EPOCH;

use serde_json::json;

use super::{parts::ServiceState, *};
use crate::{
    config::tests::example,
    environment::{
        failure::StartFailure,
        ledger::{self, Ledger},
        observed::{Answer, DatabaseState, DatabaseStatus, Healthy, Running, Tasks},
        scaling::Suspended,
    },
};

const WEB: usize = 0;

fn at(seconds: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(1_763_717_000 + seconds)
}

/// `web` comes after `loki`, which is optional and has no target group.
fn observed(web: (u32, u32), loki: (u32, u32), answer: Answer, route: RouteTarget) -> Observed {
    let tasks = |(desired, running)| Some(Tasks { desired, running, ..Tasks::default() });
    let database = DatabaseState { status: DatabaseStatus::Available, answer, pauses: true, stoppable: true };
    Observed {
        running: Running { services: vec![tasks(web), tasks(loki)], database: Some(database) },
        healthy: Healthy(vec![Some(0), None]),
        route,
        note: Note::None,
        ledger: Ledger::default(),
        suspended: Suspended::default(),
    }
}

fn asleep() -> Observed {
    let observed = observed((0, 0), (0, 0), Answer::Unknown, RouteTarget::Waker);
    Observed { note: Note::Asleep { since: at(0) }, ..observed }
}

/// A wake that has been under way for twenty seconds.
fn waking(web: (u32, u32), answer: Answer) -> Observed {
    let ledger = Ledger::default().enter(ledger::Event::WakeBegan(at(100))).unwrap();
    Observed { ledger, ..observed(web, (1, 1), answer, RouteTarget::Waker) }
}

fn awake() -> Observed {
    let mut observed = observed((2, 2), (1, 1), Answer::Up, RouteTarget::App);
    observed.healthy = Healthy(vec![Some(2), None]);
    observed
}

fn status(observed: &Observed) -> Status {
    Status::of(&example(), observed, at(120))
}

fn steps(status: &Status) -> Vec<(StepName, StepState)> {
    status.steps.iter().map(|step| (step.step, step.state)).collect()
}

#[test]
fn asleep_is_told_with_since_when() {
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
    let starting = waking((2, 0), Answer::Awaited);
    let mut pulling = starting.clone();
    pulling.running.services[WEB].as_mut().unwrap().pulling = true;
    let started = waking((2, 2), Answer::Up);
    let mut healthy = started.clone();
    healthy.healthy = Healthy(vec![Some(1), None]);
    for (observed, phase, expected, due) in [
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
        let status = status(&observed);
        assert_eq!((status.phase, steps(&status), status.due), (phase, expected, due), "{observed:?}");
    }
}

#[test]
fn the_time_is_told_from_the_ledger() {
    let waking = status(&waking((2, 0), Answer::Awaited));
    assert_eq!(
        (waking.state, waking.elapsed_seconds, waking.eta_seconds),
        (State::Waking, Some(20), Some(40))
    );
    assert_eq!((waking.progress, waking.since.as_deref()), (30, Some("2025-11-21T09:25:00Z")));

    let late = Status::of(&example(), &super::tests::waking((2, 0), Answer::Awaited), at(300));
    assert_eq!((late.elapsed_seconds, late.eta_seconds), (Some(200), None));

    let began = Ledger::default().enter(ledger::Event::WakeBegan(at(0))).unwrap();
    let ledger = began.enter(ledger::Event::WakeEnded(at(40))).unwrap();
    let awake = status(&Observed { ledger, ..awake() });
    assert_eq!((awake.state, awake.progress, awake.eta_seconds), (State::Awake, 100, None));
    assert_eq!(awake.since.as_deref(), Some("2025-11-21T09:24:00Z"));
}

#[test]
fn what_the_app_comes_after_is_part_of_the_wake() {
    let waking = waking((0, 0), Answer::Up);
    assert_eq!(status(&waking).state, State::Waking);
    let by_hand = Observed { ledger: Ledger::default(), ..waking };
    assert_eq!(status(&by_hand).state, State::Asleep, "a service that runs alone is no wake");
}

#[test]
fn a_wake_that_ecs_does_not_show_yet_is_one_unless_it_was_put_to_sleep_since() {
    let ledger = Ledger::default().enter(ledger::Event::WakeBegan(at(100))).unwrap();
    let begun = Observed { ledger, ..asleep() };
    let state = |observed: &Observed, now| Status::of(&example(), observed, at(now)).state;
    assert_eq!((state(&begun, 102), state(&begun, 110)), (State::Waking, State::Asleep));
    let put_to_sleep = Observed { note: Note::Asleep { since: at(101) }, ..begun };
    assert_eq!(state(&put_to_sleep, 102), State::Asleep);
}

#[test]
fn a_doze_is_no_wake() {
    let dozing = Observed { route: RouteTarget::Waker, note: Note::Dozing { since: at(60) }, ..awake() };
    assert_eq!(status(&dozing).state, State::FallingAsleep);
    assert!(!status(&dozing).due, "whoever only looks does not wake it");
}

#[test]
fn a_start_that_fails_is_named_and_one_that_was_given_up_as_well() {
    let mut failing = waking((2, 0), Answer::Up);
    failing.running.services[WEB].as_mut().unwrap().failure = Some(StartFailure::ImageNotPulled);
    let told = status(&failing);
    assert_eq!((told.state, told.error), (State::Failed, Some("image_not_pulled")));
    assert_eq!(told.services[WEB].state, ServiceState::Failed);

    let note = Note::None.give_up(StartFailure::ContainerExits, at(90));
    let told = status(&Observed { note, ..asleep() });
    assert_eq!((told.state, told.error), (State::Failed, Some("container_exits")));
}

#[test]
fn without_a_probe_nothing_is_said_of_the_database() {
    let mut environment = example();
    environment.database.as_mut().unwrap().probe = None;
    let status = Status::of(&environment, &waking((2, 0), Answer::Unknown), at(120));
    assert!(status.steps.iter().all(|step| step.step != StepName::Database), "{status:?}");
}
