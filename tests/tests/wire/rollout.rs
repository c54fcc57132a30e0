//! Deployments that ECS has given up.

use reveille_tests::endpoint::answer::Answer;
use serde_json::{Value, json};
use waker::environment::cloud::{Cloud as _, Step};
use waker::environment::failure::StartFailure;
use waker::environment::snapshot::{Scope, Tasks};

use crate::wire::{aurora, awake, aws, service, services};

fn deployment(status: &str, rollout: &str, running: u32) -> Value {
    json!({
        "id": "ecs-svc/1", "status": status, "rolloutState": rollout, "runningCount": running,
        "rolloutStateReason": "tasks failed to start.", "createdAt": 1_700_000_000,
    })
}

async fn web(counts: (u32, u32, u32), deployments: &[Value]) -> Tasks {
    let endpoint = awake().await;
    endpoint.answer("ListTasks", Answer::json(&json!({"taskArns": []})));
    let (desired, running, pending) = counts;
    let mut web = service("web", desired, running);
    web["pendingCount"] = pending.into();
    web["deployments"] = deployments.into();
    endpoint.answer("DescribeServices", services(&[web, service("mail", 1, 1)]));
    let partial = aws(&endpoint).await.observe(&aurora(), Scope::RUNNING).await.unwrap();
    partial.running.unwrap().services[0].unwrap()
}

#[tokio::test]
async fn a_failed_deployment_is_a_failure_while_tasks_are_missing_and_none_is_about_to_run() {
    let failed = Some(StartFailure::DeploymentFailed);
    for (counts, rollout, failure) in [
        ((1, 0, 0), "FAILED", failed),
        ((2, 1, 0), "FAILED", failed),
        ((1, 0, 1), "FAILED", None),
        ((1, 1, 0), "FAILED", None),
        ((0, 0, 0), "FAILED", None),
        ((1, 0, 0), "IN_PROGRESS", None),
        ((1, 0, 0), "COMPLETED", None),
    ] {
        let tasks = web(counts, &[deployment("PRIMARY", rollout, counts.1)]).await;
        assert_eq!(tasks.failure, failure, "{counts:?} {rollout}");
        assert_eq!(tasks.rollout_failed, rollout == "FAILED", "{counts:?} {rollout}");
    }
}

#[tokio::test]
async fn only_the_newest_deployment_counts() {
    let (primary, active) = (deployment("PRIMARY", "IN_PROGRESS", 0), deployment("ACTIVE", "FAILED", 0));
    let tasks = web((1, 0, 0), &[primary, active]).await;
    assert_eq!((tasks.failure, tasks.rollout_failed), (None, false));
}

#[tokio::test]
async fn a_new_deployment_is_forced_together_with_the_count() {
    let endpoint = awake().await;
    endpoint.answer("UpdateService", Answer::json(&json!({})));
    aws(&endpoint).await.apply(&aurora(), Step::Deploy { service: 0, count: 3 }).await.unwrap();
    let wanted = json!({"cluster": "c", "service": "web", "desiredCount": 3, "forceNewDeployment": true});
    assert_eq!(endpoint.calls("UpdateService")[0].json(), wanted);
}
