//! What a poll of the status costs: the waker's own handler and clients, in one process, as in one
//! sandbox, against an endpoint on loopback that answers at once.

#![expect(clippy::unwrap_used, reason = "a bench ends where it cannot go on")]
#![recursion_limit = "256"]

use std::time::Instant;

use reveille_tests::{
    endpoint::{account::Account, arn},
    in_process::{self, invocation, status_poll},
    measure::{
        report::{Report, Table},
        samples::Samples,
    },
};
use serde_json::{Value, json};
use waker::{Output, Waker};

const POLLS: usize = 100_000;
/// The bound for a poll that makes no AWS call.
const BOUND_MS: f64 = 2.0;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let account = Account::of(&config());
    let endpoint = format!("http://{}", account.serve().await.unwrap());
    let mut table = Table::new(
        format!("{POLLS} polls of the status, one after the other"),
        &["polls a second", "p50 µs", "p99 µs", "AWS calls", "looks", "seconds"],
    );
    let mut worst: f64 = 0.0;
    for (name, first) in
        [("asleep", None), ("waking", Some(json!({ "reveille": "wake", "environment": "bench" })))]
    {
        // A new sandbox, which remembers nothing.
        let aws = in_process::aws(&endpoint, "eu-west-1").await;
        let waker = Waker::new(in_process::config(&config()).unwrap(), aws);
        if let Some(command) = first {
            waker.handle(invocation(command)).await.unwrap();
        }
        let (before, looks_before) = (calls(&account), observations(&account));
        let (mut cached, begun) = (Samples::new(), Instant::now());
        for _ in 0..POLLS {
            let (calls_before, at) = (calls(&account), Instant::now());
            let Output::Response(response) = waker.handle(status_poll()).await.unwrap() else { panic!() };
            let took = at.elapsed();
            assert_eq!(response.headers["x-reveille-state"], name);
            if calls(&account) == calls_before {
                cached.push_time(took);
            }
        }
        let took = begun.elapsed().as_secs_f64();
        let asked = f64::from(calls(&account) - before);
        worst = worst.max(cached.p99());
        let looks = f64::from(observations(&account) - looks_before);
        #[expect(clippy::cast_precision_loss, reason = "a hundred thousand")]
        let rate = POLLS as f64 / took;
        table.row(name, [rate, cached.median() * 1e3, cached.p99() * 1e3, asked, looks, took]);
    }
    assert!(account.refused().is_empty(), "{:?}", account.refused());
    let mut report = Report::new("status_polls");
    report.table(table);
    report.goal_at_most("p99 of a poll without AWS calls, in ms", worst, BOUND_MS);
    report.finish().unwrap();
}

fn calls(account: &Account) -> u32 {
    account.calls().values().sum()
}

/// The number of observations: each begins with that call.
fn observations(account: &Account) -> u32 {
    account.calls().get("DescribeServices").copied().unwrap_or_default()
}

fn config() -> Value {
    let app = arn::target_group("app");
    json!({ "environments": [{
        "name": "bench",
        "route": arn::route("bench", "app"),
        "services": [{ "cluster": "c", "service": "app", "target_group_arn": app }],
    }]})
}
