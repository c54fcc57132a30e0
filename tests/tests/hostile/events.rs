//! Generated events, and what the waker may do for each. The same seed generates the same events.

use std::time::Duration;

use fastrand::Rng;
use serde_json::{Value, json};

use crate::hostile::environments::ALL;
use crate::hostile::request::{Draft, Form};
use crate::hostile::strings::{SURROGATE, chance, odd, pick};

/// One event as Lambda passes it.
#[derive(Debug)]
pub struct Event {
    pub text: String,
    pub expected: Expected,
}

#[derive(Debug)]
pub enum Expected {
    /// A load balancer's request.
    Reply(Reply),
    /// A request without some of the fields that every load balancer's request has: an error is
    /// right as well.
    Broken(Reply),
    /// Anything else: the scheduler's tick, an operator's command, an alarm, or nonsense.
    Other,
}

/// What is known of the right reply. None: it depends on missing members.
#[derive(Debug)]
pub struct Reply {
    pub form: Option<Form>,
    pub head: Option<bool>,
    /// Environments that the request may wake.
    pub may_wake: Vec<&'static str>,
    /// It has the token, or a cookie for it.
    pub has_credential: bool,
}

impl Event {
    /// How long the function may take. A tick polls for states that AWS does not return.
    pub fn remaining(&self) -> Duration {
        match self.expected {
            Expected::Other => Duration::from_millis(1_500),
            Expected::Reply(_) | Expected::Broken(_) => Duration::from_secs(10),
        }
    }
}

/// Generates the next event. `cookie` is one that the waker has signed.
pub fn next(rng: &mut Rng, cookie: &str) -> Event {
    if chance(rng, 2) {
        return Event { text: text(&other_trigger(rng)), expected: Expected::Other };
    }
    let draft = Draft::new(rng, cookie);
    let mut event = draft.event(rng);
    let mut reply = Reply {
        form: Some(draft.form),
        head: Some(draft.method == "HEAD"),
        may_wake: draft.may_wake(false),
        has_credential: draft.has_credential,
    };
    let mut is_whole = true;
    if chance(rng, 8) {
        is_whole = break_members(rng, &mut event);
        reply = Reply { form: None, head: None, may_wake: draft.may_wake(true), ..reply };
    }
    let mut text = text(&event);
    if chance(rng, 1) {
        // Deeper than JSON parsers allow.
        let deep = format!("{{\"deep\":{}{},", "[".repeat(300), "]".repeat(300));
        text.replace_range(..1, &deep);
    }
    Event { text, expected: if is_whole { Expected::Reply(reply) } else { Expected::Broken(reply) } }
}

fn text(event: &Value) -> String {
    event.to_string().replace(SURROGATE, "\\ud800")
}

/// Removes members or changes their types. True if the event still has what every load balancer's
/// request has.
fn break_members(rng: &mut Rng, event: &mut Value) -> bool {
    const MEMBERS: [&str; 10] = [
        "httpMethod",
        "path",
        "headers",
        "multiValueHeaders",
        "queryStringParameters",
        "multiValueQueryStringParameters",
        "body",
        "isBase64Encoded",
        "requestContext",
        "source",
    ];
    for _ in 0..rng.u8(1..4) {
        let name = pick(rng, &MEMBERS);
        let members = event.as_object_mut().unwrap();
        if chance(rng, 40) {
            members.remove(name);
        } else {
            members.insert(name.to_owned(), wrong_value(rng));
        }
    }
    event.pointer("/requestContext/elb").is_some() && event["httpMethod"].is_string()
}

/// A value of a random type.
pub fn wrong_value(rng: &mut Rng) -> Value {
    match rng.u8(..10) {
        0 => Value::Null,
        1 => json!(rng.bool()),
        2 => json!(rng.i64(..)),
        3 => json!(1e300),
        4 => json!(odd(rng)),
        5 => json!([odd(rng), null, 7, [odd(rng)]]),
        6 => json!({ odd(rng): odd(rng) }),
        7 => json!({ "elb": odd(rng) }),
        8 => json!([]),
        _ => json!({}),
    }
}

fn other_trigger(rng: &mut Rng) -> Value {
    let environment = if chance(rng, 80) { pick(rng, &ALL).to_owned() } else { odd(rng) };
    let mut event = match rng.u8(..10) {
        0 => json!({ "reveille": "tick" }),
        1 => json!({ "reveille": "tick", "environment": environment }),
        2 => json!({ "reveille": "status", "environment": environment }),
        3 => json!({ "reveille": pick(rng, &["wake", "sleep"]), "environment": environment }),
        4 => json!({
            "source": "aws.cloudwatch",
            "alarmData": { "alarmName": odd(rng), "state": { "value": odd(rng), "timestamp": odd(rng) } },
        }),
        5 => json!({
            "source": "aws.ecs",
            "detail-type": pick(rng, &["ECS Task State Change", "ECS Service Action", "other"]),
            "resources": [odd(rng), format!("arn:aws:ecs:eu-west-1:1:service/c/svc-{environment}")],
            "detail": {
                "clusterArn": "arn:aws:ecs:eu-west-1:1:cluster/c", "lastStatus": odd(rng),
                "group": format!("service:svc-{environment}"), "eventName": odd(rng),
            },
        }),
        6 => json!({ "reveille": odd(rng), "environment": environment }),
        7 => json!({ "requestContext": { "http": { "method": "GET" } }, "rawPath": odd(rng) }),
        _ => wrong_value(rng),
    };
    if chance(rng, 30)
        && let Some(members) = event.as_object_mut()
    {
        members.insert(odd(rng), wrong_value(rng));
    }
    event
}
