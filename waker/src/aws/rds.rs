//! The database's status, and its start.

use aws_config::SdkConfig;
use aws_sdk_rds::Client;

use super::error::cloud_error;
use crate::{
    config::{Database, DatabaseKind},
    environment::{
        fault::{CloudError, FaultKind},
        observed::DatabaseStatus,
    },
};

#[derive(Debug)]
pub(super) struct Rds(Client);

impl Rds {
    pub(super) fn new(config: &SdkConfig) -> Self {
        Self(Client::new(config))
    }

    pub(super) async fn status(&self, database: &Database) -> Result<DatabaseStatus, CloudError> {
        let (call, text) = match database.kind {
            DatabaseKind::Aurora => ("DescribeDBClusters", self.cluster_status(&database.identifier).await?),
            DatabaseKind::Instance => {
                ("DescribeDBInstances", self.instance_status(&database.identifier).await?)
            }
        };
        text.map(|text| status(&text)).ok_or_else(|| {
            let missing = format!("database {} does not exist", database.identifier);
            CloudError::new(FaultKind::DatabaseMissing, call, missing)
        })
    }

    pub(super) async fn start(&self, database: &Database) -> Result<(), CloudError> {
        match database.kind {
            DatabaseKind::Aurora => {
                let start = self.0.start_db_cluster().db_cluster_identifier(&database.identifier);
                start.send().await.map_err(|error| cloud_error("StartDBCluster", error))?;
            }
            DatabaseKind::Instance => {
                let start = self.0.start_db_instance().db_instance_identifier(&database.identifier);
                start.send().await.map_err(|error| cloud_error("StartDBInstance", error))?;
            }
        }
        Ok(())
    }

    async fn cluster_status(&self, identifier: &str) -> Result<Option<String>, CloudError> {
        let describe = self.0.describe_db_clusters().db_cluster_identifier(identifier);
        let output = describe.send().await.map_err(|error| cloud_error("DescribeDBClusters", error))?;
        Ok(output.db_clusters.unwrap_or_default().into_iter().next().and_then(|cluster| cluster.status))
    }

    async fn instance_status(&self, identifier: &str) -> Result<Option<String>, CloudError> {
        let describe = self.0.describe_db_instances().db_instance_identifier(identifier);
        let output = describe.send().await.map_err(|error| cloud_error("DescribeDBInstances", error))?;
        Ok(output
            .db_instances
            .unwrap_or_default()
            .into_iter()
            .next()
            .and_then(|instance| instance.db_instance_status))
    }
}

/// From the statuses that the RDS and Aurora user guides list ("Viewing DB
/// instance status", "Viewing DB cluster status"). Most are those of a database
/// that goes on working, and the probe says whether it does.
fn status(text: &str) -> DatabaseStatus {
    match text {
        "stopped" => DatabaseStatus::Stopped,
        "stopping" => DatabaseStatus::Stopping,
        "starting" | "creating" | "rebooting" => DatabaseStatus::Starting,
        "failed" | "deleting" | "cloning-failed" | "migration-failed" | "restore-error" | "storage-full" => {
            DatabaseStatus::Unusable
        }
        text if text.starts_with("inaccessible-encryption-credentials")
            || text.starts_with("incompatible-")
            || text.starts_with("insufficient-") =>
        {
            DatabaseStatus::Unusable
        }
        _ => DatabaseStatus::Available,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documented_statuses_fall_into_five_kinds() {
        for (text, kind) in [
            ("available", DatabaseStatus::Available),
            ("backing-up", DatabaseStatus::Available),
            ("modifying", DatabaseStatus::Available),
            ("maintenance", DatabaseStatus::Available),
            ("failing-over", DatabaseStatus::Available),
            ("a status of tomorrow", DatabaseStatus::Available),
            ("stopped", DatabaseStatus::Stopped),
            ("stopping", DatabaseStatus::Stopping),
            ("starting", DatabaseStatus::Starting),
            ("creating", DatabaseStatus::Starting),
            ("failed", DatabaseStatus::Unusable),
            ("deleting", DatabaseStatus::Unusable),
            ("storage-full", DatabaseStatus::Unusable),
            ("incompatible-network", DatabaseStatus::Unusable),
            ("inaccessible-encryption-credentials-recoverable", DatabaseStatus::Unusable),
        ] {
            assert_eq!(status(text), kind, "{text}");
        }
    }
}
