//! The environments under test.

use serde_json::{Value, json};
use waker::config::{Config, Environment};

/// Two services behind one database, one after the other, and an optional third.
pub fn environment(hold_seconds: u32) -> Environment {
    read(
        &json!([
            {"cluster": "c", "service": "app", "count": 2, "target_group_arn": group("app")},
            {"cluster": "c", "service": "worker", "count": 1, "after": ["app"]},
            {"cluster": "c", "service": "mail", "count": 1, "optional": true},
        ]),
        hold_seconds,
    )
}

/// One service behind one database.
pub fn one_service(hold_seconds: u32) -> Environment {
    read(&json!([{"cluster": "c", "service": "app", "target_group_arn": group("app")}]), hold_seconds)
}

/// `count` environments of one service and one database each.
pub fn fleet(count: usize) -> Config {
    let environments = (0..count).map(|index| {
        let (app, waker) = (group(&format!("app-{index}")), group(&format!("waker-{index}")));
        json!({
            "name": format!("env-{index}"),
            "hosts": [format!("env-{index}.example.com")],
            "route": {
                "rule_arn": format!("{RULE}{index}"), "app_target_group_arn": app, "waker_target_group_arn": waker,
            },
            "services": [{"cluster": "c", "service": "app", "target_group_arn": app}],
            "database": {
                "kind": "aurora", "identifier": "db", "probe": {"connect": {"host": "db.example.com"}},
            },
        })
    });
    let config = json!({"environments": environments.collect::<Vec<_>>()});
    Config::load(|name| (name == "WAKER_CONFIG").then(|| config.to_string()), waker::reply::check_template)
        .unwrap()
}

const RULE: &str = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener-rule/app/alb/1/2/3";

fn group(name: &str) -> String {
    format!("arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/{name}/1")
}

fn read(services: &Value, hold_seconds: u32) -> Environment {
    let config = json!({"environments": [{
        "name": "simulated",
        "hosts": ["app.example.com"],
        "route": {
            "rule_arn": RULE,
            "app_target_group_arn": group("app"),
            "waker_target_group_arn": group("waker"),
        },
        "services": services,
        "database": {
            "kind": "aurora",
            "identifier": "db",
            "probe": {"connect": {"host": "db.example.com"}},
        },
        "hold_seconds": hold_seconds,
        "idle_timeout_seconds": idle_timeout(hold_seconds),
    }]});
    let config = Config::load(
        |name| (name == "WAKER_CONFIG").then(|| config.to_string()),
        waker::reply::check_template,
    )
    .unwrap();
    config.environments()[0].clone()
}

/// The load balancer's idle time-out, which must be raised for a longer hold.
pub fn idle_timeout(hold_seconds: u32) -> u32 {
    (hold_seconds + 5).max(60)
}
