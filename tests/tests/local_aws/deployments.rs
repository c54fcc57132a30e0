//! Deployments complete or fail: <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html>

use std::time::Instant;

use aws_sdk_ecs::types::{
    Deployment, DeploymentCircuitBreaker, DeploymentConfiguration, DeploymentRolloutState as State,
};
use aws_sdk_elasticloadbalancingv2::types::Matcher;
use reveille_tests::event_log::Event;
use reveille_tests::ministack::Settings;

use crate::local_aws::*;

const REASON: &str = "CannotPullContainerError: pull image manifest has been retried 5 time(s)";

async fn primary(stack: &Stack) -> Deployment {
    let service = stack.service().await.unwrap();
    let mut deployments = service.deployments().iter();
    deployments.find(|deployment| deployment.status() == Some("PRIMARY")).unwrap().clone()
}

/// The one deployment that remains when the tasks of all others are gone.
async fn only(stack: &Stack) -> Deployment {
    let deadline = Instant::now() + LIMIT;
    loop {
        let service = stack.service().await.unwrap();
        if let [only] = service.deployments() {
            return only.clone();
        }
        assert!(Instant::now() < deadline, "{service:?}");
    }
}

/// A new deployment of this many tasks, with the circuit breaker on.
async fn deploy(stack: &Stack, count: i32, rollback: bool) -> Deployment {
    let breaker = DeploymentCircuitBreaker::builder().enable(true).rollback(rollback).build();
    let config = DeploymentConfiguration::builder().deployment_circuit_breaker(breaker).build();
    let update = stack.ecs().update_service().cluster(NAME).service(NAME).force_new_deployment(true);
    update.desired_count(count).deployment_configuration(config).send().await.unwrap();
    primary(stack).await
}

async fn fail_starts(stack: &mut Stack, fail: bool) {
    let reason = fail.then(|| REASON.to_owned());
    let settings = Settings { start_failure: Some(reason), ..Settings::default() };
    stack.ministack.change(&settings).await.unwrap();
}

async fn said(stack: &Stack, from: usize, text: &str) -> usize {
    let like = |event: &Event| event.name == "service_event" && event.text("message").contains(text);
    stack.log().find(from, LIMIT, like).await.unwrap().1
}

fn impatient(app: App) -> Options {
    let mut options = options(app);
    options.settings.start_retry_seconds = Some(0.1);
    options
}

/// How often the service has reported started tasks; it does so before it answers the call that
/// requested them.
async fn started(stack: &Stack) -> usize {
    let service = stack.service().await.unwrap();
    let messages = service.events().iter().filter_map(|event| event.message());
    messages.filter(|message| message.contains(" has started ")).count()
}

/// "A deployment in `FAILED` state doesn't launch any new tasks":
/// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Deployment.html>
#[tokio::test]
async fn a_failed_deployment_launches_no_task_until_there_is_a_new_one() {
    let mut stack = stack(&impatient(app())).await;
    fail_starts(&mut stack, true).await;
    let begun = deploy(&stack, 1, false).await;
    assert_eq!(begun.rollout_state(), Some(&State::InProgress));
    let from = said(&stack, 0, "deployment failed: tasks failed to start.").await;
    let failed = primary(&stack).await;
    assert_eq!((failed.id(), failed.rollout_state()), (begun.id(), Some(&State::Failed)));
    // Half of one task would be one: the minimum is three.
    assert_eq!(failed.failed_tasks(), 3);
    let reason = failed.rollout_state_reason().unwrap();
    assert!(reason.starts_with("ECS deployment circuit breaker: "), "{reason}");

    // It stays failed when tasks could start again, and with another count.
    fail_starts(&mut stack, false).await;
    let before = started(&stack).await;
    for count in [2, 0, 1] {
        stack.set_desired_count(count).await.unwrap();
        let now = primary(&stack).await;
        assert_eq!((now.id(), now.rollout_state()), (begun.id(), Some(&State::Failed)), "{count}");
        assert_eq!(started(&stack).await, before, "{count}");
    }

    let new = deploy(&stack, 1, false).await;
    assert_ne!(new.id(), begun.id());
    assert_eq!(new.rollout_state(), Some(&State::InProgress));
    said(&stack, from, &format!("{}) deployment completed.", new.id().unwrap())).await;
    let complete = only(&stack).await;
    assert_eq!((complete.id(), complete.rollout_state()), (new.id(), Some(&State::Completed)));
}

/// "If you use the rollback option, when a service deployment fails, the service is rolled back to the last
/// deployment that completed successfully":
/// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentCircuitBreaker.html>
#[tokio::test]
async fn a_failed_deployment_is_rolled_back_to_the_last_complete_one() {
    let mut stack = stack(&impatient(app())).await;
    let from = stack.log().end();
    let good = deploy(&stack, 1, true).await;
    let from = said(&stack, from, &format!("{}) deployment completed.", good.id().unwrap())).await;
    fail_starts(&mut stack, true).await;
    let bad = deploy(&stack, 1, true).await;
    assert_ne!(bad.id(), good.id());
    let from = said(&stack, from, "deployment failed").await;
    let from = said(&stack, from, "rolling back to deployment").await;
    said(&stack, from, "deployment completed.").await;
    let back = only(&stack).await;
    assert_eq!((back.id(), back.rollout_state()), (good.id(), Some(&State::Completed)));
    let service = stack.service().await.unwrap();
    assert_eq!((service.running_count(), service.desired_count()), (1, 1));
}

#[tokio::test]
async fn a_deployment_without_tasks_is_complete_at_once() {
    let mut stack = stack(&impatient(app())).await;
    fail_starts(&mut stack, true).await;
    let new = deploy(&stack, 0, false).await;
    assert_eq!(new.rollout_state(), Some(&State::Completed));
    // So the breaker does not apply to it: setting a count later starts no deployment.
    stack.set_desired_count(1).await.unwrap();
    let log = stack.log();
    let mut from = 0;
    for _ in 0..4 {
        (_, from) = log.find(from, LIMIT, |event| event.name == "task_stopped").await.unwrap();
    }
    let now = primary(&stack).await;
    assert_eq!((now.id(), now.rollout_state()), (new.id(), Some(&State::Completed)));
}

/// "A task is considered a failure if [...] it fails any of its defined health checks and is stopped."
#[tokio::test]
async fn tasks_that_stay_unhealthy_fail_a_deployment() {
    let mut app = app();
    app.grace = 0;
    let stack = stack(&impatient(app)).await;
    let matcher = Matcher::builder().http_code("404").build();
    let group = &stack.load_balancer.app;
    stack.elb().modify_target_group().target_group_arn(group).matcher(matcher).send().await.unwrap();
    let begun = deploy(&stack, 1, false).await;
    let from = said(&stack, 0, "deployment failed").await;
    let failed = primary(&stack).await;
    assert_eq!((failed.id(), failed.rollout_state()), (begun.id(), Some(&State::Failed)));
    assert!(stack.log().all()[..from].iter().any(|event| event.name == "task_running"));
}
