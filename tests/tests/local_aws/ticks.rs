//! EventBridge Scheduler invokes the function, and so can any caller.

use std::time::Duration;

use reveille_tests::ministack::Settings;
use serde_json::json;

use crate::local_aws::*;

#[tokio::test]
async fn a_rate_fires_at_once_and_then_in_its_interval() {
    let mut options = options(app());
    options.ticks = true;
    let mut stack = stack(&options).await;
    let log = stack.log().clone();
    let (first, next) = log.find(0, LIMIT, |event| event.name == "schedule_invoked").await.unwrap();
    assert_eq!(first.fields["answer"], json!({ "reveille": "tick" }));
    assert!(first.fields["failure"].is_null());

    // A minute later would be the second one.
    let speed = Settings { scheduler_speed: Some(60.0), ..Settings::default() };
    stack.ministack.change(&speed).await.unwrap();
    let started = |event: &reveille_tests::event_log::Event| event.fields["started"].as_f64().unwrap();
    let (second, next) = log.find(next, LIMIT, |event| event.name == "schedule_invoked").await.unwrap();
    let (third, _) = log.find(next, LIMIT, |event| event.name == "schedule_invoked").await.unwrap();
    let interval = started(&third) - started(&second);
    assert!((0.5..5.0).contains(&interval), "{interval} s");
    assert!(third.after(&first) < Duration::from_secs(60));
}

#[tokio::test]
async fn a_function_is_invoked_directly_and_may_fail() {
    let stack = stack(&options(app())).await;
    let event = json!({ "reveille": "status", "environment": NAME });
    assert_eq!(stack.invoke(&event).await.unwrap(), event);
    let error = stack.invoke(&json!({ "fail": "as it was asked to" })).await.unwrap_err();
    assert!(error.to_string().contains("as it was asked to"), "{error}");
}
