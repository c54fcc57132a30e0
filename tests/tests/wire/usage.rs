//! How the usage of an environment is read.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use reveille_tests::endpoint::Endpoint;
use reveille_tests::endpoint::answer::Answer;
use reveille_tests::endpoint::cbor::{array, map, number, text, time};
use reveille_tests::endpoint::request::Request;
use serde_json::{Value, json};
use waker::aws::Aws;
use waker::environment::cloud::Cloud as _;
use waker::environment::snapshot::Scope;
use waker::environment::usage::{FailedRead, LastUse, Traffic, Usage};

use crate::wire::{aurora, awake, aws};

const OF_THE_APP: [&str; 3] = ["RequestCount", "GrpcRequestCount", "HealthyHostCount"];
const OF_THE_BALANCER: [&str; 9] = [
    "ProcessedBytes",
    "LambdaTargetProcessedBytes",
    "RequestCount",
    "RequestCount",
    "HTTP_Fixed_Response_Count",
    "HTTP_Redirect_Count",
    "HTTPCode_ELB_3XX_Count",
    "HTTPCode_ELB_4XX_Count",
    "HTTPCode_ELB_5XX_Count",
];

/// The beginning of the minute `ago` full minutes ago.
fn minute(ago: u64) -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    (now / 60 - ago) * 60
}

fn at(seconds: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(seconds)
}

/// Per metric its status, and its values by the beginnings of minutes.
fn metrics(results: &[(&str, Vec<(u64, f64)>)]) -> Answer {
    let results = results.iter().enumerate().map(|(index, (status, points))| {
        #[expect(clippy::cast_precision_loss, reason = "not for some millions of years")]
        let times: Vec<_> = points.iter().map(|(at, _)| time(*at as f64)).collect();
        let values: Vec<_> = points.iter().map(|(_, value)| number(*value)).collect();
        map(&[
            ("Id", text(&format!("m{index}"))),
            ("Label", text("label")),
            ("StatusCode", text(status)),
            ("Timestamps", array(&times)),
            ("Values", array(&values)),
        ])
    });
    Answer::Cbor(200, map(&[("MetricDataResults", array(&results.collect::<Vec<_>>()))]))
}

/// Healthy for the last hour, with the last request in the minute `ago` minutes ago.
fn requested(ago: u64) -> Answer {
    let healthy = (2..60).map(|ago| (minute(ago), 1.0)).collect();
    metrics(&[("Complete", vec![(minute(ago), 3.0)]), ("Complete", vec![]), ("Complete", healthy)])
}

async fn unprotected() -> Endpoint {
    let endpoint = awake().await;
    endpoint.answer("ListTasks", Answer::json(&json!({"taskArns": []})));
    endpoint
}

async fn read(cloud: &Aws) -> Usage {
    *cloud.observe(&aurora(), Scope::USAGE).await.unwrap().usage.unwrap()
}

/// The names of the metrics that the call requests, in their order.
fn asked(call: &Request) -> Vec<&'static str> {
    let body = String::from_utf8_lossy(&call.body);
    let of = |names: &[&'static str]| {
        let mut rest = &*body;
        names.iter().all(|name| rest.split_once(name).map(|(_, after)| rest = after).is_some())
    };
    if of(&OF_THE_BALANCER) {
        OF_THE_BALANCER.to_vec()
    } else if of(&OF_THE_APP) {
        OF_THE_APP.to_vec()
    } else {
        vec![]
    }
}

#[tokio::test]
async fn an_app_in_use_is_asked_for_its_own_metrics_and_then_for_nothing_for_a_while() {
    let endpoint = unprotected().await;
    endpoint.answer("GetMetricData", requested(3));
    let cloud = aws(&endpoint).await;
    let traffic = Traffic {
        until: at(minute(2) + 60),
        healthy_since: Some(at(minute(59))),
        known_before: None,
        last_request: Some(at(minute(3) + 60)),
        last_stream: None,
    };
    assert_eq!(read(&cloud).await, Usage::Read { traffic: Ok(traffic), protected: Ok(false) });
    let calls = endpoint.calls("GetMetricData");
    assert_eq!(calls.iter().map(asked).collect::<Vec<_>>(), [OF_THE_APP]);
    let before = endpoint.all_calls();
    let used = LastUse { at: at(minute(3) + 60), stream: false };
    assert_eq!(read(&cloud).await, Usage::Recent(used));
    assert_eq!(endpoint.all_calls(), before, "nothing is read that could not let it doze");
    let other = aws(&endpoint).await;
    assert!(matches!(read(&other).await, Usage::Read { .. }), "in a new sandbox");
}

