//! The environments under test.

use serde_json::{Value, json};
use waker::config::{Config, Environment};

use crate::cloud::environments::{app, config, environment as declared, one, service};

/// Two services behind one database, one after the other, and an optional third.
pub fn environment(hold_seconds: u32) -> Environment {
    let mut mail = service("mail", &[]);
    mail["optional"] = json!(true);
    held(&[app("app", 2, &[]), service("worker", &["app"]), mail], hold_seconds)
}

/// One service behind one database.
pub fn one_service(hold_seconds: u32) -> Environment {
    held(&[app("app", 1, &[])], hold_seconds)
}

/// `count` environments of one service and one database each.
pub fn fleet(count: usize) -> Config {
    let environments = (0..count).map(|index| {
        let group = format!("app-{index}");
        declared(index, &group, &[app(&group, 1, &[])])
    });
    config(&environments.collect::<Vec<_>>())
}

fn held(services: &[Value], hold_seconds: u32) -> Environment {
    let mut environment = declared(0, "app", services);
    environment["hold_seconds"] = json!(hold_seconds);
    environment["idle_timeout_seconds"] = json!(idle_timeout(hold_seconds));
    one(environment)
}

/// The load balancer's idle time-out, which must be raised for a longer hold.
pub fn idle_timeout(hold_seconds: u32) -> u32 {
    (hold_seconds + 5).max(60)
}
