//! An environment that nobody uses falls asleep, and nobody is cut off: the shipped
//! programs on the local AWS, whose metrics live sixty times as fast.

mod circle;
mod commands;
mod database;
mod failure;
mod held;
mod mended;
mod race;
mod scaling;

use std::time::Duration;

use aws_sdk_elasticloadbalancingv2::types::Tag;
use reveille_tests::event_log::EventLog;
use reveille_tests::stack::{Options, Stack};
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

/// Long enough for anything here on a busy machine; nothing waits that long when all is well.
const LIMIT: Duration = Duration::from_mins(2);
const BETWEEN_TICKS: Duration = Duration::from_millis(500);

/// An environment with the shipped programs and the sample app, in which the shortest idle
/// time that can be set, five minutes, is over after five seconds.
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

/// The app's answer to somebody who follows redirects and comes back when told to.
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

/// Ticks until one says what is wanted; gives back that, and all before it.
async fn tick_until(stack: &Stack, wanted: impl Fn(&Value) -> bool) -> Vec<Value> {
    let deadline = Instant::now() + LIMIT;
    let mut said = Vec::new();
    loop {
        let standing = stack.tick().await.unwrap();
        let found = wanted(&standing);
        said.push(standing);
        if found {
            return said;
        }
        assert!(Instant::now() < deadline, "the ticks said {said:#?}");
        sleep(BETWEEN_TICKS).await;
    }
}

async fn tick_until_asleep(stack: &Stack) -> Vec<Value> {
    tick_until(stack, |standing| standing["state"] == "asleep").await
}

/// Where the route leads, and how many tasks are wanted.
async fn standing(stack: &Stack) -> (&'static str, i32) {
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

/// Replaces what is written on the environment.
async fn write_note(stack: &Stack, text: &str) {
    let tag = Tag::builder().key("reveille:state").value(text).build();
    stack.elb().add_tags().resource_arns(&stack.load_balancer.route).tags(tag).send().await.unwrap();
}
