//! Ticks of many environments, and dry runs.

use super::*;
use crate::environment::usage::{FailedRead, Usage};

#[tokio::test(start_paused = true)]
async fn environments_for_which_there_is_no_time_are_named_and_come_first_in_the_next_tick() {
    let waker = on(crate::config::tests::config_of_many(30), asleep());
    let tick = || {
        let mut tick = event(json!({"reveille": "tick"}));
        let deadline = SystemTime::now() + Duration::from_secs(8);
        tick.context.deadline =
            u64::try_from(deadline.duration_since(UNIX_EPOCH).unwrap().as_millis()).unwrap();
        tick
    };
    let left_out = |output: Output| {
        let output = serde_json::to_value(output).unwrap();
        let reports = output["environments"].as_array().unwrap().clone();
        let names: Vec<_> = reports.iter().map(|report| report["environment"].clone()).collect();
        let expected: Vec<_> = (0..30).map(|index| json!(format!("env-{index}"))).collect();
        assert_eq!(names, expected, "in the configuration's order");
        let left = reports.into_iter().filter(|report| report["reason"] == "no_time");
        left.map(|report| report["environment"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let start = tokio::time::Instant::now();
    let (output, lines) = handled_any(&waker, tick()).await;
    assert!(start.elapsed() < Duration::from_secs(7), "{:?}", start.elapsed());
    let left = left_out(output);
    assert!((10..26).contains(&left.len()), "{left:?}");
    let warnings: Vec<_> = lines.iter().filter(|line| line["level"] == "WARN").collect();
    let [line] = warnings.as_slice() else { panic!("{lines:?}") };
    assert_eq!((&line["environments"], &line["count"]), (&json!(left.join(" ")), &json!(left.len())));

    let (output, _) = handled_any(&waker, tick()).await;
    let next = left_out(output);
    let again: Vec<_> = next.iter().filter(|name| left.contains(name)).collect();
    assert_eq!(again.len(), left.len().saturating_sub(30 - next.len()), "{left:?}, {next:?}");
}

#[tokio::test(start_paused = true)]
async fn a_dry_run_reports_the_environments_state() {
    let always = json!([{
        "days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"], "from": "00:00", "to": "24:00",
        "time_zone": "UTC",
    }]);
    let stranded = PartialSnapshot { route: Some(RouteTarget::App), ..asleep() };
    let unknown = FailedRead { read: "GetMetricData", retryable: false };
    let usage = Box::new(Usage::Read { traffic: Err(unknown), protected: Ok(false) });
    let at_the_waker = PartialSnapshot {
        usage: Some(usage),
        state_tag: Some(StateTag::None),
        wake_history: Some(WakeHistory::default()),
        ..observed(2, RouteTarget::Waker)
    };
    for (partial, schedule, state, reason) in [
        (stranded, json!([]), "asleep", "would_clean_up"),
        (asleep(), always.clone(), "asleep", "would_wake"),
        (at_the_waker, json!([]), "waking", "would_repair"),
        (PartialSnapshot { route: Some(RouteTarget::Waker), ..awake() }, always, "waking", "would_repair"),
    ] {
        let change = |environment: &mut Value| {
            environment["dry_run"] = json!(true);
            environment["schedule"] = schedule.clone();
        };
        let waker = configured(change, Guard::default(), partial);
        let output = waker.handle(event(json!({"reveille": "tick"}))).await.unwrap();
        let report = &serde_json::to_value(output).unwrap()["environments"][0];
        assert_eq!((&report["state"], &report["reason"]), (&json!(state), &json!(reason)), "{report}");
        assert!(waker.cloud.steps.lock().unwrap().is_empty());
    }
}
