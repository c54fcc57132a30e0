//! Requests for the state of a database.

use reveille_tests::endpoint::answer::Answer;
use reveille_tests::endpoint::{Endpoint, cbor};
use serde_json::json;
use waker::environment::cloud::Cloud as _;
use waker::environment::pause::Pause;
use waker::environment::snapshot::{DatabaseStatus, Scope};

use crate::wire::{aurora, awake, aws, cluster, environment};

fn instances(instance: &str) -> Answer {
    Answer::xml("DescribeDBInstances", &format!("<DBInstances>{instance}</DBInstances>"))
}

fn field(endpoint: &Endpoint, name: &str) -> Option<String> {
    endpoint.calls("DescribeDBInstances").last().unwrap().form().remove(name)
}

#[tokio::test]
async fn an_instance_is_asked_for_its_own_status() {
    let endpoint = awake().await;
    let instance = environment(&json!({"kind": "instance", "identifier": "one"}));
    for (status, found) in [("stopped", DatabaseStatus::Stopped), ("available", DatabaseStatus::Available)] {
        let described = format!("<DBInstance><DBInstanceStatus>{status}</DBInstanceStatus></DBInstance>");
        endpoint.answer("DescribeDBInstances", instances(&described));
        let partial = aws(&endpoint).await.observe(&instance, Scope::RUNNING).await.unwrap();
        assert_eq!(partial.running.unwrap().database.unwrap().status, found);
        assert_eq!(field(&endpoint, "DBInstanceIdentifier").as_deref(), Some("one"));
    }
}

#[tokio::test]
async fn an_aurora_is_asked_for_the_classes_of_its_members() {
    let endpoint = awake().await;
    endpoint.answer("GetMetricData", Answer::Cbor(200, cbor::map(&[])));
    for (class, provisioned) in [("db.serverless", false), ("db.r7g.large", true)] {
        let described = format!("<DBInstance><DBInstanceClass>{class}</DBInstanceClass></DBInstance>");
        endpoint.answer("DescribeDBInstances", instances(&described));
        let partial = aws(&endpoint).await.observe(&aurora(), Scope::PAUSE).await.unwrap();
        let expected = Pause { paused: None, connections: None, after: None, provisioned };
        assert_eq!(partial.pause, Some(expected), "{class}");
        assert_eq!(field(&endpoint, "Filters.Filter.1.Name").as_deref(), Some("db-cluster-id"));
        assert_eq!(field(&endpoint, "Filters.Filter.1.Values.Value.1").as_deref(), Some("db"));
    }
}

#[tokio::test]
async fn an_instance_that_has_or_is_a_replica_is_not_to_be_stopped() {
    let endpoint = awake().await;
    let instance = environment(&json!({"kind": "instance", "identifier": "one"}));
    let replica = |name: &str| {
        format!(
            "<ReadReplica{name}Identifiers><ReadReplica{name}Identifier>r</ReadReplica{name}Identifier></ReadReplica{name}Identifiers>"
        )
    };
    for (field, stoppable) in [
        (String::new(), true),
        (replica("DBInstance"), false),
        (replica("DBCluster"), false),
        ("<ReadReplicaSourceDBInstanceIdentifier>s</ReadReplicaSourceDBInstanceIdentifier>".into(), false),
        ("<ReadReplicaSourceDBClusterIdentifier>s</ReadReplicaSourceDBClusterIdentifier>".into(), false),
        ("<ReadReplicaSourceDBInstanceIdentifier></ReadReplicaSourceDBInstanceIdentifier>".into(), true),
    ] {
        let described =
            format!("<DBInstance><DBInstanceStatus>available</DBInstanceStatus>{field}</DBInstance>");
        endpoint.answer("DescribeDBInstances", instances(&described));
        let partial = aws(&endpoint).await.observe(&instance, Scope::RUNNING).await.unwrap();
        assert_eq!(partial.running.unwrap().database.unwrap().stoppable, stoppable, "{field}");
    }
}

#[tokio::test]
async fn so_is_not_a_cluster_with_a_replica_or_of_a_global_database() {
    let endpoint = awake().await;
    for (field, stoppable) in [
        ("", true),
        (
            "<ReadReplicaIdentifiers><ReadReplicaIdentifier>r</ReadReplicaIdentifier></ReadReplicaIdentifiers>",
            false,
        ),
        ("<ReplicationSourceIdentifier>s</ReplicationSourceIdentifier>", false),
        ("<GlobalClusterIdentifier>g</GlobalClusterIdentifier>", false),
        ("<GlobalClusterIdentifier></GlobalClusterIdentifier>", true),
    ] {
        endpoint
            .answer("DescribeDBClusters", cluster(&format!("available</Status>{field}<Status>available")));
        let partial = aws(&endpoint).await.observe(&aurora(), Scope::RUNNING).await.unwrap();
        assert_eq!(partial.running.unwrap().database.unwrap().stoppable, stoppable, "{field}");
    }
}
