//! An unused environment falls asleep, and no visitor is cut off: the shipped programs on the local
//! AWS, whose metrics run sixty times as fast.

mod circle;
mod commands;
mod database;
mod failure;
mod held;
mod race;
mod repaired;
mod scaling;

use std::time::Duration;

use aws_sdk_elasticloadbalancingv2::types::Tag;
use reveille_tests::event_log::EventLog;
use reveille_tests::stack::{Options, Stack};
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

/// Enough for everything here on a busy machine; nothing takes that long without a fault.
const LIMIT: Duration = Duration::from_mins(2);
const BETWEEN_TICKS: Duration = Duration::from_millis(500);

/// An environment with the shipped programs and the sample app, in which the shortest possible idle
/// time, five minutes, is over after five seconds.
fn options() -> Options {
    let mut options = Options::sample().unwrap();
    options.settings.metrics_speed = Some(60.0);
    options.environment =
        json!({ "idle_after_seconds": 300, "min_awake_seconds": 0, "metrics_delay_seconds": 1 });
    options
}

async fn asleep(options: &Options) -> Stack {
    Stack::create(options, EventLog::default()).await.unwrap()
}

/// Woken by a visitor.
async fn awake(options: &Options) -> Stack {
    let stack = asleep(options).await;
    assert_eq!(visit(&stack).await, "visit 1\n");
    stack
}

/// The app's answer to a client that follows redirects and comes back when told to.
async fn visit(stack: &Stack) -> String {
    let deadline = Instant::now() + LIMIT;
    loop {
        let answer = reqwest::get(stack.url()).await.unwrap();
        let status = answer.status();
        let text = answer.text().await.unwrap();
        if status == 200 {
            return text;
        }
        assert!(Instant::now() < deadline, "the last answer was {status}: {text}");
        sleep(Duration::from_millis(100)).await;
    }
}

/// Ticks until a report matches; returns it, and all before it.
async fn tick_until(stack: &Stack, wanted: impl Fn(&Value) -> bool) -> Vec<Value> {
    let deadline = Instant::now() + LIMIT;
    let mut said = Vec::new();
    loop {
        let report = stack.tick().await.unwrap();
        let found = wanted(&report);
        said.push(report);
        if found {
            return said;
        }
        assert!(Instant::now() < deadline, "the ticks said {said:#?}");
        sleep(BETWEEN_TICKS).await;
    }
}

async fn tick_until_asleep(stack: &Stack) -> Vec<Value> {
    tick_until(stack, |report| report["state"] == "asleep").await
}

/// The route's target, and the desired count.
async fn route_and_count(stack: &Stack) -> (&'static str, i32) {
    let rules = stack.elb().describe_rules().rule_arns(&stack.load_balancer.route).send().await.unwrap();
    let target = rules.rules()[0].actions()[0].target_group_arn().unwrap();
    let route = if target == stack.load_balancer.app { "app" } else { "waker" };
    (route, stack.service().await.unwrap().desired_count())
}

async fn turn_route_to(stack: &Stack, target_group: &str) {
    let action = reveille_tests::stack::forward_to(target_group);
    let modify = stack.elb().modify_rule().rule_arn(&stack.load_balancer.route).actions(action);
    modify.send().await.unwrap();
}

/// Replaces the environment's state tag.
async fn write_note(stack: &Stack, text: &str) {
    let tag = Tag::builder().key("reveille:state").value(text).build();
    stack.elb().add_tags().resource_arns(&stack.load_balancer.route).tags(tag).send().await.unwrap();
}
