//! The load balancer's event, as far as the waker needs it.

use aws_lambda_events::alb::AlbTargetGroupRequest;
use http::{HeaderMap, HeaderName, Method, header};
use lambda_runtime::Diagnostic;
use serde_json::{Map, Value};

use crate::environment::drive::chain;

/// A visitor's request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    pub method: Method,
    /// Percent-encoded, as far as the load balancer leaves it so.
    pub path: String,
    /// In the event's order, percent-encoded. The order among different names is
    /// kept; that of equal names interleaved with others is lost before Lambda.
    pub query: Vec<(String, String)>,
    pub headers: HeaderMap,
    /// The target group has `lambda.multi_value_headers.enabled`; then the
    /// answer must have its form as well.
    pub multi_value: bool,
}

/// Why an event was refused.
#[derive(Debug, thiserror::Error)]
pub enum EventError {
    #[error("the event is not a request of an Application Load Balancer: it has no requestContext.elb")]
    Foreign,
    #[error("the load balancer's event cannot be read")]
    Unreadable {
        /// The form in which the load balancer takes the answer.
        multi_value: bool,
        #[source]
        source: serde_json::Error,
    },
}

/// What the runtime reports to whoever invoked the function.
impl From<EventError> for Diagnostic {
    fn from(error: EventError) -> Self {
        Self { error_type: "EventError".to_owned(), error_message: chain(&error) }
    }
}

impl Request {
    pub fn from_event(mut event: Value) -> Result<Self, EventError> {
        if event.pointer("/requestContext/elb").is_none() {
            return Err(EventError::Foreign);
        }
        let multi_value = event.get("multiValueHeaders").is_some_and(Value::is_object);
        let query = query(&mut event);
        let event: AlbTargetGroupRequest =
            serde_json::from_value(event).map_err(|source| EventError::Unreadable { multi_value, source })?;
        Ok(Self {
            method: event.http_method,
            path: event.path.filter(|path| !path.is_empty()).unwrap_or_else(|| "/".to_owned()),
            query,
            headers: if multi_value { event.multi_value_headers } else { event.headers },
            multi_value,
        })
    }

    /// A header's value, where it is text.
    pub fn header(&self, name: HeaderName) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    pub fn host(&self) -> Option<&str> {
        self.header(header::HOST)
    }
}

/// Takes the query parameters out of the event: the typed event keeps them in a
/// hash map, which forgets their order.
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
