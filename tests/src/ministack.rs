//! The local AWS's control plane and load balancer: ministack, corrected by `local-aws/`.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context, Result};
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_ecs::config::{Credentials, SharedCredentialsProvider};
use serde::Serialize;

use crate::event_log::{Event, EventLog};
use crate::pace::Pace;
use crate::python::{Process, Venv};

/// It takes 2 s on an idle machine.
const START_LIMIT: Duration = Duration::from_mins(1);
const CHANGE_LIMIT: Duration = Duration::from_secs(10);

const REQUIREMENTS: &str = "requirements.txt";

/// Installs ministack where it is missing. Blocks.
pub fn install() -> Result<()> {
    Venv::with(REQUIREMENTS)?;
    Ok(())
}

/// The settings of the simulation, which can be changed at any time; `local-aws/settings.py`
/// describes each. A field that is None keeps its value. Times are in seconds.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Settings {
    /// The fields below take precedence over it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pace: Option<Pace>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_seconds: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_retry_seconds: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub protection_minute_seconds: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub placement_failure: Option<Option<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_failure: Option<Option<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub task_address: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub health_check_seconds: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule_propagation_seconds: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub database_port: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub database_start_seconds: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub database_stop_seconds: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub database_capacity: Option<Option<f64>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metrics_speed: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metrics_delay_seconds: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metrics_status: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metrics_lost: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metrics_failures: Option<BTreeMap<String, f64>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metrics_missing: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metrics_late: Option<BTreeMap<String, f64>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service_cpu_percent: Option<Option<f64>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service_memory_percent: Option<Option<f64>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scheduler_speed: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policies_enforced: Option<bool>,
}

/// A running ministack. Dropping it ends it, with every function and task.
#[derive(Debug)]
pub struct Ministack {
    process: Process,
    endpoint: String,
    log: EventLog,
}

impl Ministack {
    pub async fn start(settings: &Settings, log: EventLog) -> Result<Self> {
        let venv = tokio::task::spawn_blocking(|| Venv::with(REQUIREMENTS)).await??;
        let launcher = crate::python::folder().join("launch.py");
        let launcher = launcher.to_str().context("the path of this checkout is not UTF-8")?;
        let settings = serde_json::to_string(settings)?;
        let from = log.end();
        let writer = log.clone();
        let process =
            Process::start(
                &venv,
                "python",
                &[launcher, &settings],
                move |line| match serde_json::from_str::<Event>(line) {
                    Ok(event) => writer.push(event),
                    Err(_) => writer.record("not_an_event", [("line", line.into())]),
                },
            )?;
        let (ready, _) = log
            .find(from, START_LIMIT, |event| event.name == "ready")
            .await
            .context("ministack is not up")?;
        Ok(Self { process, endpoint: ready.text("endpoint").to_owned(), log })
    }

    /// The URL of its API.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    pub fn log(&self) -> &EventLog {
        &self.log
    }

    /// Changes settings; they are in effect when this returns.
    pub async fn change(&mut self, settings: &Settings) -> Result<()> {
        let from = self.log.end();
        let sent = serde_json::to_value(settings)?;
        self.process.tell(&sent.to_string())?;
        // The gate may change its own setting at the same time.
        let changed =
            |event: &Event| event.name == "settings_changed" && event.fields.get("changed") == Some(&sent);
        self.log.find(from, CHANGE_LIMIT, changed).await?;
        Ok(())
    }

    /// Changes settings from any thread, without waiting until they are in effect.
    pub(crate) fn controls(&self) -> impl Fn(&Settings) -> Result<()> + Send + 'static {
        let input = self.process.input();
        move |settings| input.tell(&serde_json::to_string(settings)?)
    }

    /// The AWS SDK's configuration for it.
    pub fn sdk(&self) -> SdkConfig {
        sdk(&self.endpoint)
    }
}

/// The SDK's configuration for an emulator at this URL.
pub fn sdk(endpoint: &str) -> SdkConfig {
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::from_static("us-east-1"))
        .credentials_provider(SharedCredentialsProvider::new(Credentials::new(
            "test",
            "test",
            None,
            None,
            "local AWS",
        )))
        .endpoint_url(endpoint)
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .build()
}
