//! The waker in the process of a test: its configuration, its AWS clients, and its events.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::Result;
use aws_config::Region;
use aws_sdk_ecs::config::Credentials;
use lambda_runtime::{Context, LambdaEvent};
use serde_json::{Value, json};
use waker::aws::Aws;
use waker::config::Config;

const REMAINING: Duration = Duration::from_secs(30);

/// As the waker reads it.
pub fn config(config: &Value) -> Result<Config> {
    let variable = |name: &str| (name == "WAKER_CONFIG").then(|| config.to_string());
    Ok(Config::load(variable, waker::reply::check_template)?)
}

/// The waker's own clients for this endpoint.
pub async fn aws(endpoint: &str, region: &'static str) -> Aws {
    let credentials = Credentials::new("test", "test", None, None, "test");
    let settings = Aws::settings().region(Region::from_static(region)).credentials_provider(credentials);
    Aws::new(&settings.endpoint_url(endpoint).load().await)
}

/// An invocation that may take half a minute.
pub fn invocation(event: Value) -> LambdaEvent<Value> {
    let deadline = (SystemTime::now() + REMAINING).duration_since(UNIX_EPOCH).unwrap_or_default();
    let mut context = Context::default();
    context.deadline = u64::try_from(deadline.as_millis()).unwrap_or(u64::MAX);
    LambdaEvent::new(event, context)
}

/// A poll of the status, through the load balancer.
pub fn status_poll() -> LambdaEvent<Value> {
    invocation(json!({
        "requestContext": { "elb": { "targetGroupArn": "arn" } },
        "httpMethod": "GET", "path": "/.reveille/status",
        "headers": { "accept": "application/json", "host": "app.example.com" },
        "body": "", "isBase64Encoded": false,
    }))
}
