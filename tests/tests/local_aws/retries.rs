//! A call that reaches the local AWS twice is carried out once: SDKs send one id with all attempts of a call
//! (botocore: `handlers.py`, `add_retry_headers`).

use aws_sdk_elasticloadbalancingv2::types::TargetTypeEnum;
use reqwest::{Response, StatusCode};
use reveille_tests::ministack::Settings;
use reveille_tests::pace::Pace;
use serde_json::json;

use crate::local_aws::calls::{form_request, json_request};
use crate::local_aws::*;

async fn target_group(stack: &Stack, name: &str) -> String {
    let created = stack.elb().create_target_group().name(name).target_type(TargetTypeEnum::Lambda);
    let created = created.send().await.unwrap();
    created.target_groups()[0].target_group_arn().unwrap().to_owned()
}

async fn delete(stack: &Stack, arn: &str, id: &str, attempt: u32) -> Response {
    let form = [("Action", "DeleteTargetGroup"), ("Version", "2015-12-01"), ("TargetGroupArn", arn)];
    form_request(stack, "elasticloadbalancing", &form)
        .header("amz-sdk-invocation-id", id)
        .header("amz-sdk-request", format!("attempt={attempt}; max=3"))
        .send()
        .await
        .unwrap()
}

async fn answered_again(stack: &mut Stack) -> usize {
    // The events of a call are in the log when those of a later one are.
    stack.ministack.change(&Settings::default()).await.unwrap();
    stack.log().named("answered_again").len()
}

#[tokio::test]
async fn a_retried_deletion_gets_the_answer_again() {
    let mut stack = stack(&options(app())).await;
    let arn = target_group(&stack, "one").await;
    let first = delete(&stack, &arn, "a", 1).await;
    assert_eq!(first.status(), 200);
    let first = first.text().await.unwrap();
    let again = delete(&stack, &arn, "a", 2).await;
    assert_eq!((again.status(), again.text().await.unwrap()), (StatusCode::OK, first));
    assert_eq!(answered_again(&mut stack).await, 1);
    // Another call is another one.
    let other = delete(&stack, &arn, "b", 1).await;
    assert_eq!(other.status(), 400);
    assert!(other.text().await.unwrap().contains("TargetGroupNotFound"));
}

#[tokio::test]
async fn a_retry_waits_for_the_attempt_that_is_under_way() {
    let mut stack = stack(&options(app())).await;
    let arn = target_group(&stack, "one").await;
    let seconds = json!({ "min": 2.0, "median": 2.0, "max": 2.0 });
    let pace = Pace::of(&json!({ "api_latency": seconds })).unwrap();
    stack.ministack.change(&Settings { pace: Some(pace), ..Settings::default() }).await.unwrap();
    let (first, second) = tokio::join!(delete(&stack, &arn, "a", 1), delete(&stack, &arn, "a", 2));
    assert_eq!((first.status(), second.status()), (StatusCode::OK, StatusCode::OK));
    assert_eq!(answered_again(&mut stack).await, 1);
}

/// An injected fault applies to one attempt; so does every refusal, which changes nothing.
#[tokio::test]
async fn what_failed_is_carried_out_anew() {
    let mut stack = stack(&options(app())).await;
    let failures = |share: f64| Settings {
        metrics_failures: Some([("InternalFailure".to_owned(), share)].into()),
        ..Settings::default()
    };
    let metric = json!({ "Namespace": "AWS/ApplicationELB", "MetricName": "RequestCount" });
    let call = json!({
        "StartTime": 1_800_000_000,
        "EndTime": 1_800_000_600,
        "MetricDataQueries": [{ "Id": "m", "MetricStat": { "Metric": metric, "Period": 60, "Stat": "Sum" } }],
    });
    let ask = async |stack: &Stack, attempt: u32| {
        json_request(stack, "GraniteServiceVersion20100801.GetMetricData", &call)
            .header("amz-sdk-invocation-id", "a")
            .header("amz-sdk-request", format!("attempt={attempt}; max=3"))
            .send()
            .await
            .unwrap()
            .status()
    };
    stack.ministack.change(&failures(1.0)).await.unwrap();
    assert_eq!(ask(&stack, 1).await, 500);
    stack.ministack.change(&failures(0.0)).await.unwrap();
    assert_eq!(ask(&stack, 2).await, 200);

    let arn = format!("{}0", stack.load_balancer.app);
    for attempt in [1, 2] {
        assert_eq!(delete(&stack, &arn, "b", attempt).await.status(), 400);
    }
    assert_eq!(answered_again(&mut stack).await, 0);
}
