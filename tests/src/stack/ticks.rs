//! The schedule of the function's ticks.

use anyhow::Result;
use aws_config::SdkConfig;
use aws_sdk_scheduler::Client;
use aws_sdk_scheduler::types::{FlexibleTimeWindow, FlexibleTimeWindowMode, Target};
use serde_json::json;

use super::NAME;

const ROLE: &str = "arn:aws:iam::000000000000:role/scheduler";

pub(super) async fn create(sdk: &SdkConfig, function: &str) -> Result<()> {
    let target = Target::builder()
        .arn(function)
        .role_arn(ROLE)
        .input(json!({ "reveille": "tick" }).to_string())
        .build()?;
    let window = FlexibleTimeWindow::builder().mode(FlexibleTimeWindowMode::Off).build()?;
    Client::new(sdk)
        .create_schedule()
        .name(NAME)
        .schedule_expression("rate(1 minute)")
        .flexible_time_window(window)
        .target(target)
        .send()
        .await?;
    Ok(())
}
