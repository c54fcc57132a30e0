//! Tasks are processes, and services keep them running.

use std::collections::HashSet;

use aws_sdk_ecs::types::{DesiredStatus, Task};
use aws_sdk_elasticloadbalancingv2::types::Matcher;
use reveille_tests::ministack::Settings;

use crate::local_aws::*;

async fn tasks(stack: &Stack, desired: DesiredStatus) -> Vec<Task> {
    let listed = stack.ecs().list_tasks().cluster(NAME).desired_status(desired).send().await.unwrap();
    if listed.task_arns().is_empty() {
        return vec![];
    }
    let arns = listed.task_arns.clone();
    let described = stack.ecs().describe_tasks().cluster(NAME).set_tasks(arns).send().await.unwrap();
    described.tasks.unwrap_or_default()
}

async fn messages(stack: &Stack) -> Vec<String> {
    let service = stack.service().await.unwrap();
    service.events().iter().filter_map(|event| event.message()).map(str::to_owned).collect()
}

#[tokio::test]
async fn a_task_runs_the_app_and_is_reached_through_the_load_balancer() {
    let stack = stack(&options(app())).await;
    let LoadBalancer { app, .. } = &stack.load_balancer;
    let from = stack.log().end();
    stack.set_desired_count(1).await.unwrap();
    stack.log().wait_for("target_healthy", LIMIT).await.unwrap();
    stack.log().find(from, LIMIT, |event| event.text("message").contains("steady state")).await.unwrap();
    route_to(&stack, app).await;
    let page = reqwest::get(stack.url()).await.unwrap().text().await.unwrap();
    assert_eq!(page, "visit 1\n");

    let service = stack.service().await.unwrap();
    assert_eq!((service.running_count(), service.pending_count()), (1, 0));
    let running = tasks(&stack, DesiredStatus::Running).await;
    assert_eq!(running[0].last_status(), Some("RUNNING"));
    let messages = messages(&stack).await;
    assert!(messages[0].ends_with("has reached a steady state."), "{messages:?}");
    assert!(messages[1].starts_with("(service demo) has started 1 tasks: (task "), "{messages:?}");
}

#[tokio::test]
async fn a_task_is_pending_for_a_while() {
    let mut options = options(app());
    options.settings.start_seconds = Some(8.0);
    let stack = stack(&options).await;
    stack.set_desired_count(1).await.unwrap();
    stack.log().wait_for("task_pending", LIMIT).await.unwrap();
    let service = stack.service().await.unwrap();
    assert_eq!((service.running_count(), service.pending_count()), (0, 1));
    assert!(health(&stack, &stack.load_balancer.app).await.is_empty());
}

#[tokio::test]
async fn two_tasks_listen_on_one_port() {
    let stack = stack(&options(app())).await;
    let from = stack.log().end();
    stack.set_desired_count(2).await.unwrap();
    stack.log().find(from, LIMIT, |event| event.text("message").contains("steady state")).await.unwrap();
    let health = health(&stack, &stack.load_balancer.app).await;
    let addresses: HashSet<_> = health.iter().map(|(address, ..)| address).collect();
    assert_eq!(addresses.len(), 2);
    assert!(health.iter().all(|(_, state, _)| state == "healthy"), "{health:?}");
}

#[tokio::test]
async fn a_task_that_ends_is_replaced_and_says_why() {
    let stack = stack(&options(shell("exit 3"))).await;
    stack.set_desired_count(1).await.unwrap();
    let (_, next) = stack.log().find(0, LIMIT, |event| event.name == "task_stopped").await.unwrap();
    stack.log().find(next, LIMIT, |event| event.name == "task_stopped").await.unwrap();
    let stopped = tasks(&stack, DesiredStatus::Stopped).await;
    let stopped = stopped.iter().find(|task| task.last_status() == Some("STOPPED")).unwrap();
    assert_eq!(stopped.stop_code().unwrap().as_str(), "EssentialContainerExited");
    assert_eq!(stopped.stopped_reason(), Some("Essential container in task exited"));
    assert_eq!(stopped.containers()[0].exit_code(), Some(3));
    assert!(stopped.stopped_at().is_some());
}

#[tokio::test]
async fn a_task_is_told_to_stop_once_it_has_left_its_target_group() {
    let stack = stack(&options(app())).await;
    stack.set_desired_count(1).await.unwrap();
    stack.log().wait_for("target_healthy", LIMIT).await.unwrap();
    stack.set_desired_count(0).await.unwrap();
    stack.log().wait_for("task_stopped", LIMIT).await.unwrap();
    let names: Vec<_> = stack.log().all().into_iter().map(|event| event.name).collect();
    let place = |name: &str| names.iter().position(|have| have == name).unwrap();
    assert!(place("target_drained") < place("task_stopping"), "{names:?}");
    assert!(health(&stack, &stack.load_balancer.app).await.is_empty());
    let stopped = tasks(&stack, DesiredStatus::Stopped).await;
    assert_eq!(stopped[0].stop_code().unwrap().as_str(), "ServiceSchedulerInitiated");
    // The sample app exits by itself on SIGTERM.
    assert_eq!(stopped[0].containers()[0].exit_code(), Some(0));
}

