//! A request as the load balancer forwards it, and what it may wake.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use fastrand::Rng;
use serde_json::{Map, Value, json};

use crate::hostile::environments::{BUDGET, CLICK, GUARDED, INSIDE};
use crate::hostile::events::wrong_value;
use crate::hostile::strings::{chance, odd};

/// The form of headers that the target group is configured for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    Single,
    Multi,
}

/// A request, and the properties that allow it to wake.
#[expect(clippy::struct_excessive_bools, reason = "they do not depend on each other")]
#[derive(Debug)]
pub struct Draft {
    pub form: Form,
    pub method: String,
    pub has_credential: bool,
    /// The environments that its hosts name.
    pub reached: Vec<&'static str>,
    pub path: String,
    pub query: Vec<(String, String)>,
    pub headers: Vec<(String, String)>,
    pub body: String,
    pub base64: bool,
    /// Refused by a list, because of its path, method or user agent.
    pub refused: bool,
    /// It was sent by the environment's own page.
    pub from_own_page: bool,
    pub from_inside: bool,
}

impl Draft {
    /// The environments that it may wake; `broken`: parts of it may be missing, so that no list
    /// refuses it any more and its path may differ.
    pub fn may_wake(&self, broken: bool) -> Vec<&'static str> {
        let own_path = self.path.starts_with("/.reveille/") && !broken;
        let refused = self.refused && !broken;
        let admits = |environment: &&str| match *environment {
            GUARDED => self.has_credential,
            // The budget is spent; a click wakes it nevertheless.
            CLICK | BUDGET => self.from_own_page,
            INSIDE => self.from_inside && !refused,
            _ => !refused,
        };
        let reached = self.reached.iter().copied().filter(admits);
        reached.filter(|_| !own_path || self.from_own_page).collect()
    }

    /// The event, with headers and query in its form.
    pub fn event(&self, rng: &mut Rng) -> Value {
        let mut event = json!({
            "requestContext": { "elb": { "targetGroupArn": "arn:aws:elasticloadbalancing:eu-west-1:1:tg" } },
            "httpMethod": self.method,
            "path": self.path,
            "body": if self.base64 { STANDARD.encode(&self.body) } else { self.body.clone() },
            "isBase64Encoded": self.base64,
        });
        if self.base64 && chance(rng, 10) {
            event["body"] = json!(odd(rng));
        }
        let (headers, query) = match self.form {
            Form::Single => ("headers", "queryStringParameters"),
            Form::Multi => ("multiValueHeaders", "multiValueQueryStringParameters"),
        };
        event[headers] = self.grouped(&self.headers);
        event[query] = self.grouped(&self.query);
        if chance(rng, 3) {
            event[headers][odd(rng)] = wrong_value(rng);
        }
        event
    }

    /// The single form keeps the last of equal names.
    fn grouped(&self, pairs: &[(String, String)]) -> Value {
        let mut grouped = Map::new();
        for (name, value) in pairs {
            match self.form {
                Form::Single => {
                    grouped.insert(name.clone(), json!(value));
                }
                Form::Multi => {
                    let values = grouped.entry(name.clone()).or_insert_with(|| json!([]));
                    values.as_array_mut().unwrap().push(json!(value));
                }
            }
        }
        grouped.into()
    }
}
