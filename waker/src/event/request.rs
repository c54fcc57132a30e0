//! The load balancer's event, as far as the waker needs it.

use std::{borrow::Cow, fmt};

use aws_lambda_events::alb::AlbTargetGroupRequest;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use serde_json::{Map, Value};

use super::EventError;

/// The prefix of the waker's own paths: the status, and the button that wakes.
pub const CONTROL_PATHS: &str = "/.reveille/";
pub const STATUS_PATH: &str = "/.reveille/status";
pub const WAKE_PATH: &str = "/.reveille/wake";

/// Of the waker's own form; a longer body is not from it.
const LONGEST_FORM: usize = 16 * 1024;

#[derive(Clone, PartialEq, Eq)]
pub struct Request {
    pub method: Method,
    /// Percent-encoded as the load balancer passes it.
    pub path: String,
    /// In the event's order, percent-encoded. The order of different names is kept; that of equal names
    /// interleaved with others is lost before Lambda.
    pub query: Vec<(String, String)>,
    pub headers: HeaderMap,
    /// The target group has `lambda.multi_value_headers.enabled`; then the response must have that form
    /// as well.
    pub multi_value: bool,
    /// As in the event; only the waker's own form is ever parsed.
    body: Option<String>,
    base64: bool,
}

impl Request {
    pub fn from_event(mut event: Value) -> Result<Self, EventError> {
        let multi_value = event.get("multiValueHeaders").is_some_and(Value::is_object);
        let query = query(&mut event);
        let headers = headers(&mut event, multi_value);
        let head = event.get("httpMethod").is_some_and(|method| method == "HEAD");
        // The cause would quote the client's data.
        let event: AlbTargetGroupRequest =
            serde_json::from_value(event).map_err(|_| EventError::Request { multi_value, head })?;
        Ok(Self {
            method: event.http_method,
            path: event.path.filter(|path| !path.is_empty()).unwrap_or_else(|| "/".to_owned()),
            query,
            headers,
            multi_value,
            body: event.body.filter(|body| body.len() <= LONGEST_FORM),
            base64: event.is_base64_encoded,
        })
    }

    /// A made-up request, for the check of templates at start.
    pub(crate) fn sample() -> Self {
        Self {
            method: Method::GET,
            path: "/".to_owned(),
            query: Vec::new(),
            headers: HeaderMap::new(),
            multi_value: false,
            body: None,
            base64: false,
        }
    }

    /// A field of the form in the request's body (`application/x-www-form-urlencoded`).
    pub fn form_field(&self, name: &str) -> Option<String> {
        let body = self.body.as_deref()?;
        let decoded = if self.base64 { STANDARD.decode(body).ok()? } else { body.into() };
        let mut fields = form_urlencoded::parse(&decoded);
        fields.find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
    }

    /// A parameter of the query, not decoded: names and hosts need no encoding.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Whether the browser used HTTPS to the load balancer.
    pub fn is_secure(&self) -> bool {
        self.header(HeaderName::from_static("x-forwarded-proto")).is_some_and(|proto| proto == "https")
    }

    /// Whether it came through `CloudFront` or API Gateway, which wait for an answer no longer than 30
    /// s and 29 s. Both name themselves in `Via` (Amazon `CloudFront` Developer Guide, "Request and
    /// response behavior"; API Gateway's HTTP integrations).
    pub fn is_behind_gateway(&self) -> bool {
        let via = self.headers.get_all(header::VIA);
        via.iter().filter_map(|value| value.to_str().ok()).any(|value| {
            let value = value.to_ascii_lowercase();
            value.contains("cloudfront") || value.contains("amazonapigateway")
        })
    }

    /// A header's value, if it is text.
    pub fn header(&self, name: HeaderName) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// All values of a header; characters outside ASCII are kept, or replaced.
    pub fn texts(&self, name: HeaderName) -> impl Iterator<Item = Cow<'_, str>> {
        self.headers.get_all(name).into_iter().map(|value| String::from_utf8_lossy(value.as_bytes()))
    }

    pub fn host(&self) -> Option<&str> {
        self.header(header::HOST)
    }
}

/// Without the parts that may hold a secret: the query, most headers and the body.
impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("method", &self.method)
            .field("host", &self.host())
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

