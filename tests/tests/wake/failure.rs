//! A start that cannot succeed is told, not waited out.

use std::time::Instant;

use serde_json::Value;

use crate::*;

/// What somebody without a browser is told, and how soon.
async fn told(stack: &Stack) -> (Value, Duration) {
    let began = Instant::now();
    let answer = client().get(stack.url()).send().await.unwrap();
    assert_eq!(answer.status(), 503);
    assert!(answer.headers().contains_key("retry-after"));
    assert_eq!(answer.headers()["content-type"], "application/problem+json");
    let problem = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
    (problem, began.elapsed())
}

#[tokio::test]
async fn an_image_that_cannot_be_pulled_is_named() {
    let mut options = options();
    let reason = "CannotPullContainerError: pull image manifest has been retried 5 time(s): not found";
    options.settings.start_failure = Some(Some(reason.into()));
    let stack = stack(&options).await;
    let (problem, after) = told(&stack).await;
    assert!(after < Duration::from_secs(u64::from(options.hold_seconds)), "{after:?}");
    assert_eq!(problem["code"], "image_not_pulled");
    // No text of AWS's reaches a visitor.
    assert!(!problem.to_string().contains("retried 5 time"), "{problem}");
}

#[tokio::test]
async fn a_secret_that_is_denied_is_named() {
    let stack = stack(&options()).await;
    let name = reveille_tests::stack::NAME;
    stack.secrets().delete_secret().secret_id(name).force_delete_without_recovery(true).send().await.unwrap();
    let (problem, _) = told(&stack).await;
    assert_eq!(problem["code"], "secret_denied");
}

#[tokio::test]
async fn a_task_that_finds_no_room_is_named() {
    let mut options = options();
    options.settings.placement_failure = Some(Some("Capacity is unavailable at this time.".into()));
    let stack = stack(&options).await;
    let (problem, _) = told(&stack).await;
    assert_eq!(problem["code"], "no_capacity");
}

#[tokio::test]
async fn an_app_that_ends_by_itself_is_named() {
    let mut options = options();
    options.app.command = vec!["/bin/false".into()];
    let stack = stack(&options).await;
    let (problem, _) = told(&stack).await;
    assert_eq!(problem["code"], "container_exits");
}
