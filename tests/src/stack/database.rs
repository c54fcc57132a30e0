//! The database: RDS's state of it, and the gate that follows RDS.

use anyhow::{Context, Result};
use aws_config::SdkConfig;
use aws_sdk_rds::Client;
use aws_sdk_rds::types::ServerlessV2ScalingConfiguration;
use serde_json::{Value, json};

use super::NAME;
use crate::gate::{Gate, Status};
use crate::ministack::{Ministack, Settings};
use crate::postgres::Postgres;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DatabaseKind {
    Aurora,
    Instance,
}

impl DatabaseKind {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Aurora => "aurora",
            Self::Instance => "instance",
        }
    }
}

/// How the waker checks whether the database answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProbeKind {
    None,
    Connect,
    /// For Aurora only.
    DataApi,
}

impl ProbeKind {
    pub(super) fn config(self, gate: &Gate, database: &str, secret: &str) -> Option<Value> {
        match self {
            Self::None => None,
            Self::Connect => Some(json!({ "connect": { "host": Postgres::HOST, "port": gate.port() } })),
            Self::DataApi => Some(json!({ "data_api": {
                "resource_arn": database, "secret_arn": secret, "database": Postgres::DATABASE,
            } })),
        }
    }
}

/// In ACUs: Aurora's minimum while it is up, and 0 or nothing otherwise.
fn capacity(status: Status) -> Option<f64> {
    match status {
        Status::Up => Some(0.5),
        Status::Paused | Status::Resuming => Some(0.0),
        Status::Stopped => None,
    }
}

/// Returns the database's ARN.
pub(super) async fn create(
    sdk: &SdkConfig,
    kind: DatabaseKind,
    gate: &Gate,
    ministack: &Ministack,
) -> Result<String> {
    let (log, controls) = (ministack.log().clone(), ministack.controls());
    let rds = Client::new(sdk);
    let arn = match kind {
        DatabaseKind::Aurora => {
            let scaling = ServerlessV2ScalingConfiguration::builder()
                .min_capacity(0.0)
                .max_capacity(1.0)
                .seconds_until_auto_pause(300)
                .build();
            let created = rds
                .create_db_cluster()
                .db_cluster_identifier(NAME)
                .engine("aurora-postgresql")
                .master_username(Postgres::USER)
                .master_user_password(Postgres::PASSWORD)
                .serverless_v2_scaling_configuration(scaling)
                .enable_http_endpoint(true)
                .send()
                .await?;
            rds.create_db_instance()
                .db_instance_identifier(format!("{NAME}-1"))
                .db_cluster_identifier(NAME)
                .db_instance_class("db.serverless")
                .engine("aurora-postgresql")
                .send()
                .await?;
            created.db_cluster.and_then(|cluster| cluster.db_cluster_arn)
        }
        DatabaseKind::Instance => {
            let created = rds
                .create_db_instance()
                .db_instance_identifier(NAME)
                .db_instance_class("db.t4g.micro")
                .engine("postgres")
                .allocated_storage(20)
                .master_username(Postgres::USER)
                .master_user_password(Postgres::PASSWORD)
                .send()
                .await?;
            created.db_instance.and_then(|instance| instance.db_instance_arn)
        }
    };
    gate.follow_rds(log);
    gate.report(move |status| {
        // The local AWS ends before its database; the last status has no receiver.
        let _ = controls(&Settings { database_capacity: Some(capacity(status)), ..Settings::default() });
    });
    arn.context("no database")
}