/// Takes the query parameters out of the event: the typed event keeps them in a hash map, which loses
/// their order.
fn query(event: &mut Value) -> Vec<(String, String)> {
    let mut take = |name: &str| match event.as_object_mut()?.remove(name) {
        Some(Value::Object(parameters)) => Some(parameters),
        _ => None,
    };
    let (multi, single) = (take("multiValueQueryStringParameters"), take("queryStringParameters"));
    let parameters: Map<_, _> = multi.or(single).unwrap_or_default();
    let mut query = Vec::new();
    for (name, value) in parameters {
        match value {
            Value::Array(values) => {
                query.extend(
                    values.iter().filter_map(Value::as_str).map(|value| (name.clone(), value.to_owned())),
                );
            }
            Value::String(value) => query.push((name, value)),
            _ => {}
        }
    }
    query
}

/// Takes the headers out of the event. A header that HTTP does not allow, such as a value with a
/// control character, is left out: the rest of the request is still usable.
fn headers(event: &mut Value, multi_value: bool) -> HeaderMap {
    let mut take = |name: &str| event.as_object_mut()?.remove(name);
    let (multi, single) = (take("multiValueHeaders"), take("headers"));
    let mut headers = HeaderMap::new();
    let Some(Value::Object(fields)) = (if multi_value { multi } else { single }) else { return headers };
    for (name, value) in fields {
        let Ok(name) = HeaderName::try_from(name) else { continue };
        let values = if let Value::Array(values) = value { values } else { vec![value] };
        let texts = values.iter().filter_map(Value::as_str);
        for value in texts.filter_map(|text| HeaderValue::from_str(text).ok()) {
            headers.append(&name, value);
        }
    }
    headers
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn event(fields: &Value) -> Value {
        let mut event = json!({
            "requestContext": {"elb": {"targetGroupArn": "arn"}},
            "httpMethod": "GET", "path": "/", "body": "", "isBase64Encoded": false,
        });
        event.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        event
    }

    fn pairs(request: &Request) -> Vec<(&str, &str)> {
        request.query.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
    }

    #[test]
    fn single_and_multi_value_events_are_distinguished() {
        let single = Request::from_event(event(&json!({
            "headers": {"host": "a.example.com", "accept": "text/html"},
            "queryStringParameters": {"z": "1", "a": "%20"},
        })))
        .unwrap();
        assert!(!single.multi_value);
        assert_eq!(single.host(), Some("a.example.com"));
        assert_eq!(pairs(&single), [("z", "1"), ("a", "%20")]);

        let multi = Request::from_event(event(&json!({
            "multiValueHeaders": {"host": ["a.example.com"], "accept": ["text/html", "*/*"]},
            "multiValueQueryStringParameters": {"z": ["1", "", "1"], "a": ["+"]},
        })))
        .unwrap();
        assert!(multi.multi_value);
        assert_eq!(multi.headers.get_all(header::ACCEPT).iter().count(), 2);
        assert_eq!(pairs(&multi), [("z", "1"), ("z", ""), ("z", "1"), ("a", "+")]);
    }

    #[test]
    fn a_header_that_is_not_ascii_is_no_reason_to_refuse_the_request() {
        let request =
            Request::from_event(event(&json!({"headers": {"host": "a", "x-name": "Zoë"}}))).unwrap();
        assert_eq!(request.host(), Some("a"));
    }

    #[test]
    fn a_header_that_http_does_not_allow_is_left_out() {
        for headers in [
            json!({"headers": {"host": "a", "cookie": "token=1\u{1}", "b\u{e9} c": "x", "d": 7}}),
            json!({"multiValueHeaders": {"host": ["a"], "cookie": ["token=1\u{7f}"], "e": [null]}}),
        ] {
            let request = Request::from_event(event(&headers)).unwrap();
            let names: Vec<_> = request.headers.keys().map(HeaderName::as_str).collect();
            assert_eq!(names, ["host"], "{headers}");
        }
    }

    #[test]
    fn an_unreadable_request_still_gives_the_form_of_its_response() {
        let odd = event(&json!({"httpMethod": "G E T", "multiValueHeaders": {}}));
        let error = Request::from_event(odd).unwrap_err();
        assert!(matches!(error, EventError::Request { multi_value: true, head: false }), "{error}");
    }
}