#[tokio::test]
async fn a_task_that_ignores_sigterm_is_killed_after_its_stop_timeout() {
    let mut app = shell("trap '' TERM; while :; do sleep 1; done");
    app.stop_timeout = 2;
    let stack = stack(&options(app)).await;
    stack.set_desired_count(1).await.unwrap();
    stack.log().wait_for("task_running", LIMIT).await.unwrap();
    stack.set_desired_count(0).await.unwrap();
    let stopping = stack.log().wait_for("task_stopping", LIMIT).await.unwrap();
    let stopped = stack.log().wait_for("task_stopped", LIMIT).await.unwrap();
    assert!(stopped.after(&stopping) >= Duration::from_secs(2));
    let stopped = tasks(&stack, DesiredStatus::Stopped).await;
    assert_eq!(stopped[0].containers()[0].exit_code(), Some(137));
}

#[tokio::test]
async fn a_task_that_somebody_stops_is_replaced() {
    let stack = stack(&options(app())).await;
    stack.set_desired_count(1).await.unwrap();
    let (_, next) = stack.log().find(0, LIMIT, |event| event.name == "task_running").await.unwrap();
    let running = tasks(&stack, DesiredStatus::Running).await;
    let task = running[0].task_arn().unwrap();
    stack.ecs().stop_task().cluster(NAME).task(task).send().await.unwrap();
    stack.log().find(next, LIMIT, |event| event.name == "task_running").await.unwrap();
    stack.log().wait_for("task_stopped", LIMIT).await.unwrap();
    let stopped = tasks(&stack, DesiredStatus::Stopped).await;
    assert_eq!(stopped[0].stop_code().unwrap().as_str(), "UserInitiated");
}

#[tokio::test]
async fn a_task_that_stays_unhealthy_beyond_the_grace_period_is_replaced() {
    let mut app = app();
    app.grace = 1;
    let stack = stack(&options(app)).await;
    let matcher = Matcher::builder().http_code("404").build();
    let group = &stack.load_balancer.app;
    stack.elb().modify_target_group().target_group_arn(group).matcher(matcher).send().await.unwrap();
    stack.set_desired_count(1).await.unwrap();
    let (_, next) = stack.log().find(0, LIMIT, |event| event.name == "task_stopped").await.unwrap();
    let stopped = tasks(&stack, DesiredStatus::Stopped).await;
    let expected = format!("Task failed ELB health checks in (target-group {group})");
    assert_eq!(stopped[0].stopped_reason(), Some(expected.as_str()));
    stack.log().find(next, LIMIT, |event| event.name == "task_running").await.unwrap();
}

#[tokio::test]
async fn a_task_that_cannot_start_is_retried_later_and_later_until_it_can() {
    let mut options = options(app());
    let reason = "CannotPullContainerError: pull image manifest has been retried 5 time(s)";
    options.settings.start_failure = Some(Some(reason.into()));
    options.settings.start_retry_seconds = Some(0.2);
    let mut stack = stack(&options).await;
    stack.set_desired_count(1).await.unwrap();
    let log = stack.log().clone();
    let (mut place, mut failures) = (0, vec![]);
    while failures.len() < 4 {
        let (failure, next) =
            log.find(place, LIMIT, |event| event.name == "task_deactivating").await.unwrap();
        failures.push(failure);
        place = next;
    }
    assert!(failures[1].after(&failures[0]) >= Duration::from_millis(200));
    assert!(failures[3].after(&failures[2]) >= Duration::from_millis(800));
    log.wait_for("task_stopped", LIMIT).await.unwrap();
    let stopped = tasks(&stack, DesiredStatus::Stopped).await;
    assert_eq!(stopped[0].stop_code().unwrap().as_str(), "TaskFailedToStart");
    assert_eq!(stopped[0].stopped_reason(), Some(reason));
    let messages = messages(&stack).await;
    assert!(messages.iter().any(|message| message.contains("unable to consistently start tasks")));

    stack.ministack.change(&Settings { start_failure: Some(None), ..Settings::default() }).await.unwrap();
    log.find(place, LIMIT, |event| event.name == "task_running").await.unwrap();
}

#[tokio::test]
async fn a_task_without_its_secret_does_not_start() {
    let stack = stack(&options(app())).await;
    stack.secrets().delete_secret().secret_id(NAME).force_delete_without_recovery(true).send().await.unwrap();
    stack.set_desired_count(1).await.unwrap();
    stack.log().wait_for("task_stopped", LIMIT).await.unwrap();
    let stopped = tasks(&stack, DesiredStatus::Stopped).await;
    let reason = stopped[0].stopped_reason().unwrap();
    assert!(reason.starts_with("ResourceInitializationError: unable to pull secrets"), "{reason}");
}

#[tokio::test]
async fn a_task_that_finds_no_room_is_placed_when_there_is() {
    let mut options = options(app());
    options.settings.placement_failure = Some(Some("Capacity is unavailable at this time.".into()));
    let mut stack = stack(&options).await;
    stack.set_desired_count(1).await.unwrap();
    stack.log().wait_for("service_event", LIMIT).await.unwrap();
    let expected = "(service demo) was unable to place a task. Reason: Capacity is unavailable at this time.";
    assert_eq!(messages(&stack).await[0], expected);
    assert!(tasks(&stack, DesiredStatus::Running).await.is_empty());

    stack.ministack.change(&Settings { placement_failure: Some(None), ..Settings::default() }).await.unwrap();
    stack.log().wait_for("task_running", LIMIT).await.unwrap();
}
