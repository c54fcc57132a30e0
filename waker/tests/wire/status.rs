//! How many AWS calls many status polls cause.

use std::time::Instant;

use lambda_runtime::{Context, LambdaEvent};
use serde_json::{Value, json};
use waker::{Output, Waker};

use crate::{WAKER, awake, aws, config, endpoint::Endpoint, forward, health, rule, service, services};

const POLLS: usize = 10_000;
/// Calls of one observation of an environment with two services, at most a target group each, and a
/// database: `DescribeServices`, `DescribeDBClusters`, `DescribeTargetHealth`, `DescribeRules`,
/// `DescribeTags`, and for a service that starts, twice `ListTasks` and `DescribeTasks`.
const CALLS_PER_OBSERVATION: usize = 9;

fn poll() -> LambdaEvent<Value> {
    let event = json!({
        "requestContext": {"elb": {"targetGroupArn": "arn"}},
        "httpMethod": "GET", "path": "/.reveille/status", "headers": {"accept": "application/json"},
        "body": "", "isBase64Encoded": false,
    });
    let mut context = Context::default();
    let deadline = std::time::SystemTime::now() + std::time::Duration::from_secs(30);
    let since = deadline.duration_since(std::time::UNIX_EPOCH).unwrap();
    context.deadline = u64::try_from(since.as_millis()).unwrap();
    LambdaEvent::new(event, context)
}

#[expect(clippy::print_stdout, reason = "the number is the point")]
async fn polled(endpoint: &Endpoint, state: &str) {
    let waker = Waker::new(config(&json!({"kind": "aurora", "identifier": "db"})), aws(endpoint).await);
    let start = Instant::now();
    for _ in 0..POLLS {
        let Output::Response(response) = waker.handle(poll()).await.unwrap() else { panic!() };
        assert_eq!(response.headers["x-reveille-state"], state);
    }
    let (took, calls) = (start.elapsed(), endpoint.all_calls());
    println!(
        "{POLLS} polls of an environment that is {state}: {calls} AWS calls in {:.1} s",
        took.as_secs_f64()
    );
    let observations = usize::try_from(took.as_secs()).unwrap() + 1;
    assert!(
        calls <= observations * CALLS_PER_OBSERVATION,
        "{calls} calls are more than {observations} observations make"
    );
    assert!(calls > 0);
}

#[tokio::test]
async fn ten_thousand_polls_make_one_observation_a_second() {
    let endpoint = awake().await;
    endpoint.answer("DescribeTags", crate::steps::described_tags(""));
    endpoint.answer("DescribeRules", rule(&forward(WAKER)));
    endpoint.answer("DescribeServices", services(&[service("web", 0, 0), service("mail", 0, 0)]));
    polled(&endpoint, "asleep").await;

    let endpoint = awake().await;
    endpoint.answer("DescribeTags", crate::steps::described_tags(""));
    endpoint.answer("DescribeRules", rule(&forward(WAKER)));
    endpoint.answer("DescribeTargetHealth", health(&["initial"]));
    let tasks = crate::endpoint::Answer::Json(200, json!({"taskArns": []}).to_string());
    endpoint.answer("ListTasks", tasks);
    endpoint.answer("DescribeServices", services(&[service("web", 1, 0), service("mail", 1, 1)]));
    polled(&endpoint, "waking").await;
}
