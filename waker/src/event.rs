//! The events that invoke the function.
//!
//! | origin | event |
//! |---|---|
//! | load balancer | has `requestContext.elb` |
//! | EventBridge Scheduler, or any caller of `lambda:InvokeFunction` | has `reveille` |
//! | `CloudWatch` alarm | `source` is `aws.cloudwatch` |
//! | ECS, through `EventBridge` | `source` is `aws.ecs` |
//!
//! All but a request and a command only start a tick, so they may come late, twice or not at all.

mod alarm;
mod command;
mod ecs;
mod request;

pub use alarm::Alarm;
pub use command::Command;
pub use ecs::EcsEvent;
use lambda_runtime::Diagnostic;
pub use request::{CONTROL_PATHS, Request, STATUS_PATH, WAKE_PATH};
use serde::{Deserialize, de::IgnoredAny};
use serde_json::{Value, value::RawValue};

use crate::error_chain::chain;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    Request(Request),
    Command(Command),
    Alarm(Alarm),
    Ecs(EcsEvent),
}

/// Why an event was refused; nothing was done.
#[derive(Debug, thiserror::Error)]
pub enum EventError {
    #[error(
        "the event is of an unknown kind; the waker knows a load balancer's request (with requestContext.elb), a tick or \
         a command (with reveille), a CloudWatch alarm (source aws.cloudwatch), or an ECS task state change or \
         service action (source aws.ecs)"
    )]
    Foreign,
    #[error("the load balancer's event cannot be read")]
    Request {
        /// The form of the response that the load balancer expects.
        multi_value: bool,
        /// The response to a HEAD has no body.
        head: bool,
    },
    #[error("{origin} cannot be read")]
    Unreadable {
        origin: &'static str,
        #[source]
        source: serde_json::Error,
    },
    #[error("environment {name:?} is not in the configuration, which has {known}")]
    UnknownEnvironment { name: String, known: String },
}

/// The error that the runtime reports to the caller of the function.
impl From<EventError> for Diagnostic {
    fn from(error: EventError) -> Self {
        Self { error_type: "EventError".to_owned(), error_message: chain(&error) }
    }
}

/// The fields that decide the form of the response. Any string of the event may be unreadable: JSON's
/// syntax allows half of a surrogate pair, which is not a character.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Outline<'a> {
    #[serde(rename = "requestContext")]
    _context: OutlineContext,
    #[serde(borrow)]
    http_method: Option<&'a RawValue>,
    multi_value_headers: Option<IgnoredAny>,
}

#[derive(Deserialize)]
struct OutlineContext {
    #[serde(rename = "elb")]
    _elb: IgnoredAny,
}

impl Event {
    /// Parses the event's text from the runtime.
    pub fn parse(text: &str) -> Result<Self, EventError> {
        if let Ok(event) = serde_json::from_str(text) {
            return Self::read(event);
        }
        let outline: Outline = serde_json::from_str(text).map_err(|_| EventError::Foreign)?;
        let multi_value = outline.multi_value_headers.is_some();
        let head = outline.http_method.is_some_and(|method| method.get() == r#""HEAD""#);
        Err(EventError::Request { multi_value, head })
    }

    pub fn read(event: Value) -> Result<Self, EventError> {
        let source = event.get("source").and_then(Value::as_str);
        let unreadable = |origin| move |source| EventError::Unreadable { origin, source };
        if event.pointer("/requestContext/elb").is_some() {
            Request::from_event(event).map(Self::Request)
        } else if event.get("reveille").is_some() {
            Command::read(event).map(Self::Command).map_err(unreadable("the command"))
        } else if source == Some("aws.cloudwatch") {
            Alarm::read(event).map(Self::Alarm).map_err(unreadable("the CloudWatch alarm's event"))
        } else if source == Some("aws.ecs") {
            EcsEvent::read(event).map(Self::Ecs).map_err(unreadable("the ECS event"))
        } else {
            Err(EventError::Foreign)
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn other_origins_are_refused() {
        for foreign in [
            json!({}),
            json!([]),
            json!("tick"),
            json!(null),
            json!({"source": "aws.events"}),
            json!({"requestContext": {"http": {}}}),
        ] {
            assert!(matches!(Event::read(foreign), Err(EventError::Foreign)));
        }
    }

    #[test]
    fn a_request_with_half_of_a_surrogate_pair_is_answered_in_its_form() {
        let parse = |text: &str| Event::parse(text).unwrap_err();
        for (text, form) in [
            (r#"{"requestContext":{"elb":{}},"httpMethod":"HEAD","path":"\ud800"}"#, (false, true)),
            (r#"{"requestContext":{"elb":{}},"httpMethod":"\ud800","multiValueHeaders":{}}"#, (true, false)),
            (r#"{"requestContext":{"elb":{}},"path":"\ud800"}"#, (false, false)),
        ] {
            let EventError::Request { multi_value, head } = parse(text) else { panic!("{text}") };
            assert_eq!((multi_value, head), form, "{text}");
        }
        assert!(matches!(parse(r#"{"requestContext":{},"path":"\ud800"}"#), EventError::Foreign));
    }

    #[test]
    fn a_refused_event_says_why() {
        for (event, why) in [
            (
                json!({"reveille": "nap"}),
                "unknown variant `nap`, expected one of `tick`, `wake`, `sleep`, `status`",
            ),
            (json!({"reveille": "wake"}), "missing field `environment`"),
            (json!({"reveille": "wake", "environment": 7}), "invalid type: integer `7`, expected a string"),
            (json!({"reveille": "tick", "envronment": "a"}), "unknown field `envronment`"),
            (json!({"source": "aws.cloudwatch"}), "missing field `alarmData`"),
            (json!({"source": "aws.ecs"}), "missing field `detail-type`"),
            (
                json!({"source": "aws.ecs", "detail-type": "ECS Container Instance State Change", "detail": {}}),
                "unknown variant `ECS Container Instance State Change`",
            ),
        ] {
            let error = Diagnostic::from(Event::read(event).unwrap_err());
            assert!(error.error_message.contains(why), "{}", error.error_message);
        }
    }
}
