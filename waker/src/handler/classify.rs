//! Which requests wake a sleeping environment, and why the others do not.
//!
//! The first matching row decides. The waker's control paths, `/.reveille/...`, are not in the table:
//! see [`super::control_paths`].
//!
//! | request | effect |
//! |---|---|
//! | `GET` or `HEAD` of `/robots.txt` or a favicon | the waker's own file |
//! | a CORS preflight, if the environment has `cors` | what `cors` allows |
//! | an address that is too long for a redirect to it | 414 |
//! | from a network that the guard does not allow | refused |
//! | from a browser, with the token in the query | a redirect to the same address with a cookie in place of the token |
//! | with the token in a header, a cookie, or the query of a program | wakes, without a budget |
//! | a method, a path or a user agent that the guard refuses, or a prefetch | refused |
//! | any other, if the guard's `wake` is `click` or `token` | asks for a click or the token |
//! | any other | wakes, within the hour's budget |

use std::time::SystemTime;

use crate::{
    config::Environment,
    event::Request,
    guard::{Admission, Refusal, TokenSource},
    reply::{self, Client, File},
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    /// Wakes it, unless it was woken `budget` times within the hour; None: no limit.
    Wakes {
        budget: Option<u32>,
    },
    DoesNot(Reason),
}

/// Why a request does not wake a sleeping environment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reason {
    File(File),
    Preflight,
    AddressTooLong,
    /// It is redirected to the same address, with a cookie in place of the token.
    TokenInQuery,
    NeedsClick,
    NeedsToken,
    Refused(Refusal),
}

pub(super) fn classify(
    environment: &Environment,
    request: &Request,
    client: Client,
    now: SystemTime,
) -> Effect {
    if let Some(file) = File::of(request) {
        return Effect::DoesNot(Reason::File(file));
    }
    if reply::is_preflight(request) && !environment.cors.origins.is_empty() {
        return Effect::DoesNot(Reason::Preflight);
    }
    // No wake for a visitor who could not be redirected.
    if reply::is_too_long(request) {
        return Effect::DoesNot(Reason::AddressTooLong);
    }
    match (environment.guard.admit(&environment.name, request, now), client) {
        (Admission::ByToken(TokenSource::Query), Client::Navigation | Client::Form) => {
            Effect::DoesNot(Reason::TokenInQuery)
        }
        (Admission::ByToken(_), _) => Effect::Wakes { budget: None },
        (Admission::Admitted, _) => Effect::Wakes { budget: environment.guard.wakes_per_hour },
        (Admission::NeedsClick, _) => Effect::DoesNot(Reason::NeedsClick),
        (Admission::NeedsToken, _) => Effect::DoesNot(Reason::NeedsToken),
        (Admission::Refused(refusal), _) => Effect::DoesNot(Reason::Refused(refusal)),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::config::{Cors, Guard, Network, TokenDigest, WakeBy, tests::example};

    const TOKEN: &str = "0d1c9a4b";

    fn effect(guard: &Guard, method: &str, path: &str, headers: &Value) -> Effect {
        let cors = Cors { origins: vec!["https://app.example.com".to_owned()], credentials: false };
        let environment = Environment { guard: guard.clone(), cors, ..example() };
        let mut event = json!({
            "requestContext": {"elb": {"targetGroupArn": "arn"}},
            "httpMethod": method, "path": path, "headers": headers, "body": "", "isBase64Encoded": false,
        });
        if let Some((path, token)) = path.split_once("?reveille_token=") {
            event["path"] = json!(path);
            event["queryStringParameters"] = json!({"reveille_token": token});
        }
        let request = Request::from_event(event).unwrap();
        classify(&environment, &request, Client::of(&request), SystemTime::now())
    }

    /// A row for each row of the table above.
    #[test]
    fn the_first_matching_rule_decides() {
        let open = Guard::default();
        let unlimited = Guard { wakes_per_hour: None, ..open.clone() };
        let click = Guard { wake: WakeBy::Click, ..open.clone() };
        let token = Guard { wake: WakeBy::Token, token: Some(TokenDigest::of(TOKEN)), ..open.clone() };
        let office = Guard { networks: vec![Network::parse("203.0.113.0/24").unwrap()], ..open.clone() };
        let (plain, page) = (json!({}), json!({"accept": "text/html"}));
        let preflight = json!({"origin": "https://app.example.com", "access-control-request-method": "PUT"});
        let with_token = json!({"x-reveille-token": TOKEN});
        let (robot, prefetch) = (json!({"user-agent": "Googlebot/2.1"}), json!({"sec-purpose": "prefetch"}));
        let in_query = format!("/?reveille_token={TOKEN}");
        let long = format!("/{}", "x".repeat(9_000));
        let no = Effect::DoesNot;
        let wakes = |budget| Effect::Wakes { budget };
        for (guard, method, path, headers, expected) in [
            (&open, "GET", "/robots.txt", &page, no(Reason::File(File::Robots))),
            (&open, "POST", "/robots.txt", &plain, no(Reason::Refused(Refusal::Path))),
            (&office, "GET", "/favicon.ico", &page, no(Reason::File(File::Icon))),
            (&office, "OPTIONS", "/api", &preflight, no(Reason::Preflight)),
            (&open, "OPTIONS", "/api", &plain, wakes(Some(12))),
            (&office, "GET", &long, &page, no(Reason::AddressTooLong)),
            (&office, "GET", "/", &page, no(Reason::Refused(Refusal::Network))),
            (&token, "GET", &in_query, &page, no(Reason::TokenInQuery)),
            (&token, "GET", &in_query, &plain, wakes(None)),
            (&token, "TRACE", "/", &with_token, wakes(None)),
            (&open, "TRACE", "/", &plain, no(Reason::Refused(Refusal::Method))),
            (&open, "GET", "/wp-login.php", &page, no(Reason::Refused(Refusal::Path))),
            (&open, "GET", "/", &robot, no(Reason::Refused(Refusal::Agent))),
            (&open, "GET", "/", &prefetch, no(Reason::Refused(Refusal::Agent))),
            (&click, "GET", "/", &page, no(Reason::NeedsClick)),
            (&token, "GET", "/", &page, no(Reason::NeedsToken)),
            (&open, "GET", "/", &page, wakes(Some(12))),
            (&unlimited, "GET", "/", &page, wakes(None)),
        ] {
            assert_eq!(effect(guard, method, path, headers), expected, "{guard:?} {method} {path} {headers}");
        }
    }
}
