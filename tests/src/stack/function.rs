//! The waker's function, and the load balancer's permission to invoke it.

use anyhow::{Context, Result, bail};
use aws_config::SdkConfig;
use aws_sdk_lambda::Client;
use aws_sdk_lambda::primitives::Blob;
use aws_sdk_lambda::types::{Architecture, Environment, FunctionCode, Runtime};
use serde_json::Value;

use super::{LoadBalancer, NAME, Options};

/// Seconds beyond the hold time: for the answer, and for the wake's work before it holds.
const MARGIN: u32 = 5;
const ROLE: &str = "arn:aws:iam::000000000000:role/waker";

/// Returns the function's ARN.
pub(super) async fn create(
    sdk: &SdkConfig,
    options: &Options,
    config: &Value,
    endpoint: &str,
    load_balancer: &LoadBalancer,
) -> Result<String> {
    let lambda = Client::new(sdk);
    let environment = Environment::builder()
        .variables("WAKER_CONFIG", config.to_string())
        .variables("AWS_ENDPOINT_URL", endpoint)
        .build();
    let created = lambda
        .create_function()
        .function_name(NAME)
        .runtime(Runtime::Providedal2023)
        .architectures(Architecture::X8664)
        .handler("bootstrap")
        .role(ROLE)
        .memory_size(128)
        .timeout(i32::try_from(options.hold_seconds + MARGIN)?)
        .code(FunctionCode::builder().zip_file(Blob::new(options.bootstrap.clone())).build())
        .environment(environment)
        .send()
        .await?;
    lambda
        .add_permission()
        .function_name(NAME)
        .statement_id("load-balancer")
        .action("lambda:InvokeFunction")
        .principal("elasticloadbalancing.amazonaws.com")
        .source_arn(&load_balancer.waker)
        .send()
        .await?;
    Ok(created.function_arn().context("no function")?.to_owned())
}

/// Fails with the function's error.
pub(super) async fn invoke(sdk: &SdkConfig, payload: &Value) -> Result<Value> {
    let payload = Blob::new(payload.to_string());
    let invoked = Client::new(sdk).invoke().function_name(NAME).payload(payload).send().await?;
    let answer = invoked.payload.unwrap_or_else(|| Blob::new("null")).into_inner();
    if let Some(error) = invoked.function_error {
        bail!("{error}: {}", String::from_utf8_lossy(&answer));
    }
    serde_json::from_slice(&answer).context("the function's answer is not JSON")
}
