//! The database's status, start and stop.

use std::time::Duration;

use aws_config::SdkConfig;
use aws_sdk_rds::{
    Client,
    types::{DbCluster, DbInstance, Filter},
};

use super::error::{cloud_error, incomplete};
use crate::{
    config::{Database, DatabaseKind},
    environment::{
        fault::{CloudError, FaultKind},
        snapshot::{DatabaseAnswer, DatabaseState, DatabaseStatus},
    },
};

/// The default of `SecondsUntilAutoPause`.
const DEFAULT_PAUSE_SECONDS: u64 = 300;

#[derive(Debug)]
pub(super) struct Rds(Client);

impl Rds {
    pub(super) fn new(config: &SdkConfig) -> Self {
        Self(Client::new(config))
    }

    /// The status in RDS, without the database's own answer.
    pub(super) async fn state(&self, database: &Database) -> Result<DatabaseState, CloudError> {
        let answer = DatabaseAnswer::Unknown;
        Ok(match database.kind {
            DatabaseKind::Aurora => {
                let cluster = self.cluster(&database.identifier).await?;
                DatabaseState {
                    status: status(cluster.status().unwrap_or_default()),
                    answer,
                    pauses: pauses_after(&cluster).is_some(),
                    stoppable: !is_replicated_cluster(&cluster),
                }
            }
            DatabaseKind::Instance => {
                let instance = self.instance(&database.identifier).await?;
                DatabaseState {
                    status: status(instance.db_instance_status().unwrap_or_default()),
                    answer,
                    pauses: false,
                    stoppable: !is_replicated_instance(&instance),
                }
            }
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

    pub(super) async fn stop(&self, database: &Database) -> Result<(), CloudError> {
        match database.kind {
            DatabaseKind::Aurora => {
                let stop = self.0.stop_db_cluster().db_cluster_identifier(&database.identifier);
                stop.send().await.map_err(|error| cloud_error("StopDBCluster", error))?;
            }
            DatabaseKind::Instance => {
                let stop = self.0.stop_db_instance().db_instance_identifier(&database.identifier);
                stop.send().await.map_err(|error| cloud_error("StopDBInstance", error))?;
            }
        }
        Ok(())
    }

    /// How long an Aurora cluster waits before it pauses, and whether it has an instance that is not
    /// serverless.
    pub(super) async fn pause(&self, identifier: &str) -> Result<(Option<Duration>, bool), CloudError> {
        let members = Filter::builder().name("db-cluster-id").values(identifier).build();
        let instances = async {
            let describe = self.0.describe_db_instances().filters(members);
            describe.send().await.map_err(|error| cloud_error("DescribeDBInstances", error))
        };
        let (cluster, instances) = tokio::try_join!(self.cluster(identifier), instances)?;
        let instances = listed(instances.db_instances)?;
        let mut classes = instances.iter().filter_map(|instance| instance.db_instance_class());
        Ok((pauses_after(&cluster), classes.any(|class| class != "db.serverless")))
    }

    async fn cluster(&self, identifier: &str) -> Result<DbCluster, CloudError> {
        let describe = self.0.describe_db_clusters().db_cluster_identifier(identifier);
        let output = describe.send().await.map_err(|error| cloud_error("DescribeDBClusters", error))?;
        let clusters = output.db_clusters.ok_or_else(|| incomplete("DescribeDBClusters", "DBClusters"))?;
        clusters.into_iter().next().ok_or_else(|| missing("DescribeDBClusters", identifier))
    }

    async fn instance(&self, identifier: &str) -> Result<DbInstance, CloudError> {
        let describe = self.0.describe_db_instances().db_instance_identifier(identifier);
        let output = describe.send().await.map_err(|error| cloud_error("DescribeDBInstances", error))?;
        let instance = listed(output.db_instances)?.into_iter().next();
        instance.ok_or_else(|| missing("DescribeDBInstances", identifier))
    }
}

fn listed(instances: Option<Vec<DbInstance>>) -> Result<Vec<DbInstance>, CloudError> {
    instances.ok_or_else(|| incomplete("DescribeDBInstances", "DBInstances"))
}

/// `StopDBInstance` refuses an instance with a read replica, and a replica ("Limitations" of stopping
/// in the RDS user guide).
fn is_replicated_instance(instance: &DbInstance) -> bool {
    let sources = [
        instance.read_replica_source_db_instance_identifier(),
        instance.read_replica_source_db_cluster_identifier(),
    ];
    !instance.read_replica_db_instance_identifiers().is_empty()
        || !instance.read_replica_db_cluster_identifiers().is_empty()
        || sources.into_iter().flatten().any(|source| !source.is_empty())
}

/// `StopDBCluster` refuses a cluster of a global database, and one with replicas in other regions
/// ("Limitations" of stopping in the Aurora user guide).
fn is_replicated_cluster(cluster: &DbCluster) -> bool {
    let others = [cluster.replication_source_identifier(), cluster.global_cluster_identifier()];
    !cluster.read_replica_identifiers().is_empty()
        || others.into_iter().flatten().any(|other| !other.is_empty())
}

fn missing(call: &'static str, identifier: &str) -> CloudError {
    CloudError::new(FaultKind::DatabaseMissing, call, format!("database {identifier} does not exist"))
}

/// None for a cluster that never pauses by itself: only a minimum capacity of 0 allows it.
fn pauses_after(cluster: &DbCluster) -> Option<Duration> {
    let scaling = cluster.serverless_v2_scaling_configuration()?;
    if scaling.min_capacity()? > 0.0 {
        return None;
    }
    let seconds = scaling.seconds_until_auto_pause().and_then(|seconds| u64::try_from(seconds).ok());
    Some(Duration::from_secs(seconds.unwrap_or(DEFAULT_PAUSE_SECONDS)))
}

/// From the statuses in the RDS and Aurora user guides ("Viewing DB instance status", "Viewing DB
/// cluster status"). With most of them the database works, and the probe shows whether it does.
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
            ("a status added later", DatabaseStatus::Available),
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