#[tokio::test]
async fn one_that_may_doze_is_asked_for_all_that_passes_as_well() {
    let endpoint = unprotected().await;
    // The same answer to both calls: the app's requests in the first are the load balancer's bytes
    // in the second, and its healthy targets are the answers.
    let mut results = vec![("Complete", vec![]); OF_THE_BALANCER.len()];
    results[0].1 = vec![(minute(62), 50.0), (minute(50), 50.0)];
    results[2].1 = (2..60).map(|ago| (minute(ago), 1.0)).collect();
    endpoint.answer("GetMetricData", metrics(&results));
    let cloud = aws(&endpoint).await;
    let Usage::Read { traffic: Ok(traffic), .. } = read(&cloud).await else { panic!("it is unknown") };
    assert_eq!(traffic.last_request, Some(at(minute(49))));
    assert_eq!(traffic.last_stream, Some(at(minute(61))), "bytes that nothing explains");
    let calls = endpoint.calls("GetMetricData");
    let calls: Vec<_> = calls.iter().map(asked).collect();
    assert_eq!(calls, [OF_THE_APP.to_vec(), OF_THE_BALANCER.to_vec()]);
    assert!(matches!(read(&cloud).await, Usage::Read { .. }), "and so is the next tick");
}

#[tokio::test]
async fn what_cannot_be_learnt_of_its_use_is_unknown_and_no_failure() {
    let endpoint = awake().await;
    let listed = json!({"taskArns": ["arn:aws:ecs:eu-west-1:111122223333:task/c/1"]});
    endpoint.answer("ListTasks", Answer::json(&listed));
    let usage = async |protection: Answer| {
        endpoint.answer("GetTaskProtection", protection);
        match read(&aws(&endpoint).await).await {
            Usage::Read { traffic, protected } => (traffic, protected),
            usage @ Usage::Recent(_) => panic!("{usage:?}"),
        }
    };
    let answer =
        |tasks: Value, failures: Value| Answer::json(&json!({"protectedTasks": tasks, "failures": failures}));
    let protected = |enabled: bool| {
        let task =
            json!({"taskArn": "arn:aws:ecs:eu-west-1:111122223333:task/c/1", "protectionEnabled": enabled});
        answer(json!([task]), json!([]))
    };
    let failed = |reason: &str| answer(json!([]), json!([{"arn": "a", "reason": reason}]));
    let unknown = |read, retryable| FailedRead { read, retryable };
    // The endpoint has no metrics.
    assert_eq!(usage(protected(true)).await, (Err(unknown("GetMetricData", true)), Ok(true)));
    assert_eq!(usage(protected(false)).await.1, Ok(false));
    assert_eq!(usage(failed("MISSING")).await.1, Ok(false), "it has stopped since");
    assert_eq!(usage(failed("another")).await.1, Err(unknown("GetTaskProtection", true)));
    let error = |code: &str| Answer::json_error(400, code, "m");
    let denied = error("AccessDeniedException");
    assert_eq!(usage(denied).await.1, Err(unknown("GetTaskProtection", false)));
    // What ECS answers in a region that has no task protection.
    assert_eq!(usage(error("UnsupportedFeatureException")).await.1, Ok(false));
    let empty = Answer::Json(200, String::new());
    assert_eq!(usage(empty).await.1, Err(unknown("GetTaskProtection", true)), "it says nothing");
    endpoint.answer("ListTasks", Answer::Reset);
    assert_eq!(usage(protected(false)).await.1, Err(unknown("ListTasks", true)));
}

#[tokio::test]
async fn a_protected_task_is_found_on_every_page() {
    let page = |task: &str, next: Option<&str>| {
        let arn = format!("arn:aws:ecs:eu-west-1:111122223333:task/c/{task}");
        Answer::json(&json!({"taskArns": [arn], "nextToken": next}))
    };
    let protection = |enabled: bool| {
        let task = json!({"taskArn": "t", "protectionEnabled": enabled});
        Answer::json(&json!({"protectedTasks": [task], "failures": []}))
    };
    let mut environment = aurora();
    environment.services.truncate(1);
    for (last, protected) in [(true, Ok(true)), (false, Ok(false))] {
        let endpoint = awake().await;
        endpoint.answers("ListTasks", [page("1", Some("a")), page("2", Some("b")), page("3", None)]);
        endpoint.answers("GetTaskProtection", [protection(false), protection(false), protection(last)]);
        let partial = aws(&endpoint).await.observe(&environment, Scope::USAGE).await.unwrap();
        let Usage::Read { protected: found, .. } = *partial.usage.unwrap() else { panic!("not read") };
        assert_eq!(found, protected);
        let calls = endpoint.calls("ListTasks");
        let tokens: Vec<_> = calls.iter().map(|call| call.json()["nextToken"].clone()).collect();
        assert_eq!(tokens, [Value::Null, json!("a"), json!("b")]);
    }
}

#[tokio::test]
async fn metrics_that_are_partial_are_unknown() {
    for status in ["PartialData", "InternalError", "Forbidden"] {
        let endpoint = unprotected().await;
        let results = [("Complete", vec![(minute(3), 1.0)]), (status, vec![]), ("Complete", vec![])];
        endpoint.answer("GetMetricData", metrics(&results));
        let Usage::Read { traffic, .. } = read(&aws(&endpoint).await).await else { panic!("{status}") };
        assert_eq!(traffic, Err(FailedRead { read: "GetMetricData", retryable: true }), "{status}");
    }
}
