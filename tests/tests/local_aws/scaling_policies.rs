//! Scaling policies act on alarms, which the local AWS evaluates once a minute of the metrics' time.

use std::time::{Duration, SystemTime};

use aws_sdk_cloudwatch::primitives::DateTime;
use aws_sdk_cloudwatch::types::{ComparisonOperator, Dimension, MetricDatum, Statistic};
use reveille_tests::event_log::Event;
use reveille_tests::ministack::Settings;
use serde_json::{Value, json};

use crate::local_aws::scaling::{call, count, counted, described, refused, register, target};
use crate::local_aws::*;

/// A second stands for a minute.
fn fast() -> Options {
    let mut options = options(app());
    options.settings.metrics_speed = Some(60.0);
    options
}

async fn busy(stack: &mut Stack, percent: f64) {
    let settings = Settings { service_cpu_percent: Some(Some(percent)), ..Settings::default() };
    stack.ministack.change(&settings).await.unwrap();
}

async fn put(stack: &Stack, name: &str, kind: &str, configuration: Value) -> Value {
    let policy = json!({ "PolicyName": name, "PolicyType": kind, format!("{kind}PolicyConfiguration"): configuration });
    call(stack, "PutScalingPolicy", target(&policy)).await
}

fn dimension(name: &str, value: &str) -> Dimension {
    Dimension::builder().name(name).value(value).build()
}

/// A step policy with the alarm that calls it, as in the modules.
async fn step(stack: &Stack, name: &str, change: i32, comparison: ComparisonOperator, threshold: f64) {
    let bound = if change > 0 { "MetricIntervalLowerBound" } else { "MetricIntervalUpperBound" };
    let configuration = json!({
        "AdjustmentType": "ChangeInCapacity",
        "Cooldown": 60,
        "MetricAggregationType": "Average",
        "StepAdjustments": [{ "ScalingAdjustment": change, bound: 0 }],
    });
    let policy = put(stack, name, "StepScaling", configuration).await;
    let alarm = stack
        .cloudwatch()
        .put_metric_alarm()
        .alarm_name(name)
        .namespace("AWS/ECS")
        .metric_name("CPUUtilization")
        .dimensions(dimension("ClusterName", NAME))
        .dimensions(dimension("ServiceName", NAME))
        .statistic(Statistic::Average)
        .period(60)
        .evaluation_periods(2)
        .comparison_operator(comparison)
        .threshold(threshold)
        .treat_missing_data("missing")
        .alarm_actions(policy["PolicyARN"].as_str().unwrap());
    alarm.send().await.unwrap();
}

/// With a minimum of 0 a step removes the last task, in use or not:
/// <https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-step-scaling-policies.html>
#[tokio::test]
async fn a_step_policy_adds_a_task_takes_the_last_one_away_and_does_neither_while_suspended() {
    let mut stack = stack(&fast()).await;
    register(&stack, json!({ "MinCapacity": 0, "MaxCapacity": 2 })).await;
    stack.set_desired_count(1).await.unwrap();
    stack.log().wait_for("task_running", LIMIT).await.unwrap();
    step(&stack, "out", 1, ComparisonOperator::GreaterThanThreshold, 70.0).await;
    step(&stack, "in", -1, ComparisonOperator::LessThanThreshold, 70.0).await;
    let policies = call(&stack, "DescribeScalingPolicies", json!({ "ServiceNamespace": "ecs" })).await;
    let policies = policies["ScalingPolicies"].as_array().unwrap();
    let alarms: Vec<_> = policies.iter().map(|policy| policy["Alarms"][0]["AlarmName"].as_str()).collect();
    assert_eq!(alarms, [Some("out"), Some("in")]);

    let from = stack.log().end();
    busy(&mut stack, 90.0).await;
    counted(&stack, from, 2).await;
    let suspend = |suspended: bool| json!({ "SuspendedState": { "DynamicScalingInSuspended": suspended } });
    register(&stack, suspend(true)).await;
    let from = stack.log().end();
    busy(&mut stack, 10.0).await;
    let refused = |event: &Event| event.name == "scaling_suspended" && event.text("policy") == "in";
    stack.log().find(from, LIMIT, refused).await.unwrap();
    assert_eq!(count(&stack).await, 2);

    // "When you resume scale in, Application Auto Scaling evaluates policies with alarm thresholds that are
    // currently in breach."
    let from = stack.log().end();
    register(&stack, suspend(false)).await;
    let from = counted(&stack, from, 1).await;
    // An alarm calls its policy again each minute: <https://repost.aws/knowledge-center/autoscaling-policy-cloudwatch-alarm>
    counted(&stack, from, 0).await;
    // Without a task there is no datapoint, and so no reason to start one.
    busy(&mut stack, 90.0).await;
    let from = stack.log().end();
    let insufficient = async || {
        let described = stack.cloudwatch().describe_alarms().alarm_names("in").send().await.unwrap();
        described.metric_alarms()[0].state_value().unwrap().as_str() == "INSUFFICIENT_DATA"
    };
    tokio::time::timeout(LIMIT, async { while !insufficient().await {} }).await.unwrap();
    assert!(stack.log().all()[from..].iter().all(|event| event.name != "desired_count_set"));
}

