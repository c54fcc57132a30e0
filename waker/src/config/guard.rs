//! Reading an environment's guard.

use http::Method;

use super::reader::Object;
use crate::guard::{DEFAULT_WAKES_PER_HOUR, Guard, Network, Pattern, TokenDigest, WakeBy};

/// As many wakes as are remembered, less the one that is asked for.
const MAX_WAKES_PER_HOUR: u32 = 14;

pub(super) fn read(mut object: Object<'_>) -> Guard {
    let wake = object.optional_text("wake", r#""request", "click" or "token""#, |text| {
        matches!(text, "request" | "click" | "token")
    });
    let wake = match wake.as_deref() {
        Some("click") => WakeBy::Click,
        Some("token") => WakeBy::Token,
        _ => WakeBy::Request,
    };
    let digest =
        object.optional_text("token_sha256", "the SHA-256 of the token in 64 hexadecimal digits", |text| {
            TokenDigest::parse(text).is_some()
        });
    let token = digest.as_deref().and_then(TokenDigest::parse);
    if wake == WakeBy::Token && token.is_none() {
        object.problem("token_sha256", "must be set where wake is token");
    }
    let networks = list(&mut object, "networks", |text| {
        Network::parse(text).ok_or("must be a network such as 203.0.113.0/24, without stray bits".into())
    });
    let pattern =
        |text: &str| Pattern::parse(text).map_err(|error| format!("must be a regular expression: {error}"));
    let agents = list(&mut object, "refuse_agents", pattern);
    let paths = list(&mut object, "refuse_paths", pattern);
    let methods = list(&mut object, "refuse_methods", |text| {
        let method = Method::from_bytes(text.as_bytes()).ok();
        let method = method.filter(|_| !text.is_empty() && text == text.to_ascii_uppercase());
        method.ok_or("must be a method in upper case, such as PUT".into())
    });
    let default_agents = object.flag_or("default_agents", true);
    let default_paths = object.flag_or("default_paths", true);
    let budget = object.number("wakes_per_hour", DEFAULT_WAKES_PER_HOUR, 0..=MAX_WAKES_PER_HOUR);
    object.close();
    Guard {
        wake,
        token,
        networks,
        methods: if methods.is_empty() { Guard::default().methods } else { methods },
        paths,
        agents,
        default_paths,
        default_agents,
        wakes_per_hour: (budget > 0).then_some(budget),
    }
}

fn list<T>(object: &mut Object<'_>, name: &'static str, parse: impl Fn(&str) -> Result<T, String>) -> Vec<T> {
    let mut values = Vec::new();
    for (path, item) in object.list(name) {
        match item.as_str().map(&parse) {
            Some(Ok(value)) => values.push(value),
            Some(Err(rule)) => object.problem_at(path, &rule),
            None => object.problem_at(path, "must be a string"),
        }
    }
    values
}
