//! ECS sends its events to EventBridge, and EventBridge's rules invoke the function.

use aws_sdk_eventbridge::types::Target;
use reveille_tests::event_log::Event;
use reveille_tests::ministack::Settings;
use serde_json::{Value, json};

use crate::local_aws::*;

/// A rule for all events of ECS; returns its ARN.
async fn rule(stack: &Stack) -> String {
    let pattern = json!({
        "source": ["aws.ecs"],
        "detail-type": ["ECS Task State Change", "ECS Service Action"],
    });
    let eventbridge = aws_sdk_eventbridge::Client::new(stack.sdk());
    let put = eventbridge.put_rule().name(NAME).event_pattern(pattern.to_string()).send();
    let function = stack.lambda().get_function().function_name(NAME).send().await.unwrap();
    let function = function.configuration().unwrap().function_arn().unwrap().to_owned();
    let rule = put.await.unwrap().rule_arn.unwrap();
    let target = Target::builder().id(NAME).arn(function).build().unwrap();
    eventbridge.put_targets().rule(NAME).targets(target).send().await.unwrap();
    rule
}

async fn permit(stack: &Stack, rule: &str) {
    let permission = stack.lambda().add_permission().function_name(NAME).statement_id("events");
    let permission = permission.action("lambda:InvokeFunction").principal("events.amazonaws.com");
    permission.source_arn(rule).send().await.unwrap();
}

/// The first matching event that the function received.
async fn delivered(stack: &Stack, matches: impl Fn(&Value) -> bool) -> Value {
    let like = |event: &Event| event.name == "event_delivered" && matches(&event.fields["answer"]);
    stack.log().find(0, LIMIT, like).await.unwrap().0.fields["answer"].clone()
}

async fn task_event(stack: &Stack, status: &str) -> Value {
    delivered(stack, |event| event["detail"]["lastStatus"] == status).await
}

async fn service_event(stack: &Stack, name: &str) -> Value {
    delivered(stack, |event| event["detail"]["eventName"] == name).await
}

#[tokio::test]
async fn a_tasks_changes_reach_the_function() {
    let stack = stack(&options(app())).await;
    let rule = rule(&stack).await;
    permit(&stack, &rule).await;
    stack.set_desired_count(1).await.unwrap();
    let event = task_event(&stack, "RUNNING").await;
    let detail = &event["detail"];
    assert_eq!((&event["version"], &event["source"]), (&json!("0"), &json!("aws.ecs")));
    assert_eq!(event["detail-type"], "ECS Task State Change");
    assert_eq!(event["resources"], json!([detail["taskArn"]]));
    assert_eq!((&detail["group"], &detail["desiredStatus"]), (&json!("service:demo"), &json!("RUNNING")));
    assert!(detail["clusterArn"].as_str().unwrap().ends_with(":cluster/demo"));
    assert!(detail["startedBy"].as_str().unwrap().starts_with("ecs-svc/"));
    let started = detail["startedAt"].as_str().unwrap();
    assert!(started.len() == "2026-01-01T00:00:00.000Z".len() && started.ends_with('Z'), "{started}");
    assert_eq!(detail["containers"][0]["lastStatus"], "RUNNING");
    assert!(detail.get("stoppedReason").is_none() && detail.get("stopCode").is_none());

    let steady = service_event(&stack, "SERVICE_STEADY_STATE").await;
    assert_eq!(steady["detail-type"], "ECS Service Action");
    assert_eq!(steady["detail"]["eventType"], "INFO");
    let service = stack.service().await.unwrap();
    assert_eq!(steady["resources"], json!([service.service_arn().unwrap()]));

    stack.set_desired_count(0).await.unwrap();
    let stopped = &task_event(&stack, "STOPPED").await["detail"];
    assert_eq!(stopped["stopCode"], "ServiceSchedulerInitiated");
    assert_eq!(stopped["containers"][0]["exitCode"], 0);
    assert!(stopped["version"].as_u64() > detail["version"].as_u64());
}

#[tokio::test]
async fn a_task_that_finds_no_room_or_does_not_start_is_told() {
    let mut options = options(app());
    options.settings.placement_failure = Some(Some("Capacity is unavailable at this time.".into()));
    options.settings.start_retry_seconds = Some(0.1);
    let mut stack = stack(&options).await;
    let rule = rule(&stack).await;
    permit(&stack, &rule).await;
    stack.set_desired_count(1).await.unwrap();
    let failure = &service_event(&stack, "SERVICE_TASK_PLACEMENT_FAILURE").await["detail"];
    assert_eq!((&failure["eventType"], &failure["reason"]), (&json!("ERROR"), &json!("RESOURCE:FARGATE")));

    let reason = "CannotPullContainerError: pull image manifest has been retried 5 time(s)";
    let settings = Settings {
        placement_failure: Some(None),
        start_failure: Some(Some(reason.into())),
        ..Settings::default()
    };
    stack.ministack.change(&settings).await.unwrap();
    let stopped = &task_event(&stack, "STOPPED").await["detail"];
    assert_eq!(stopped["stopCode"], "TaskFailedToStart");
    assert_eq!(stopped["stoppedReason"], reason);
    let impaired = &service_event(&stack, "SERVICE_TASK_START_IMPAIRED").await["detail"];
    assert_eq!(impaired["eventType"], "WARN");
}

#[tokio::test]
async fn a_function_that_does_not_let_the_rule_invoke_it_hears_of_nothing() {
    let stack = stack(&options(app())).await;
    rule(&stack).await;
    permit(&stack, "arn:aws:events:us-east-1:000000000000:rule/another").await;
    stack.set_desired_count(1).await.unwrap();
    stack.log().wait_for("event_refused", LIMIT).await.unwrap();
    stack.log().wait_for("task_running", LIMIT).await.unwrap();
    assert!(stack.log().named("event_delivered").is_empty());
}