/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-autoscaling-targettracking.html>
#[tokio::test]
async fn tracking_makes_its_alarms_keeps_the_metric_near_its_target_and_takes_its_alarms_along() {
    let mut stack = stack(&fast()).await;
    register(&stack, json!({ "MinCapacity": 1, "MaxCapacity": 5 })).await;
    let configuration = json!({
        "TargetValue": 50.0,
        "ScaleOutCooldown": 60,
        "ScaleInCooldown": 60,
        "PredefinedMetricSpecification": { "PredefinedMetricType": "ECSServiceAverageCPUUtilization" },
    });
    let made = put(&stack, "cpu", "TargetTrackingScaling", configuration.clone()).await;
    let alarms: Vec<_> =
        made["Alarms"].as_array().unwrap().iter().map(|alarm| alarm["AlarmName"].as_str()).collect();
    assert_eq!(alarms.len(), 2, "{made}");
    let prefix = format!("TargetTracking-service/{NAME}/{NAME}-Alarm");
    assert!(alarms.iter().all(|name| name.unwrap().starts_with(&prefix)), "{alarms:?}");
    let again = target(&json!({
        "PolicyName": "again",
        "PolicyType": "TargetTrackingScaling",
        "TargetTrackingScalingPolicyConfiguration": configuration,
    }));
    assert_eq!(refused(&stack, "PutScalingPolicy", again).await, "ValidationException");

    let from = stack.log().end();
    busy(&mut stack, 80.0).await;
    // 1 task at 80 %: at 50 % it would be 1.6 tasks, and "it scales out proportionally to the metric".
    let from = counted(&stack, from, 2).await;
    // 80 % of more tasks would need more than the maximum.
    counted(&stack, from, 5).await;
    let from = stack.log().end();
    busy(&mut stack, 1.0).await;
    counted(&stack, from, 1).await;
    assert_eq!(count(&stack).await, 1);

    call(&stack, "DeregisterScalableTarget", target(&json!({}))).await;
    assert!(described(&stack).await.is_empty());
    let left = stack.cloudwatch().describe_alarms().send().await.unwrap();
    assert!(left.metric_alarms().is_empty(), "{left:?}");
}

/// Within its bounds a scaling activity also starts from 0 tasks, if the metric exists without
/// tasks.
#[tokio::test]
async fn tracking_starts_tasks_on_a_metric_that_needs_none() {
    let stack = stack(&fast()).await;
    register(&stack, json!({ "MinCapacity": 0, "MaxCapacity": 3 })).await;
    let configuration = json!({
        "TargetValue": 50.0,
        "CustomizedMetricSpecification": {
            "Namespace": "Demo",
            "MetricName": "Queued",
            "Dimensions": [{ "Name": "Queue", "Value": "one" }],
            "Statistic": "Average",
        },
    });
    put(&stack, "queue", "TargetTrackingScaling", configuration).await;
    let now = SystemTime::now();
    let queued = |queue: &str| {
        let data = (1..=4).map(|minutes| {
            MetricDatum::builder()
                .metric_name("Queued")
                .dimensions(dimension("Queue", queue))
                .timestamp(DateTime::from(now - Duration::from_mins(minutes)))
                .value(100.0)
                .build()
        });
        stack.cloudwatch().put_metric_data().namespace("Demo").set_metric_data(Some(data.collect())).send()
    };
    let from = stack.log().end();
    // Another queue's metric is another metric.
    queued("two").await.unwrap();
    queued("one").await.unwrap();
    counted(&stack, from, 2).await;
}

/// "When a metric emits real 0 values to CloudWatch (for example, `ALBRequestCountPerTarget`), Application Auto
/// Scaling can scale in to 0 when there is no traffic to your application."
/// <https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-target-tracking.html>
#[tokio::test]
async fn tracking_requests_takes_the_last_task_away_when_nobody_comes() {
    let stack = stack(&fast()).await;
    let (balancer, group) = cloudwatch::dimensions(&stack);
    register(&stack, json!({ "MinCapacity": 0, "MaxCapacity": 2 })).await;
    stack.set_desired_count(1).await.unwrap();
    stack.log().wait_for("target_healthy", LIMIT).await.unwrap();
    let from = stack.log().end();
    let configuration = json!({
        "TargetValue": 100.0,
        "PredefinedMetricSpecification": {
            "PredefinedMetricType": "ALBRequestCountPerTarget",
            "ResourceLabel": format!("{balancer}/{group}"),
        },
    });
    put(&stack, "requests", "TargetTrackingScaling", configuration).await;
    counted(&stack, from, 0).await;
    let alone = json!({ "PolicyName": "requests" });
    call(&stack, "DeleteScalingPolicy", target(&alone)).await;
    assert_eq!(refused(&stack, "DeleteScalingPolicy", target(&alone)).await, "ObjectNotFoundException");
}
