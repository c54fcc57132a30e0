use std::time::{Duration, UNIX_EPOCH};

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::config::{Network, TokenDigest};

pub(super) fn request(fields: &Value) -> Request {
    let mut event = json!({
        "requestContext": {"elb": {"targetGroupArn": "arn"}},
        "httpMethod": "GET", "path": "/", "headers": {}, "body": "", "isBase64Encoded": false,
    });
    event.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    Request::from_event(event).unwrap()
}

fn now() -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(1_763_717_000)
}

fn admit(guard: &Guard, fields: &Value) -> Admission {
    guard.admit("staging", &request(fields), now())
}

const TOKEN: &str = "5d41402abc4b2a76b9719d911017c592";

fn token() -> Guard {
    Guard { wake: WakeBy::Token, token: Some(TokenDigest::of(TOKEN)), ..Guard::default() }
}

/// One line per agent: `refused` or `wakes`, a tab, and the user agent.
const AGENTS: &str = include_str!("agents.tsv");

#[test]
fn real_user_agents_are_classified() {
    let guard = Guard::default();
    let mut count = 0;
    for line in AGENTS.lines().filter(|line| !line.starts_with('#')) {
        let (expected, agent) = line.split_once('\t').unwrap();
        let expected = match expected {
            "wakes" => Admission::Admitted,
            "refused" => Admission::Refused(Refusal::Agent),
            other => panic!("{other}"),
        };
        assert_eq!(admit(&guard, &json!({"headers": {"user-agent": agent}})), expected, "{agent}");
        count += 1;
    }
    assert!(count >= 60, "{count} are too few to say much");
}

#[test]
fn a_request_without_a_user_agent_or_a_guard_without_the_list_is_admitted() {
    assert_eq!(admit(&Guard::default(), &json!({})), Admission::Admitted);
    let guard = Guard { default_agents: false, ..Guard::default() };
    assert_eq!(admit(&guard, &json!({"headers": {"user-agent": "Googlebot/2.1"}})), Admission::Admitted);
}

#[test]
fn an_agent_is_refused_by_any_part_of_any_of_its_values() {
    let mut guard = Guard::default();
    guard.agents.push(Pattern::parse("acme").unwrap());
    for headers in [
        json!({"headers": {"user-agent": "Googlebot/2.1 é"}}),
        json!({"headers": {"user-agent": "acme é"}}),
        json!({"multiValueHeaders": {"user-agent": ["Mozilla/5.0", "Googlebot/2.1"]}}),
        json!({"multiValueHeaders": {"user-agent": ["Mozilla/5.0", "acme"]}}),
        json!({"multiValueHeaders": {"sec-purpose": ["é", "prefetch"]}}),
    ] {
        assert_eq!(admit(&guard, &headers), Admission::Refused(Refusal::Agent), "{headers}");
    }
}

#[test]
fn paths_that_people_do_not_request_are_refused() {
    let guard = Guard::default();
    for (path, refused) in [
        ("/", false),
        ("/index.php", false),
        ("/login", false),
        ("/environments/7/robots", false),
        ("/.well-known/openid-configuration", false),
        ("/.well-known/acme-challenge/x", false),
        ("/ecpress", false),
        ("/a/wp-admin-guide", false),
        ("/api/v1/actuator/health", false),
        ("/favicon.ico", true),
        ("/docs/favicon.ico", true),
        ("/apple-touch-icon-120x120.png", true),
        ("/robots.txt", true),
        ("/.well-known/traffic-advice", true),
        ("/wp-login.php", true),
        ("//wp-admin/setup", true),
        ("/WP-ADMIN/", true),
        ("/.env", true),
        ("/api/.env.production", true),
        ("/.git/config", true),
        ("/static/../../etc/passwd", true),
        ("/a/%2E%2E/b", true),
        ("/%77p-login.php", true),
        ("/%2Eenv", true),
        ("/.%67it/config", true),
        ("/..\\x", true),
        ("/%66oo", false),
    ] {
        let expected = if refused { Admission::Refused(Refusal::Path) } else { Admission::Admitted };
        assert_eq!(admit(&guard, &json!({"path": path})), expected, "{path}");
    }
}

#[test]
fn configured_patterns_methods_and_networks_are_refused() {
    let mut guard = Guard::default();
    guard.agents.push(Pattern::parse("^acme-monitor").unwrap());
    guard.paths.push(Pattern::parse("^/internal/").unwrap());
    guard.methods.push(Method::PUT);
    for (fields, refusal) in [
        (json!({"headers": {"user-agent": "ACME-Monitor/1"}}), Refusal::Agent),
        (json!({"path": "/Internal/health"}), Refusal::Path),
        (json!({"httpMethod": "PUT"}), Refusal::Method),
        (json!({"httpMethod": "TRACE"}), Refusal::Method),
    ] {
        let default =
            if fields["httpMethod"] == "TRACE" { Admission::Refused(refusal) } else { Admission::Admitted };
        assert_eq!(admit(&Guard::default(), &fields), default, "{fields}");
        assert_eq!(admit(&guard, &fields), Admission::Refused(refusal), "{fields}");
    }
}

#[test]
fn no_other_spelling_gets_past_a_list() {
    let mut guard = Guard::default();
    guard.paths.push(Pattern::parse("^/internal/").unwrap());
    guard.paths.push(Pattern::parse("acme").unwrap());
    guard.agents.push(Pattern::parse("acme").unwrap());
    guard.methods.push(Method::PUT);
    let long = format!("{}acme", "a".repeat(10_000));
    for (fields, refusal) in [
        (json!({"path": "/%69nternal/x"}), Refusal::Path),
        (json!({"path": "//internal/x"}), Refusal::Path),
        (json!({"path": format!("/{long}")}), Refusal::Path),
        (json!({"headers": {"user-agent": long}}), Refusal::Agent),
        (json!({"httpMethod": "put"}), Refusal::Method),
        (json!({"httpMethod": "trace"}), Refusal::Method),
    ] {
        assert_eq!(admit(&guard, &fields), Admission::Refused(refusal), "{refusal:?}");
    }
}

