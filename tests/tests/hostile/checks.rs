//! What holds for every answer to every event.

use reveille_tests::endpoint::runtime_api::Outcome;
use serde_json::Value;
use url::Url;

use crate::hostile::events::{Event, Expected, Reply};
use crate::hostile::request::Form;
use crate::hostile::strings::INJECTED;

/// A load balancer accepts no larger one:
/// <https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html>
const LARGEST: usize = 1_000_000;
/// The load balancer's limit for all headers of a response together.
const LARGEST_HEADERS: usize = 32 * 1024;
pub const STATUSES: [u64; 10] = [200, 204, 303, 307, 400, 403, 404, 405, 414, 503];

/// Findings that matter beyond one answer.
#[derive(Debug, Default)]
pub struct Seen {
    pub status: Option<u64>,
    /// Values of `Set-Cookie`.
    pub cookies: Vec<String>,
}

/// The error describes the violation.
pub fn check(event: &Event, answer: &Outcome) -> Result<Seen, String> {
    let (Outcome::Response(bytes) | Outcome::Error(bytes)) = answer;
    if bytes.len() > LARGEST {
        return Err(format!("{} bytes", bytes.len()));
    }
    let answer_json: Value = serde_json::from_slice(bytes).map_err(|error| format!("no JSON: {error}"))?;
    match (&event.expected, answer) {
        (Expected::Reply(_), Outcome::Error(_)) => Err("a visitor would get 502".to_owned()),
        (Expected::Reply(reply) | Expected::Broken(reply), Outcome::Response(_)) => {
            check_reply(reply, &answer_json)
        }
        (Expected::Other, Outcome::Response(_)) if answer_json["environments"].is_array() => {
            Ok(Seen::default())
        }
        (_, Outcome::Error(_)) if answer_json["errorType"] == "EventError" => Ok(Seen::default()),
        (_, Outcome::Error(_)) => Err("the error is not the waker's own".to_owned()),
        (Expected::Other, Outcome::Response(_)) => Err("no environments".to_owned()),
    }
}

fn check_reply(expected: &Reply, answer: &Value) -> Result<Seen, String> {
    let status = answer["statusCode"].as_u64().ok_or("no statusCode")?;
    if !STATUSES.contains(&status) {
        return Err(format!("status {status}"));
    }
    let description = answer["statusDescription"].as_str().ok_or("no statusDescription")?;
    if !description.starts_with(&format!("{status} ")) {
        return Err(format!("statusDescription {description:?}"));
    }
    if answer["isBase64Encoded"].as_bool().unwrap_or_default() {
        return Err("the body is encoded, and no answer needs that".to_owned());
    }
    let body = answer["body"].as_str().ok_or("no body")?;
    if expected.head == Some(true) && !body.is_empty() {
        return Err("the answer to HEAD has a body".to_owned());
    }
    let headers = headers(expected.form, answer)?;
    check_headers(&headers)?;
    check_body(&headers, body)?;
    for (_, location) in headers.iter().filter(|(name, _)| name == "location") {
        check_location(location)?;
    }
    let cookies = headers.iter().filter(|(name, _)| name == "set-cookie");
    let cookies: Vec<_> = cookies.map(|(_, value)| value.clone()).collect();
    if !expected.has_credential && !cookies.is_empty() {
        return Err("a cookie without a token".to_owned());
    }
    Ok(Seen { status: Some(status), cookies })
}

/// Names and values, if they have the one form that the load balancer accepts.
fn headers(form: Option<Form>, answer: &Value) -> Result<Vec<(String, String)>, String> {
    let filled = |name: &str| answer[name].as_object().filter(|headers| !headers.is_empty());
    let mut headers = Vec::new();
    let mut add = |name: &str, value: &Value| {
        let value = value.as_str().ok_or(format!("header {name} is no text: {value}"))?;
        headers.push((name.to_owned(), value.to_owned()));
        Ok::<_, String>(())
    };
    let answered = match (filled("headers"), filled("multiValueHeaders")) {
        (Some(single), None) => {
            single.iter().try_for_each(|(name, value)| add(name, value))?;
            Form::Single
        }
        (None, Some(multi)) => {
            for (name, values) in multi {
                let values = values.as_array().ok_or(format!("header {name} is no list: {values}"))?;
                values.iter().try_for_each(|value| add(name, value))?;
            }
            Form::Multi
        }
        _ => return Err("not exactly one of headers and multiValueHeaders".to_owned()),
    };
    match form.filter(|form| *form != answered) {
        Some(form) => Err(format!("the event has the form {form:?} and the answer {answered:?}")),
        None => Ok(headers),
    }
}

fn check_headers(headers: &[(String, String)]) -> Result<(), String> {
    let length: usize = headers.iter().map(|(name, value)| name.len() + value.len() + 4).sum();
    if length > LARGEST_HEADERS {
        return Err(format!("headers of {length} bytes"));
    }
    for (name, value) in headers {
        let is_token = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if name.is_empty() || !name.bytes().all(is_token) {
            return Err(format!("header {name:?}"));
        }
        if value.bytes().any(|byte| byte.is_ascii_control() || !byte.is_ascii()) {
            return Err(format!("header {name}: {value:?}"));
        }
    }
    let has = |name: &str, text: &str| headers.iter().any(|header| header.0 == name && header.1 == text);
    if !has("cache-control", "no-store") || !has("x-content-type-options", "nosniff") {
        return Err("cache-control or x-content-type-options is missing".to_owned());
    }
    Ok(())
}

fn check_body(headers: &[(String, String)], body: &str) -> Result<(), String> {
    if let Some(injected) = INJECTED.iter().find(|injected| body.contains(*injected)) {
        return Err(format!("the body has {injected:?}"));
    }
    // Only operators may see names of resources.
    if body.contains("arn:aws:") || body.contains("amazonaws") {
        return Err("the body says something of AWS".to_owned());
    }
    let value =
        |wanted: &str| headers.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str());
    let is_page = value("content-type").is_some_and(|media_type| media_type.starts_with("text/html"));
    let policy = value("content-security-policy").unwrap_or_default();
    let is_strict =
        policy.starts_with("default-src 'none'; script-src 'nonce-") && !policy.contains("unsafe");
    if is_page && !is_strict {
        return Err(format!("a page with the policy {policy:?}"));
    }
    Ok(())
}

/// Parsed like in a browser.
fn check_location(location: &str) -> Result<(), String> {
    let bytes = location.as_bytes();
    let base = Url::parse("https://victim.example/a/b").unwrap();
    let stays = base.join(location).is_ok_and(|url| url.origin() == base.origin());
    if bytes.first() == Some(&b'/') && !matches!(bytes.get(1), Some(b'/' | b'\\')) && stays {
        return Ok(());
    }
    Err(format!("location {location:?}"))
}
