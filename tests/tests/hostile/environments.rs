//! The waker's configuration: environments that differ in who may wake them.

use reveille_tests::endpoint::arn;
use serde_json::{Value, json};

/// `openssl rand -hex 16`, and its `sha256sum`.
pub const TOKEN: &str = "5f0b8e5d7a0f4b0f9a7c1e2d3c4b5a69";
const DIGEST: &str = "c423f144ce417e23b20638c80b3a2847fb7d06982b1d11a97ba9ee34e3155251";

/// Any request wakes these, unless a list refuses it.
pub const OPEN: &str = "open";
pub const PREVIEW: &str = "preview";
pub const HELD: &str = "held";
/// Any request wakes it, within a budget.
pub const BUDGET: &str = "budget";
/// Requires the token.
pub const GUARDED: &str = "guarded";
/// Requires a click.
pub const CLICK: &str = "click";
/// Requires an address in [`NETWORK`].
pub const INSIDE: &str = "inside";

pub const ALL: [&str; 7] = [OPEN, PREVIEW, BUDGET, HELD, GUARDED, CLICK, INSIDE];

const NETWORK: &str = "203.0.113.0/24";
/// Wakes an hour.
pub const BUDGET_WAKES: u32 = 3;

pub fn host(environment: &str) -> String {
    format!("{environment}.example.com")
}

pub fn config() -> Value {
    json!({ "environments": ALL.map(environment) })
}

fn environment(name: &str) -> Value {
    let route = arn::route(name, &format!("app-{name}"));
    let mut environment = json!({
        "name": name,
        "hosts": [host(name)],
        "route": route,
        "services": [{ "cluster": "c", "service": format!("svc-{name}"), "target_group_arn": route["app_target_group_arn"] }],
        // A held client costs the test that time.
        "hold_seconds": u8::from(name == HELD),
        "guard": guard(name),
    });
    if name == PREVIEW {
        environment["hosts"] = json!(["*.preview.example.com", host(name)]);
        environment["cors"] = json!({ "origins": ["https://front.example.com"], "credentials": true });
        environment["theme"] = json!({ "title": "A <preview> & \"more\"" });
        environment["database"] = json!({ "kind": "instance", "identifier": name, "stop_when_idle": true });
    }
    environment
}

fn guard(name: &str) -> Value {
    match name {
        GUARDED => json!({ "wake": "token", "token_sha256": DIGEST }),
        CLICK => json!({ "wake": "click" }),
        INSIDE => json!({ "networks": [NETWORK], "refuse_paths": ["^/internal/"] }),
        BUDGET => json!({ "wakes_per_hour": BUDGET_WAKES }),
        // No limit.
        _ => json!({ "wakes_per_hour": 0 }),
    }
}
