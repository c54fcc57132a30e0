//! Cross-origin requests: without these headers a single-page app's first call would fail with an error
//! that does not mention the sleeping environment.

use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};

use super::{ProblemDocument, Reply};
use crate::{config::Cors, event::Request};

/// Whether it only asks whether another request would be allowed ([Fetch], "CORS-preflight request").
///
/// [Fetch]: https://fetch.spec.whatwg.org/#cors-preflight-request
pub fn is_preflight(request: &Request) -> bool {
    let has = |name: HeaderName| request.headers.contains_key(name);
    request.method == Method::OPTIONS && has(header::ORIGIN) && has(header::ACCESS_CONTROL_REQUEST_METHOD)
}

/// The answer to a preflight: allows what the request asks for, if its origin is allowed. It wakes
/// nothing; the request that follows does.
pub fn preflight(cors: &Cors, request: &Request) -> Reply {
    if allowed(cors, request).is_none() {
        return ProblemDocument::origin_refused();
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
    // The app's own answer may differ, and must count as soon as the app is awake.
    reply.headers.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("0"));
    allow(cors, request, &mut reply.headers);
    reply
}

/// Lets a script of an allowed origin read the answer.
pub fn allow(cors: &Cors, request: &Request, headers: &mut HeaderMap) {
    if cors.origins.is_empty() {
        return;
    }
    // One value, because a single-value response cannot have two.
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::reply::tests::request;

    fn cors(credentials: bool) -> Cors {
        Cors { origins: vec!["https://app.example.com".to_owned()], credentials }
    }

    fn preflight_from(origin: &str, headers: &str) -> Request {
        let asked = json!({
            "origin": origin,
            "access-control-request-method": "PUT",
            "access-control-request-headers": headers,
        });
        request("OPTIONS", "/api", &asked)
    }

    #[test]
    fn a_preflight_of_an_allowed_origin_gets_what_it_asks_for() {
        let asked = preflight_from("https://app.example.com", "authorization, x-trace");
        assert!(is_preflight(&asked));
        let reply = preflight(&cors(true), &asked);
        assert_eq!((reply.status.as_u16(), reply.body.as_str()), (204, ""));
        for (name, value) in [
            ("access-control-allow-origin", "https://app.example.com"),
            ("access-control-allow-methods", "PUT"),
            ("access-control-allow-headers", "authorization, x-trace"),
            ("access-control-allow-credentials", "true"),
            ("vary", "origin"),
        ] {
            assert_eq!(reply.headers[name], value, "{name}");
        }
        let odd = preflight(&cors(false), &preflight_from("https://app.example.com", "a\tb(c)"));
        assert!(!odd.headers.contains_key("access-control-allow-headers"));
        assert!(!odd.headers.contains_key("access-control-allow-credentials"));
    }

    #[test]
    fn another_origin_gets_nothing() {
        for origin in
            ["https://evil.example", "https://app.example.com.evil.example", "null", "http://app.example.com"]
        {
            let asked = preflight_from(origin, "x");
            let reply = preflight(&cors(true), &asked);
            assert_eq!(reply.status.as_u16(), 403, "{origin}");
            let mut headers = HeaderMap::new();
            allow(&cors(true), &asked, &mut headers);
            assert!(!headers.contains_key("access-control-allow-origin"), "{origin}");
        }
        assert!(!is_preflight(&request("OPTIONS", "/", &json!({"origin": "https://app.example.com"}))));
    }
}