#[test]
fn the_network_is_that_of_the_address_that_the_load_balancer_added() {
    let networks = ["203.0.113.0/24", "2001:db8::/32", "198.51.100.7"];
    let networks = networks.map(|network| Network::parse(network).unwrap()).to_vec();
    let guard = Guard { networks, ..Guard::default() };
    for (forwarded, admitted) in [
        ("203.0.113.9", true),
        ("203.0.113.9:52814", true),
        ("2001:db8::1", true),
        ("[2001:db8::1]:443", true),
        ("::ffff:203.0.113.9", true),
        ("198.51.100.7", true),
        ("10.0.0.1, 203.0.113.9", true),
        // Addresses that the client claims come before the one from the load balancer.
        ("203.0.113.9, 192.0.2.1", false),
        ("198.51.100.8", false),
        ("unknown", false),
        ("", false),
    ] {
        let expected = if admitted { Admission::Admitted } else { Admission::Refused(Refusal::Network) };
        assert_eq!(
            admit(&guard, &json!({"headers": {"x-forwarded-for": forwarded}})),
            expected,
            "{forwarded}"
        );
    }
    let twice = json!({"multiValueHeaders": {"x-forwarded-for": ["203.0.113.9", "192.0.2.1"]}});
    assert_eq!(admit(&guard, &twice), Admission::Refused(Refusal::Network));
    assert_eq!(admit(&guard, &json!({})), Admission::Refused(Refusal::Network));
}

#[test]
fn a_network_is_written_without_stray_bits() {
    for (text, valid) in [
        ("10.0.0.0/8", true),
        ("10.0.0.1/8", false),
        ("10.0.0.0/33", false),
        ("10.0.0", false),
        ("0.0.0.0/0", true),
        ("::/0", true),
    ] {
        assert_eq!(Network::parse(text).is_some(), valid, "{text}");
    }
}

#[test]
fn a_click_or_a_token_is_required_and_a_token_outranks_the_lists() {
    let click = Guard { wake: WakeBy::Click, ..Guard::default() };
    assert_eq!(admit(&click, &json!({})), Admission::NeedsClick);
    let guard = token();
    assert_eq!(admit(&guard, &json!({})), Admission::NeedsToken);
    let cookie = guard.token.as_ref().unwrap().cookie("staging", TOKEN, now()).unwrap();
    let fields = json!({"headers": {"cookie": format!("reveille_token={cookie}"), "user-agent": "Pingdom"}});
    assert_eq!(admit(&guard, &fields), Admission::ByToken(TokenSource::Cookie));
    let networks = vec![Network::parse("203.0.113.0/24").unwrap()];
    let guard = Guard { networks, ..guard };
    assert_eq!(admit(&guard, &fields), Admission::Refused(Refusal::Network));
}

#[test]
fn a_page_that_is_loaded_ahead_of_time_wakes_nothing() {
    for headers in [json!({"sec-purpose": "prefetch;prerender"}), json!({"purpose": "prefetch"})] {
        let admission = admit(&Guard::default(), &json!({"headers": headers}));
        assert_eq!(admission, Admission::Refused(Refusal::Agent), "{headers}");
    }
}

#[test]
fn a_post_that_wakes_must_come_from_the_page() {
    for (headers, same) in [
        (json!({"sec-fetch-site": "same-origin"}), true),
        (json!({"sec-fetch-site": "same-site", "origin": "https://a.example.com"}), false),
        (json!({"sec-fetch-site": "cross-site", "origin": "https://a.example.com"}), false),
        (json!({"origin": "https://a.example.com"}), true),
        (json!({"origin": "https://A.example.com"}), true),
        (json!({"origin": "https://a.example.com:8443"}), false),
        (json!({"origin": "https://a.example.com.evil.example"}), false),
        (json!({"origin": "https://evil.example"}), false),
        (json!({"origin": "null"}), false),
        (json!({}), false),
    ] {
        let mut headers = headers;
        headers["host"] = json!("a.example.com");
        assert_eq!(is_same_origin(&request(&json!({"headers": headers}))), same, "{headers}");
    }
}

#[test]
fn every_value_says_that_a_post_comes_from_the_page() {
    for (name, values, same) in [
        ("sec-fetch-site", ["same-origin", "cross-site"], false),
        ("sec-fetch-site", ["cross-site", "same-origin"], false),
        ("sec-fetch-site", ["same-origin", "same-origin"], true),
        ("origin", ["https://a.example.com", "https://evil.example"], false),
    ] {
        let headers = json!({"multiValueHeaders": {"host": ["a.example.com"], name: values}});
        assert_eq!(is_same_origin(&request(&headers)), same, "{headers}");
    }
}

proptest! {
    #[test]
    fn nothing_that_a_stranger_sends_makes_it_panic(
        path in ".{0,80}", agent in "[ -~]{0,80}", forwarded in "[ -~]{0,40}", cookie in "[ -~]{0,40}",
    ) {
        let headers = json!({"user-agent": agent, "x-forwarded-for": forwarded, "cookie": cookie});
        let guard = Guard { networks: vec![Network::parse("10.0.0.0/8").unwrap()], ..token() };
        let _ = admit(&guard, &json!({"path": path, "headers": headers}));
        let _ = admit(&token(), &json!({"path": path, "headers": headers}));
    }
}
