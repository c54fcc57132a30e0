//! ARNs of a load balancer in nobody's account.

use serde_json::{Value, json};

/// A route of the waker's configuration.
pub fn route(name: &str, app: &str) -> Value {
    json!({
        "rule_arn": rule(name),
        "app_target_group_arn": target_group(app),
        "waker_target_group_arn": target_group("waker"),
    })
}

pub fn rule(name: &str) -> String {
    format!("arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener-rule/app/alb/1/2/{name}")
}

pub fn target_group(name: &str) -> String {
    format!("arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/{name}/1")
}
