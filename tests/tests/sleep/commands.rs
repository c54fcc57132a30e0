//! Commands of operators and CI jobs with `aws lambda invoke`.

use crate::sleep::*;

async fn command(stack: &Stack, command: &str, wait: bool) -> Value {
    let event = json!({"reveille": command, "environment": "demo", "wait": wait});
    stack.invoke(&event).await.unwrap()["environments"][0].clone()
}

async fn status(stack: &Stack) -> Value {
    stack.invoke(&json!({"reveille": "status"})).await.unwrap()["environments"][0].clone()
}

#[tokio::test]
async fn wake_and_sleep_answer_at_once_or_when_it_is_done() {
    let stack = asleep(&options()).await;
    assert_eq!(status(&stack).await["state"], "asleep");
    let woken = command(&stack, "wake", true).await;
    assert_eq!((&woken["state"], &woken["phase"]), (&json!("awake"), &json!("ready")));
    assert_eq!(route_and_count(&stack).await, ("app", 1));
    assert_eq!(status(&stack).await["state"], "awake");

    let put = command(&stack, "sleep", true).await;
    assert_eq!((&put["environment"], &put["state"]), (&json!("demo"), &json!("asleep")));
    assert_eq!(route_and_count(&stack).await, ("waker", 0));
    assert_eq!(stack.service().await.unwrap().running_count(), 0);

    let waking = command(&stack, "wake", false).await;
    assert_eq!(waking["state"], "waking");
    tick_until(&stack, |report| report["state"] == "awake").await;
    assert_eq!(command(&stack, "sleep", false).await["state"], "asleep");
}

#[tokio::test]
async fn status_wakes_nothing() {
    let stack = asleep(&options()).await;
    let before = stack.log().named("desired_count_set").len();
    for _ in 0..3 {
        assert_eq!(status(&stack).await["message"], "The application is asleep.");
    }
    assert_eq!(stack.log().named("desired_count_set").len(), before);
    assert!(stack.log().named("database_touched").is_empty());
}

#[tokio::test]
async fn what_cannot_be_done_is_an_error_that_says_why() {
    let stack = asleep(&options()).await;
    for (event, why) in [
        (
            json!({"reveille": "wake", "environment": "production"}),
            r#"environment "production" is not in the configuration, which has demo"#,
        ),
        (json!({"reveille": "wake"}), "missing field `environment`"),
        (json!({"hello": "world"}), "the event is of an unknown kind"),
    ] {
        let error = format!("{:#}", stack.invoke(&event).await.unwrap_err());
        assert!(error.contains(why) || error.contains(&why.replace('"', "\\\"")), "{error}");
    }
    assert_eq!(route_and_count(&stack).await, ("waker", 0));
}
