//! What a poll of the status costs: the waker's own handler and clients, in one process, as in one
//! sandbox, against an emulated AWS on loopback that answers at once.

#![expect(clippy::unwrap_used, reason = "a bench ends where it cannot go on")]
#![recursion_limit = "256"]

#[path = "emulator/aws.rs"]
mod aws;
#[path = "emulator/clients.rs"]
mod clients;

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use aws::Account;
use clients::clients;
use lambda_runtime::{Context, LambdaEvent};
use reveille_tests::measure::{
    report::{Report, Table},
    samples::Samples,
};
use serde_json::{Value, json};
use waker::{Output, Waker, config::Config};

const POLLS: usize = 100_000;
/// The bound for a poll that makes no AWS call.
const BOUND_MS: f64 = 2.0;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let account = Account::default();
    let mut table = Table::new(
        format!("{POLLS} polls of the status, one after the other"),
        &["polls a second", "p50 µs", "p99 µs", "AWS calls", "looks", "seconds"],
    );
    let mut worst: f64 = 0.0;
    for (name, first) in
        [("asleep", None), ("waking", Some(json!({ "reveille": "wake", "environment": "bench" })))]
    {
        // A new sandbox, which remembers nothing.
        let waker = Waker::new(config(), clients(&account).await);
        if let Some(command) = first {
            waker.handle(LambdaEvent::new(command, context())).await.unwrap();
        }
        let (before, looks_before) = (calls(&account), observations(&account));
        let (mut cached, begun) = (Samples::new(), Instant::now());
        for _ in 0..POLLS {
            let (calls_before, at) = (calls(&account), Instant::now());
            let Output::Response(response) = waker.handle(poll()).await.unwrap() else { panic!() };
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

fn context() -> Context {
    let deadline = SystemTime::now() + Duration::from_secs(30);
    let mut context = Context::default();
    context.deadline = u64::try_from(deadline.duration_since(UNIX_EPOCH).unwrap().as_millis()).unwrap();
    context
}

fn poll() -> LambdaEvent<Value> {
    let event = json!({
        "requestContext": { "elb": { "targetGroupArn": "arn" } },
        "httpMethod": "GET", "path": "/.reveille/status",
        "headers": { "accept": "application/json", "host": "app.example.com" },
        "body": "", "isBase64Encoded": false,
    });
    LambdaEvent::new(event, context())
}

fn config() -> Config {
    let config = json!({ "environments": [{
        "name": "bench",
        "route": {
            "rule_arn": aws::RULE,
            "app_target_group_arn": aws::target_group("app"),
            "waker_target_group_arn": aws::target_group("waker"),
        },
        "services": [{ "cluster": "c", "service": "app", "target_group_arn": aws::target_group("app") }],
    }]});
    Config::load(|name| (name == "WAKER_CONFIG").then(|| config.to_string()), waker::reply::check_template)
        .unwrap()
}
