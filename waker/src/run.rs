//! The start of the Lambda function: configuration, AWS clients, first calls, then events.

use std::env;

use anyhow::Context as _;
use lambda_runtime::{LambdaEvent, service_fn};
use serde_json::value::RawValue;

use crate::{aws::Aws, config::Config, handler::Waker, logging, reply::check_template};

/// Runs until Lambda ends the sandbox; returns early only if the configuration
/// is wrong or the runtime API is gone.
pub async fn run() -> anyhow::Result<()> {
    let variable = |name: &str| env::var(name).ok();
    logging::init(variable);
    let config = Config::load(variable, check_template).context("failed to read the configuration")?;
    let aws = Aws::from_environment().await;
    aws.prime(config.environments()).await;
    let waker = Waker::new(config, aws);
    let handle = |event: LambdaEvent<Box<RawValue>>| waker.handle_raw(event);
    lambda_runtime::run(service_fn(handle))
        .await
        .map_err(anyhow::Error::from_boxed)
        .context("failed to serve events")
}
