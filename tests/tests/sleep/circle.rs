//! Asleep, awake, used, idle, asleep.

use crate::sleep::*;

#[tokio::test]
async fn it_falls_asleep_when_nobody_has_come_for_the_idle_time_and_wakes_again() {
    let stack = awake(&options()).await;
    let used = Instant::now();
    let said = tick_until_asleep(&stack).await;
    assert!(used.elapsed() > Duration::from_secs(5), "within the idle time: {said:#?}");
    assert_eq!(route_and_count(&stack).await, ("waker", 0));
    assert!(said.iter().any(|report| report["state"] == "falling_asleep"), "{said:#?}");
    assert_eq!(said.last().unwrap()["why"], "it has been idle");

    // The route was turned to the app, to the waker and locked before any task was stopped, and
    // unlocked after that.
    let events = stack.log().all();
    let emptied = events.iter().rposition(|event| event.name == "desired_count_set").unwrap();
    let modified = |events: &[reveille_tests::event_log::Event]| {
        events.iter().filter(|event| event.name == "rule_modified").count()
    };
    assert_eq!((modified(&events[..emptied]), modified(&events[emptied..])), (3, 1), "{events:#?}");
    stack.log().wait_for("task_stopped", LIMIT).await.unwrap();
    assert_eq!(stack.tick().await.unwrap()["why"], "it is asleep");
    assert_eq!(visit(&stack).await, "visit 2\n");
    assert_eq!(route_and_count(&stack).await, ("app", 1));
}

#[tokio::test]
async fn the_scheduler_alone_puts_it_to_sleep() {
    let mut options = options();
    options.ticks = true;
    options.settings.scheduler_speed = Some(60.0);
    let stack = awake(&options).await;
    let emptied = |event: &reveille_tests::event_log::Event| {
        event.name == "desired_count_set" && event.fields["count"] == 0
    };
    stack.log().find(0, LIMIT, emptied).await.unwrap();
    stack.log().wait_for("task_stopped", LIMIT).await.unwrap();
    assert_eq!(route_and_count(&stack).await, ("waker", 0));
}

#[tokio::test]
async fn a_dry_run_says_what_it_would_do_and_does_nothing() {
    let mut options = options();
    options.environment["dry_run"] = true.into();
    let stack = awake(&options).await;
    let would = "its route would be turned to the waker, and it would sleep soon";
    tick_until(&stack, |report| report["why"] == would).await;
    assert_eq!(route_and_count(&stack).await, ("app", 1));
}

#[tokio::test]
async fn what_never_sleeps_stays_awake_and_a_schedule_wakes_it_without_a_visitor() {
    let mut options = options();
    let days = json!(["mon", "tue", "wed", "thu", "fri", "sat", "sun"]);
    let always = |zone: &str| json!({"days": days, "from": "00:00", "to": "24:00", "time_zone": zone});
    options.environment["schedule"] = json!([always("Europe/Berlin")]);
    let stack = asleep(&options).await;
    let said = tick_until(&stack, |report| report["state"] == "awake").await;
    assert_eq!(stack.tick().await.unwrap()["why"], "the schedule keeps it awake at this hour", "{said:#?}");
    assert_eq!(route_and_count(&stack).await, ("app", 1));
}
