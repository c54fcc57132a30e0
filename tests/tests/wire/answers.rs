//! Answers that AWS does not give: a success without content, and an endless one.

use reveille_tests::endpoint::answer::Answer;
use serde_json::json;
use waker::environment::cloud::{Cloud as _, Step};
use waker::environment::fault::FaultKind;
use waker::environment::snapshot::{RouteTarget, Scope};

use crate::wire::steps::{described_tags, with_data_api};
use crate::wire::{APP, aurora, awake, aws, environment, forward, rule, service, services};

/// Sixteen times the limit of what is read.
const LARGE: usize = 64 << 20;

fn empty(operation: &str) -> Answer {
    match operation {
        "DescribeServices" | "ListTasks" | "DescribeTasks" | "Execute" => Answer::Json(200, String::new()),
        _ => Answer::Xml(200, String::new()),
    }
}

#[tokio::test]
async fn a_success_without_content_may_be_asked_for_again() {
    for operation in
        ["DescribeServices", "DescribeRules", "DescribeTargetHealth", "DescribeDBClusters", "DescribeTags"]
    {
        let endpoint = awake().await;
        endpoint.answer("DescribeTags", described_tags(""));
        endpoint.answer(operation, empty(operation));
        let error =
            aws(&endpoint).await.observe(&aurora(), Scope::WHOLE | Scope::STATE_TAG).await.unwrap_err();
        assert_eq!((error.call, error.kind), (operation, FaultKind::Malformed));
        assert!(error.retryable());
    }
}

#[tokio::test]
async fn a_start_that_is_answered_with_nothing_may_be_tried_again() {
    let endpoint = awake().await;
    endpoint.answer("DescribeDBInstances", empty("DescribeDBInstances"));
    let instance = environment(&json!({"kind": "instance", "identifier": "one"}));
    let error = aws(&endpoint).await.observe(&instance, Scope::RUNNING).await.unwrap_err();
    assert_eq!((error.call, error.kind), ("DescribeDBInstances", FaultKind::Malformed));

    endpoint.answer("Execute", empty("Execute"));
    let error = aws(&endpoint).await.apply(&with_data_api(), Step::TouchDatabase).await.unwrap_err();
    assert_eq!(
        (error.call, error.kind),
        ("ExecuteStatement", FaultKind::Malformed),
        "and the database is not up"
    );

    endpoint.answer("DescribeRules", rule(&forward(APP)));
    endpoint.answer("ModifyRule", empty("ModifyRule"));
    let error = aws(&endpoint).await.apply(&aurora(), Step::TurnRoute(RouteTarget::Waker)).await.unwrap_err();
    assert_eq!((error.call, error.kind), ("ModifyRule", FaultKind::Malformed));
}

#[tokio::test]
async fn tasks_that_an_answer_leaves_out_are_no_evidence() {
    let endpoint = awake().await;
    endpoint.answer("DescribeServices", services(&[service("web", 1, 0), service("mail", 0, 0)]));
    endpoint.answer("ListTasks", empty("ListTasks"));
    let error = aws(&endpoint).await.observe(&aurora(), Scope::RUNNING).await.unwrap_err();
    assert_eq!((error.call, error.kind), ("ListTasks", FaultKind::Malformed));
    endpoint.answer("ListTasks", Answer::json(&json!({"taskArns": ["arn:task/1"]})));
    endpoint.answer("DescribeTasks", empty("DescribeTasks"));
    let error = aws(&endpoint).await.observe(&aurora(), Scope::RUNNING).await.unwrap_err();
    assert_eq!((error.call, error.kind), ("DescribeTasks", FaultKind::Malformed));
}

#[tokio::test]
async fn an_answer_is_read_no_further_than_aws_ever_goes() {
    let padding = " ".repeat(LARGE);
    for (operation, answer) in [
        ("DescribeServices", Answer::Json(200, padding.clone() + r#"{"services":[]}"#)),
        ("DescribeDBClusters", Answer::Xml(200, padding.clone())),
    ] {
        let endpoint = awake().await;
        endpoint.answer(operation, answer);
        let error = aws(&endpoint).await.observe(&aurora(), Scope::RUNNING).await.unwrap_err();
        assert_eq!((error.call, error.kind), (operation, FaultKind::Malformed));
        let cause = chain(&error);
        assert!(cause.contains("length limit exceeded"), "{cause}");
    }
}

fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}
