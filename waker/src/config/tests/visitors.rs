//! Guard, theme and CORS.

use super::*;
use crate::config::WakeBy;

#[test]
fn a_guard_a_theme_and_cors_are_read() {
    let guard = json!({
        "wake": "token", "token_sha256": "0a".repeat(32), "networks": ["203.0.113.0/24", "2001:db8::/32"],
        "refuse_agents": ["acme"], "refuse_methods": ["PUT"], "default_paths": false, "wakes_per_hour": 0,
    });
    let mut environment = with("/guard", guard);
    environment["theme"] = json!({"title": "Staging", "accent": "#FFcc00"});
    environment["cors"] = json!({"origins": ["https://a.example.com:8443"], "credentials": true});
    let config = load_json(&json!({"environments": [environment]})).unwrap();
    let environment = &config.environments()[0];
    let guard = &environment.guard;
    assert_eq!((guard.wake, guard.networks.len(), guard.wakes_per_hour), (WakeBy::Token, 2, None));
    assert_eq!((guard.default_paths, guard.default_agents, guard.agents.len()), (false, true, 1));
    assert_eq!(guard.methods, [http::Method::PUT]);
    assert_eq!(
        (environment.theme.accent.to_string().as_str(), environment.theme.accent.text()),
        ("#ffcc00", "#000")
    );
    assert!(environment.cors.credentials);
    assert!(!format!("{config:?}").contains("0a0a"), "a digest is not shown");
    assert_eq!(example().guard, Guard::default());
}

/// One row per rule.
#[test]
fn each_broken_rule_of_guard_theme_and_cors_names_its_field() {
    for (pointer, value, problem) in [
        ("/guard", json!("click"), "guard: must be an object"),
        ("/guard", json!({"wake": "visit"}), r#"guard.wake: must be "request", "click" or "token""#),
        ("/guard", json!({"wake": "token"}), "guard.token_sha256: must be set where wake is token"),
        ("/guard", json!({"token_sha256": "secret"}), "guard.token_sha256: must be the SHA-256 of the token"),
        ("/guard", json!({"networks": ["10.0.0.1/8"]}), "guard.networks[0]: must be a network such as"),
        ("/guard", json!({"refuse_agents": ["("]}), "guard.refuse_agents[0]: must be a regular expression:"),
        ("/guard", json!({"refuse_paths": [7]}), "guard.refuse_paths[0]: must be a string"),
        ("/guard", json!({"refuse_methods": ["put"]}), "guard.refuse_methods[0]: must be a method in upper"),
        ("/guard", json!({"default_agents": 1}), "guard.default_agents: must be true or false"),
        (
            "/guard",
            json!({"wakes_per_hour": 15}),
            "guard.wakes_per_hour: must be a whole number from 0 to 14",
        ),
        ("/guard", json!({"token": "x"}), "guard.token: is unknown; the fields here are wake, token_sha256"),
        ("/theme", json!({"title": ""}), "theme.title: must be 1 to 60 characters"),
        ("/theme", json!({"title": "a\nb"}), "theme.title: must be 1 to 60 characters"),
        ("/theme", json!({"message": "m".repeat(501)}), "theme.message: must be 1 to 500 characters"),
        ("/theme", json!({"accent": "blue"}), "theme.accent: must be a colour such as #2f5bd0"),
        (
            "/theme",
            json!({"logo": "https://example.com/a.png"}),
            "theme.logo: must be an image as a data: URL",
        ),
        ("/theme", json!({"template_file": "/missing"}), "theme.template_file: cannot be read"),
        ("/cors", json!({}), "cors.origins: is missing"),
        ("/cors", json!({"origins": ["*"]}), "cors.origins[0]: must be an origin in lower case"),
        ("/cors", json!({"origins": ["https://a.example.com/"]}), "cors.origins[0]: must be an origin"),
        ("/cors", json!({"origins": ["https://A.example.com"]}), "cors.origins[0]: must be an origin"),
    ] {
        is_named(pointer, value, problem);
    }
}
