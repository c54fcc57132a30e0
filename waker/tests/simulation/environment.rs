//! The environment that is woken.

use serde_json::json;
use waker::config::{Config, Environment};

/// Two services behind one database, one after the other, and an optional third.
pub fn environment(hold_seconds: u32) -> Environment {
    let group =
        |name: &str| format!("arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/{name}/1");
    let config = json!({"environments": [{
        "name": "simulated",
        "hosts": ["app.example.com"],
        "route": {
            "rule_arn": "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener-rule/app/alb/1/2/3",
            "app_target_group_arn": group("app"),
            "waker_target_group_arn": group("waker"),
        },
        "services": [
            {"cluster": "c", "service": "app", "count": 2, "target_group_arn": group("app")},
            {"cluster": "c", "service": "worker", "count": 1, "after": ["app"]},
            {"cluster": "c", "service": "mail", "count": 1, "optional": true},
        ],
        "database": {
            "kind": "aurora",
            "identifier": "db",
            "probe": {"connect": {"host": "db.example.com"}},
        },
        "hold_seconds": hold_seconds,
    }]});
    let config = Config::load(|name| (name == "WAKER_CONFIG").then(|| config.to_string())).unwrap();
    config.environments()[0].clone()
}
