//! Functions behind the load balancer: their events, and the translation of their answers.

use reveille_tests::ministack::Settings;
use reveille_tests::raw_http::{self, Answer};
use serde_json::{Value, json};

use crate::local_aws::*;

async fn get(stack: &Stack, target: &str, headers: &[(&str, &str)]) -> Answer {
    raw_http::get(stack.load_balancer.port, target, headers).await.unwrap()
}

#[tokio::test]
async fn a_function_gets_path_query_and_headers_as_they_were_sent() {
    let stack = stack(&options(app())).await;
    let answer = get(&stack, r"//a\b/%2F%20?x=%20+&x=2&y=&z", &[("X-Twice", "1"), ("x-twice", "2")]).await;
    assert_eq!(answer.status, 207);
    assert_eq!(answer.header("x-form"), Some("single"));
    let event: Value = serde_json::from_str(&answer.body).unwrap();
    assert_eq!(event["requestContext"]["elb"]["targetGroupArn"], json!(stack.load_balancer.waker));
    assert_eq!(event["httpMethod"], "GET");
    assert_eq!(event["path"], r"//a\b/%2F%20");
    // Of duplicates the last one wins.
    assert_eq!(event["queryStringParameters"], json!({ "x": "2", "y": "", "z": "" }));
    assert_eq!(event["headers"]["x-twice"], "2");
    assert_eq!(event["headers"]["x-forwarded-for"], "127.0.0.1");
    assert_eq!(event["headers"]["x-forwarded-proto"], "http");
    assert!(event.get("multiValueHeaders").is_none());
    assert_eq!((&event["body"], &event["isBase64Encoded"]), (&json!(""), &json!(false)));
}

#[tokio::test]
async fn with_multi_value_headers_it_gets_them_all_and_must_answer_so() {
    let mut options = options(app());
    options.multi_value_headers = true;
    let stack = stack(&options).await;
    let answer = get(&stack, "/?x=%20+&y=&x=2", &[("X-Twice", "1"), ("x-twice", "2")]).await;
    assert_eq!(answer.head.lines().filter(|line| line.starts_with("X-Form: ")).count(), 2);
    let event: Value = serde_json::from_str(&answer.body).unwrap();
    assert_eq!(event["multiValueQueryStringParameters"], json!({ "x": ["%20+", "2"], "y": [""] }));
    assert_eq!(event["multiValueHeaders"]["x-twice"], json!(["1", "2"]));
    assert!(event.get("headers").is_none() && event.get("queryStringParameters").is_none());
}

#[tokio::test]
async fn a_body_that_is_no_text_comes_in_base64() {
    let stack = stack(&options(app())).await;
    let client = reqwest::Client::new();
    let post = async |kind: &str, body: &'static [u8]| -> Value {
        let answer = client.post(stack.url()).header("content-type", kind).body(body).send().await.unwrap();
        serde_json::from_str(&answer.text().await.unwrap()).unwrap()
    };
    let text = post("application/json; charset=utf-8", b"{}").await;
    assert_eq!((&text["body"], &text["isBase64Encoded"]), (&json!("{}"), &json!(false)));
    let bytes = post("application/octet-stream", &[0, 255]).await;
    assert_eq!((&bytes["body"], &bytes["isBase64Encoded"]), (&json!("AP8="), &json!(true)));
}

/// "The maximum size of the request body that you can send to a Lambda function is 1 MB":
/// <https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html>, so it is the
/// body's size and not the event's. The load balancer then answers 413 by itself:
/// <https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html>
#[tokio::test]
async fn a_body_above_1_mb_is_refused_and_does_not_reach_the_function() {
    const MOST: usize = 1024 * 1024;
    let mut stack = stack(&options(app())).await;
    let client = reqwest::Client::new();
    for (size, status, invocations) in [(MOST, 502, 1), (MOST + 1, 413, 1)] {
        // The answer "a page" has no status. In base64 the body is a third larger, and is still
        // accepted.
        let answer = client.post(format!("{}/text", stack.url())).body(vec![0; size]).send().await.unwrap();
        // The events of a visit are in the log when those of a later call are.
        stack.ministack.change(&Settings::default()).await.unwrap();
        let invoked = stack.log().named("lambda_invoked").len();
        assert_eq!((answer.status().as_u16(), invoked), (status, invocations), "{size}");
    }
}

#[tokio::test]
async fn a_malformed_answer_is_a_502_and_the_next_one_is_not() {
    let stack = stack(&options(app())).await;
    for path in ["/no-status", "/text", "/status-as-text", "/large", "/crash"] {
        assert_eq!(get(&stack, path, &[]).await.status, 502, "{path}");
    }
    assert_eq!(get(&stack, "/", &[]).await.status, 207);
}

#[tokio::test]
async fn two_hundred_visitors_at_once_each_get_their_answer() {
    let stack = stack(&options(app())).await;
    let port = stack.load_balancer.port;
    let visits: Vec<_> = (0..200)
        .map(|visitor| tokio::spawn(async move { raw_http::get(port, &format!("/{visitor}"), &[]).await }))
        .collect();
    for (visitor, visit) in visits.into_iter().enumerate() {
        let answer = visit.await.unwrap().unwrap();
        assert_eq!(answer.status, 207);
        let event: Value = serde_json::from_str(&answer.body).unwrap();
        assert_eq!(event["path"], format!("/{visitor}"));
    }
}
