//! microburst, a proxy in front of an emulator that makes calls fail like AWS: with an error in the
//! service's own protocol, or without any answer.

use std::time::Duration;

use anyhow::{Result, bail};
use reqwest::{Client, Method};
use serde_json::{Value, json};

use crate::python::Server;

/// The result of a call.
#[derive(Debug, Clone)]
pub enum Fault {
    /// An error of AWS's API.
    Error { status: u16, code: String, message: String },
    /// The connection is broken after the request.
    Reset,
    /// No answer for this long, and then a useless one.
    Silence(Duration),
}

/// A running proxy. Dropping it ends it.
#[derive(Debug)]
pub struct Microburst {
    server: Server,
    client: Client,
}

impl Microburst {
    /// It listens when this returns, and answers once it knows its upstream.
    pub async fn start() -> Result<Self> {
        let server = Server::start("requirements-microburst.txt", "launch_microburst.py").await?;
        Ok(Self { server, client: Client::new() })
    }

    /// The URL to use instead of the emulator's.
    pub fn endpoint(&self) -> &str {
        self.server.endpoint()
    }

    /// Sets the emulator behind it, once.
    pub fn forward_to(&mut self, upstream: &str) -> Result<()> {
        self.server.tell(upstream)
    }

    /// From now on this operation fails, so many times or always; others do not.
    pub async fn inject(&self, operation: &str, fault: &Fault, times: Option<u32>) -> Result<()> {
        let mut rule = match fault {
            Fault::Error { status, code, message } => {
                json!({ "error": { "status": status, "code": code, "message": message } })
            }
            Fault::Reset => json!({ "reset": true }),
            Fault::Silence(time) => json!({ "timeout_ms": time.as_secs_f64() * 1000.0 }),
        };
        rule["operation"] = operation.into();
        rule["times"] = times.into();
        self.replace_rules(&json!([rule])).await
    }

    /// From now on every call is forwarded.
    pub async fn clear(&self) -> Result<()> {
        self.replace_rules(&json!([])).await
    }

    /// How many calls have failed since the last [`Self::inject`] or [`Self::clear`].
    pub async fn injected(&self) -> Result<usize> {
        match self.control(Method::GET, "fired", String::new()).await? {
            Value::Array(fired) => Ok(fired.len()),
            other => bail!("the log of faults is {other}"),
        }
    }

    async fn replace_rules(&self, rules: &Value) -> Result<()> {
        self.control(Method::DELETE, "fired", String::new()).await?;
        self.control(Method::POST, "rules", rules.to_string()).await?;
        Ok(())
    }

    async fn control(&self, method: Method, path: &str, body: String) -> Result<Value> {
        let url = format!("{}/_microburst/{path}", self.endpoint());
        let answer = self.client.request(method, url).body(body).send().await?.error_for_status()?;
        Ok(serde_json::from_str(&answer.text().await?)?)
    }
}
