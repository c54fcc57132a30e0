//! Configurations of environments.

use serde_json::{Value, json};
use waker::config::{Config, Environment};

const RULE: &str = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener-rule/app/alb/1/2/";

pub fn group(name: &str) -> String {
    format!("arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/{name}/1")
}

/// A service without a target group.
pub fn service(name: &str, after: &[&str]) -> Value {
    json!({"cluster": "c", "service": name, "count": 1, "after": after})
}

/// The service behind the route.
pub fn app(target_group: &str, count: u32, after: &[&str]) -> Value {
    json!({
        "cluster": "c", "service": "app", "count": count, "target_group_arn": group(target_group), "after": after,
    })
}

/// An environment with a database, whose app has that target group.
pub fn environment(index: usize, target_group: &str, services: &[Value]) -> Value {
    json!({
        "name": format!("env-{index}"),
        "hosts": [format!("env-{index}.example.com")],
        "route": {
            "rule_arn": format!("{RULE}{index}"),
            "app_target_group_arn": group(target_group),
            "waker_target_group_arn": group(&format!("waker-{index}")),
        },
        "services": services,
        "database": {"kind": "aurora", "identifier": "db", "probe": {"connect": {"host": "db.example.com"}}},
    })
}

pub fn config(environments: &[Value]) -> Config {
    let config = json!({"environments": environments});
    Config::load(|name| (name == "WAKER_CONFIG").then(|| config.to_string()), waker::reply::check_template)
        .unwrap()
}

pub fn one(environment: Value) -> Environment {
    config(&[environment]).environments()[0].clone()
}
