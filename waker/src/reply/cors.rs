//! Cross-origin requests: without these headers a single-page app's first call would fail
//! with an error that says nothing of an environment that sleeps.

use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};

use super::{Problem, Reply};
use crate::{config::Cors, event::Request};

/// Whether it only asks what another request would be allowed ([Fetch], "CORS-preflight
/// request").
///
/// [Fetch]: https://fetch.spec.whatwg.org/#cors-preflight-request
pub fn is_preflight(request: &Request) -> bool {
    let has = |name: HeaderName| request.headers.contains_key(name);
    request.method == Method::OPTIONS && has(header::ORIGIN) && has(header::ACCESS_CONTROL_REQUEST_METHOD)
}

/// The answer to a preflight: what the request asks for, if its origin is allowed. It wakes
/// nothing; the request that follows does.
pub fn preflight(cors: &Cors, request: &Request) -> Reply {
    if allowed(cors, request).is_none() {
        return Problem::origin_refused();
    }
    let mut reply = Reply::new(StatusCode::NO_CONTENT);
    for (asked, answer) in [
        (header::ACCESS_CONTROL_REQUEST_METHOD, header::ACCESS_CONTROL_ALLOW_METHODS),
        (header::ACCESS_CONTROL_REQUEST_HEADERS, header::ACCESS_CONTROL_ALLOW_HEADERS),
    ] {
        if let Some(value) = request.headers.get(asked).filter(|value| is_list_of_tokens(value)) {
            reply.headers.insert(answer, value.clone());
        }
    }
    // The app's own answer may differ, and counts as soon as it is awake.
    reply.headers.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("0"));
    allow(cors, request, &mut reply.headers);
    reply
}

/// Lets a script of an allowed origin read the answer.
pub fn allow(cors: &Cors, request: &Request, headers: &mut HeaderMap) {
    if cors.origins.is_empty() {
        return;
    }
    // One value, as an answer of the single-value form can have no two.
    let vary = if headers.contains_key(header::VARY) { "accept-language, origin" } else { "origin" };
    headers.insert(header::VARY, HeaderValue::from_static(vary));
    let Some(origin) = allowed(cors, request) else { return };
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
    headers.insert(
        header::ACCESS_CONTROL_EXPOSE_HEADERS,
        HeaderValue::from_static("retry-after, x-reveille-state"),
    );
    if cors.credentials {
        headers.insert(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
    }
}

fn allowed<'a>(cors: &Cors, request: &'a Request) -> Option<&'a HeaderValue> {
    let origin = request.headers.get(header::ORIGIN)?;
    let text = origin.to_str().ok()?;
    cors.origins.iter().any(|allowed| allowed == text).then_some(origin)
}

/// Names of methods or headers, separated by commas (RFC 9110, section 5.6.2).
fn is_list_of_tokens(value: &HeaderValue) -> bool {
    let token = |byte: &u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~, ".contains(byte);
    value.len() <= 1024 && value.as_bytes().iter().all(token)
}
