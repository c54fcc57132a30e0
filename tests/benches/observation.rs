//! What one observation of an environment costs as its services grow: AWS calls, time, and `plan`.
//!
//! The waker's own clients observe an endpoint on loopback that answers at once, so that the
//! time is that of the waker and the connection. `DescribeTargetHealth` takes one target group a
//! call, and `DescribeServices` ten services.

#![expect(clippy::unwrap_used, reason = "a bench ends where it cannot go on")]

use std::{
    hint::black_box,
    time::{Duration, Instant},
};

use reveille_tests::{
    endpoint::{account::Account, arn},
    in_process,
    measure::{
        report::{Report, Table},
        samples::Samples,
    },
};
use serde_json::{Value, json};
use waker::{
    aws::Aws,
    config::{Environment, MAX_SERVICES},
    environment::{cloud::Cloud as _, plan, snapshot::Scope},
};

const OBSERVATIONS: usize = 50;
/// `plan` is so fast that it is measured by the thousand.
const PLANS: u32 = 1_000;

struct Subject {
    account: Account,
    aws: Aws,
    environment: Environment,
    looks: Samples,
    calls: f64,
    /// Those to the load balancer.
    balancer_calls: f64,
    plan: Duration,
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let shapes = [(1, true), (10, true), (MAX_SERVICES, true), (10, false), (MAX_SERVICES, false)];
    let mut subjects = Vec::new();
    for (services, balanced) in shapes {
        subjects.push(Subject::new(&config(services, balanced)).await);
    }
    for _ in 0..OBSERVATIONS {
        for subject in &mut subjects {
            subject.observe().await;
        }
    }

    let mut table = Table::new(
        format!("one observation and one plan, {OBSERVATIONS} of each in turn"),
        &["calls", "to the load balancer", "observation ms", "p95", "plan µs"],
    );
    for ((services, balanced), subject) in shapes.iter().zip(&subjects) {
        let name = match balanced {
            true => format!("{services} services, each behind the load balancer"),
            false => format!("{services} services, one of them behind it"),
        };
        let plan = subject.plan.as_secs_f64() * 1e6;
        let Subject { looks, calls, balancer_calls, .. } = subject;
        table.row(name, [*calls, *balancer_calls, looks.median(), looks.p95(), plan]);
    }
    let mut report = Report::new("observation");
    report.table(table);
    report.finish().unwrap();
}

impl Subject {
    async fn new(config: &Value) -> Self {
        let account = Account::of(config);
        let endpoint = format!("http://{}", account.serve().await.unwrap());
        Self {
            account,
            aws: in_process::aws(&endpoint, "eu-west-1").await,
            environment: in_process::config(config).unwrap().environments()[0].clone(),
            looks: Samples::new(),
            calls: f64::NAN,
            balancer_calls: f64::NAN,
            plan: Duration::ZERO,
        }
    }

    async fn observe(&mut self) {
        let before = calls(&self.account);
        let begun = Instant::now();
        let partial = self.aws.observe(&self.environment, Scope::WHOLE | Scope::STATE_TAG).await.unwrap();
        self.looks.push_time(begun.elapsed());
        let after = calls(&self.account);
        (self.calls, self.balancer_calls) = (after.0 - before.0, after.1 - before.1);
        assert!(self.account.refused().is_empty(), "{:?}", self.account.refused());
        let snapshot = partial.whole().unwrap();
        let begun = Instant::now();
        for _ in 0..PLANS {
            black_box(plan::awake(black_box(&self.environment), black_box(&snapshot)));
        }
        self.plan = begun.elapsed() / PLANS;
    }
}

/// All, and those to the load balancer.
fn calls(account: &Account) -> (f64, f64) {
    let calls = account.calls();
    let balancer = ["DescribeRules", "DescribeTags", "DescribeTargetHealth"];
    let of_balancer = balancer.iter().filter_map(|operation| calls.get(*operation));
    (calls.values().sum::<u32>().into(), of_balancer.sum::<u32>().into())
}

/// The first service is the app.
fn config(services: usize, balanced: bool) -> Value {
    let services = (0..services).map(|index| {
        let name = if index == 0 { "app".to_owned() } else { format!("service-{index}") };
        let mut service = json!({ "cluster": "c", "service": name });
        if balanced || index == 0 {
            service["target_group_arn"] = arn::target_group(&name).into();
        }
        service
    });
    json!({ "environments": [{
        "name": "bench",
        "route": arn::route("bench", "app"),
        "services": services.collect::<Vec<_>>(),
        "database": { "kind": "aurora", "identifier": "db" },
    }]})
}
