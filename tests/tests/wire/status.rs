//! How many AWS calls many status polls cause.

use std::thread;
use std::time::Instant;

use reveille_tests::endpoint::Endpoint;
use reveille_tests::endpoint::answer::Answer;
use reveille_tests::in_process::status_poll;
use serde_json::json;
use tokio::runtime::Builder;
use waker::{Output, Waker};

use crate::wire::steps::described_tags;
use crate::wire::{WAKER, awake, aws, config, forward, health, rule, service, services};

const POLLS: usize = 10_000;
/// The whole waker, built without optimisation, needs more than the 2 MiB of a test's thread.
const STACK: usize = 16 << 20;
/// Calls of one observation of an environment with two services, at most a target group each, and a
/// database: `DescribeServices`, `DescribeDBClusters`, `DescribeTargetHealth`, `DescribeRules`,
/// `DescribeTags`, and for a service that starts, twice `ListTasks` and `DescribeTasks`.
const CALLS_PER_OBSERVATION: usize = 9;

#[expect(clippy::print_stdout, reason = "the number is the point")]
async fn polled(endpoint: &Endpoint, state: &str) {
    let waker = Waker::new(config(&json!({"kind": "aurora", "identifier": "db"})), aws(endpoint).await);
    let start = Instant::now();
    for _ in 0..POLLS {
        let Output::Response(response) = waker.handle(status_poll()).await.unwrap() else { panic!() };
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

#[test]
fn ten_thousand_polls_make_one_observation_a_second() {
    let run = || Builder::new_current_thread().enable_all().build().unwrap().block_on(asleep_and_waking());
    thread::Builder::new().stack_size(STACK).spawn(run).unwrap().join().unwrap();
}

async fn asleep_and_waking() {
    let endpoint = awake().await;
    endpoint.answer("DescribeTags", described_tags(""));
    endpoint.answer("DescribeRules", rule(&forward(WAKER)));
    endpoint.answer("DescribeServices", services(&[service("web", 0, 0), service("mail", 0, 0)]));
    polled(&endpoint, "asleep").await;

    let endpoint = awake().await;
    endpoint.answer("DescribeTags", described_tags(""));
    endpoint.answer("DescribeRules", rule(&forward(WAKER)));
    endpoint.answer("DescribeTargetHealth", health(&["initial"]));
    endpoint.answer("ListTasks", Answer::json(&json!({"taskArns": []})));
    endpoint.answer("DescribeServices", services(&[service("web", 1, 0), service("mail", 1, 1)]));
    polled(&endpoint, "waking").await;
}
