//! A start that cannot succeed is reported at once.

use std::time::Instant;

use aws_sdk_ecs::types::{DeploymentCircuitBreaker, DeploymentConfiguration};
use reveille_tests::event_log::Event;
use reveille_tests::ministack::Settings;
use reveille_tests::stack::NAME;
use serde_json::{Value, json};

use crate::wake::*;

/// The answer to a visitor without a browser, and how long it took.
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
    // AWS's text does not reach a visitor.
    assert!(!problem.to_string().contains("retried 5 time"), "{problem}");
}

#[tokio::test]
async fn a_secret_that_is_denied_is_named() {
    let stack = stack(&options()).await;
    stack.secrets().delete_secret().secret_id(NAME).force_delete_without_recovery(true).send().await.unwrap();
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

#[tokio::test]
async fn a_deployment_that_ecs_has_given_up_is_named_and_a_wake_by_command_makes_a_new_one() {
    let mut options = options();
    options.settings.start_failure = Some(Some("CannotPullContainerError: manifest unknown".into()));
    options.settings.start_retry_seconds = Some(0.1);
    let mut stack = stack(&options).await;
    let breaker = DeploymentCircuitBreaker::builder().enable(true).rollback(false).build();
    let breaker = DeploymentConfiguration::builder().deployment_circuit_breaker(breaker).build();
    let deploy = stack.ecs().update_service().cluster(NAME).service(NAME).force_new_deployment(true);
    deploy.desired_count(1).deployment_configuration(breaker).send().await.unwrap();
    let failed =
        |event: &Event| event.name == "service_event" && event.text("message").contains("deployment failed");
    stack.log().find(0, LIMIT, failed).await.unwrap();
    assert_eq!(told(&stack).await.0["code"], "deployment_failed");

    // The image exists now. ECS does not retry by itself, and no visitor makes it.
    let right = Settings { start_failure: Some(None), ..Settings::default() };
    stack.ministack.change(&right).await.unwrap();
    assert_eq!(told(&stack).await.0["code"], "deployment_failed");
    let wake = json!({"reveille": "wake", "environment": NAME, "wait": true});
    let woken = stack.invoke(&wake).await.unwrap();
    assert_eq!(woken["environments"][0]["state"], "awake", "{woken}");
    let answer = client().get(stack.url()).send().await.unwrap();
    assert_eq!(answer.status(), 200);
}
