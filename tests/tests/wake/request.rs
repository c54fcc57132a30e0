//! A request to a sleeping environment reaches the app unchanged, once.

use serde_json::{Value, json};
use tokio::process::Command;

use crate::wake::*;

/// How many requests the load balancer passed to the app, without health checks.
fn requests_to_app(stack: &Stack) -> usize {
    stack.log().named("target_request").len()
}

#[tokio::test]
async fn a_get_wakes_the_app_and_is_answered_by_it() {
    let stack = stack(&options()).await;
    let answer = client().get(stack.url()).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.text().await.unwrap(), "visit 1\n");
    assert_eq!(stack.service().await.unwrap().desired_count(), 1);
    // While the app is awake, the waker is not involved.
    let invoked = stack.log().named("lambda_invoked").len();
    assert_eq!(client().get(stack.url()).send().await.unwrap().text().await.unwrap(), "visit 2\n");
    assert_eq!(stack.log().named("lambda_invoked").len(), invoked);
}

#[tokio::test]
async fn a_head_wakes_the_app_and_is_answered_by_it() {
    let stack = stack(&options()).await;
    let answer = client().head(format!("{}/page", stack.url())).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.headers()["content-type"], "application/json");
    assert_eq!(stack.log().named("target_request")[0].text("method"), "HEAD");
}

#[tokio::test]
async fn a_post_reaches_the_app_once_with_its_body() {
    let stack = stack(&options()).await;
    let answer =
        client().post(format!("{}/form?a=b", stack.url())).body("order=1&order=2").send().await.unwrap();
    let echo: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
    assert_eq!(echo["method"], "POST");
    assert_eq!(echo["path"], "/form");
    assert_eq!(echo["body"], "order=1&order=2");
    assert_eq!(requests_to_app(&stack), 1);
}

#[tokio::test]
async fn curl_follows_with_method_and_body() {
    let stack = stack(&options()).await;
    let url = format!("{}/curl", stack.url());
    let curl = Command::new("curl")
        .args(["--silent", "--show-error", "--location", "--data", "from=curl", &url])
        .output()
        .await
        .unwrap();
    assert!(curl.status.success(), "{}", String::from_utf8_lossy(&curl.stderr));
    let echo: Value = serde_json::from_slice(&curl.stdout).unwrap();
    assert_eq!((&echo["method"], &echo["body"]), (&json!("POST"), &json!("from=curl")));
    assert_eq!(requests_to_app(&stack), 1);
}

const QUERY: &str = "a=1&a=2&b=%2F%20%C3%A9&c=x+y&d=&e=%3D%26";

async fn query_through_a_wake(multi_value_headers: bool) -> Value {
    let mut options = options();
    options.multi_value_headers = multi_value_headers;
    let stack = stack(&options).await;
    let answer = client().get(format!("{}/q?{QUERY}", stack.url())).send().await.unwrap();
    let echo: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
    echo["query"].clone()
}

#[tokio::test]
async fn a_query_string_arrives_unchanged() {
    assert_eq!(query_through_a_wake(true).await, QUERY);
}

#[tokio::test]
async fn without_multi_value_headers_only_duplicates_are_lost() {
    // AWS passes only the last of them, without a sign that there were more.
    assert_eq!(query_through_a_wake(false).await, QUERY.trim_start_matches("a=1&"));
}
