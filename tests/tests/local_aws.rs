//! The local AWS behaves as AWS does, where Reveille depends on it.

mod calls;
mod cloudwatch;
mod cognito;
mod databases;
mod dependencies;
mod deployments;
mod events;
mod function;
mod gate;
mod load_balancer;
mod long;
mod metrics;
mod pace;
mod process;
mod protection;
mod retries;
mod scaling;
mod scaling_permissions;
mod scaling_policies;
mod scaling_schedules;
mod tags;
mod tasks;
mod ticks;

use std::time::Duration;

use aws_sdk_elasticloadbalancingv2::types::{TargetHealthReasonEnum, TargetHealthStateEnum};
use reveille_tests::binaries::sample_app;
use reveille_tests::event_log::EventLog;
use reveille_tests::stack::{App, LoadBalancer, NAME, Options, Stack, forward_to};
use reveille_tests::zip;

/// Enough for everything here on a busy machine; nothing takes that long without a fault.
const LIMIT: Duration = Duration::from_mins(1);

/// A stand-in for the waker that returns its event.
const ECHO: &[u8] = include_bytes!("local_aws/echo-bootstrap.py");

/// The sample app without the entrypoint, in a shell that builds its connection string.
fn app() -> App {
    shell(&format!(
        "export DATABASE_URL=\"host=$DB_HOST port=$DB_PORT dbname=$DB_NAME user=$DB_USER password=$DB_PASSWORD\"
         exec {}",
        sample_app().unwrap().display()
    ))
}

/// A container whose program is this script.
fn shell(script: &str) -> App {
    App {
        entry_point: vec!["/bin/sh".into(), "-c".into()],
        command: vec![script.into()],
        port: 8080,
        health: "/health".into(),
        environment: vec![],
        stop_timeout: 5,
        grace: 60,
        working_directory: None,
    }
}

fn options(app: App) -> Options {
    Options::new(zip::bootstrap(ECHO).unwrap(), app)
}

async fn stack(options: &Options) -> Stack {
    Stack::create(options, EventLog::default()).await.unwrap()
}

/// Turns the route to one target group.
async fn route_to(stack: &Stack, target_group: &str) {
    let from = stack.log().end();
    let forward = forward_to(target_group);
    stack.elb().modify_rule().rule_arn(&stack.load_balancer.route).actions(forward).send().await.unwrap();
    stack.log().find(from, LIMIT, |event| event.name == "rule_followed").await.unwrap();
}

/// The state and reason of each target, from `DescribeTargetHealth`.
async fn health(stack: &Stack, target_group: &str) -> Vec<(String, String, String)> {
    let described = stack.elb().describe_target_health().target_group_arn(target_group).send().await.unwrap();
    described
        .target_health_descriptions()
        .iter()
        .map(|described| {
            let health = described.target_health().unwrap();
            let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
            (
                text(described.target().unwrap().id()),
                text(health.state().map(TargetHealthStateEnum::as_str)),
                text(health.reason().map(TargetHealthReasonEnum::as_str)),
            )
        })
        .collect()
}
