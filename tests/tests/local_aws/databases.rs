//! RDS shows its states, and the gate follows them.

use aws_sdk_rds::error::ProvideErrorMetadata;
use reveille_tests::gate::Status;
use reveille_tests::stack::DatabaseKind;

use crate::local_aws::*;

async fn cluster_status(stack: &Stack) -> String {
    let described = stack.rds().describe_db_clusters().db_cluster_identifier(NAME).send().await.unwrap();
    described.db_clusters()[0].status().unwrap().to_owned()
}

async fn instance_status(stack: &Stack) -> String {
    let described = stack.rds().describe_db_instances().db_instance_identifier(NAME).send().await.unwrap();
    described.db_instances()[0].db_instance_status().unwrap().to_owned()
}

async fn until(stack: &Stack, status: &str) {
    let reached = |event: &reveille_tests::event_log::Event| {
        event.name == "database_status" && event.text("status") == status
    };
    stack.log().find(0, LIMIT, reached).await.unwrap();
}

#[tokio::test]
async fn a_cluster_stops_and_starts_in_its_own_time() {
    let mut options = options(app());
    options.settings.database_stop_seconds = Some(3.0);
    options.settings.database_start_seconds = Some(3.0);
    let stack = stack(&options).await;
    assert_eq!(cluster_status(&stack).await, "available");
    stack.rds().stop_db_cluster().db_cluster_identifier(NAME).send().await.unwrap();
    assert_eq!(cluster_status(&stack).await, "stopping");
    let error = stack.rds().stop_db_cluster().db_cluster_identifier(NAME).send().await.unwrap_err();
    assert_eq!(error.code(), Some("InvalidDBClusterStateFault"));
    until(&stack, "stopped").await;
    assert_eq!(cluster_status(&stack).await, "stopped");
    stack.log().wait_for("database_stopped", LIMIT).await.unwrap();

    stack.rds().start_db_cluster().db_cluster_identifier(NAME).send().await.unwrap();
    assert_eq!(cluster_status(&stack).await, "starting");
    assert_eq!(stack.gate.status(), Status::Stopped);
    let error = stack.rds().start_db_cluster().db_cluster_identifier(NAME).send().await.unwrap_err();
    assert_eq!(error.code(), Some("InvalidDBClusterStateFault"));
    until(&stack, "available").await;
    stack.log().wait_for("database_up", LIMIT).await.unwrap();
    assert_eq!(cluster_status(&stack).await, "available");
}

#[tokio::test]
async fn an_instance_stops_and_starts_in_its_own_time() {
    let mut options = options(app());
    options.database = DatabaseKind::Instance;
    options.settings.database_start_seconds = Some(3.0);
    options.settings.database_stop_seconds = Some(3.0);
    let stack = stack(&options).await;
    let error = stack.rds().start_db_instance().db_instance_identifier(NAME).send().await.unwrap_err();
    assert_eq!(error.code(), Some("InvalidDBInstanceState"));
    stack.rds().stop_db_instance().db_instance_identifier(NAME).send().await.unwrap();
    assert_eq!(instance_status(&stack).await, "stopping");
    let error = stack.rds().stop_db_instance().db_instance_identifier(NAME).send().await.unwrap_err();
    assert_eq!(error.code(), Some("InvalidDBInstanceState"));
    until(&stack, "stopped").await;

    stack.rds().start_db_instance().db_instance_identifier(NAME).send().await.unwrap();
    assert_eq!(instance_status(&stack).await, "starting");
    until(&stack, "available").await;
    assert_eq!(instance_status(&stack).await, "available");
}

#[tokio::test]
async fn an_aurora_member_is_neither_stopped_nor_started_by_itself() {
    let stack = stack(&options(app())).await;
    let member = format!("{NAME}-1");
    let error = stack.rds().stop_db_instance().db_instance_identifier(&member).send().await.unwrap_err();
    assert_eq!(error.code(), Some("InvalidDBInstanceState"));
    stack.rds().stop_db_cluster().db_cluster_identifier(NAME).send().await.unwrap();
    until(&stack, "stopped").await;
    let error = stack.rds().start_db_instance().db_instance_identifier(member).send().await.unwrap_err();
    assert_eq!(error.code(), Some("InvalidDBInstanceState"));
}

#[tokio::test]
async fn a_cluster_keeps_its_seconds_until_auto_pause() {
    let stack = stack(&options(app())).await;
    let described = stack.rds().describe_db_clusters().db_cluster_identifier(NAME).send().await.unwrap();
    let scaling = described.db_clusters()[0].serverless_v2_scaling_configuration().unwrap();
    assert_eq!(scaling.seconds_until_auto_pause(), Some(300));
}
