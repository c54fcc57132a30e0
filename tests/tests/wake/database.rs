//! The database wakes with the service, at the same moment.

use reveille_tests::stack::{DatabaseKind, NAME, ProbeKind};

use crate::wake::*;

#[tokio::test]
async fn a_paused_cluster_and_the_task_wake_side_by_side() {
    let mut options = options();
    options.resume = Duration::from_secs(3);
    options.settings.start_seconds = Some(3.0);
    let stack = stack(&options).await;
    assert_eq!(client().get(stack.url()).send().await.unwrap().status(), 200);
    let touched = stack.log().wait_for("database_touched", LIMIT).await.unwrap();
    let started = stack.log().wait_for("task_provisioning", LIMIT).await.unwrap();
    let up = stack.log().wait_for("database_up", LIMIT).await.unwrap();
    let running = stack.log().wait_for("task_running", LIMIT).await.unwrap();
    // Each began before the other was complete.
    assert!(touched.at() < running.at() && started.at() < up.at());
}

#[tokio::test]
async fn a_paused_cluster_is_woken_through_the_data_api() {
    let mut options = options();
    options.probe = ProbeKind::DataApi;
    options.resume = Duration::from_secs(2);
    // The entrypoint connects too, but too late to be what wakes the database.
    options.settings.start_seconds = Some(4.0);
    let stack = stack(&options).await;
    let answer = client().get(stack.url()).send().await.unwrap();
    assert_eq!(answer.text().await.unwrap(), "visit 1\n");
    let up = stack.log().wait_for("database_up", LIMIT).await.unwrap();
    let running = stack.log().wait_for("task_running", LIMIT).await.unwrap();
    assert!(up.at() < running.at());
}

#[tokio::test]
async fn a_stopped_instance_is_started() {
    let mut options = options();
    options.database = DatabaseKind::Instance;
    options.settings.database_start_seconds = Some(2.0);
    let stack = stack(&options).await;
    stack.rds().stop_db_instance().db_instance_identifier(NAME).send().await.unwrap();
    stack.log().find(0, LIMIT, |event| event.text("status") == "stopped").await.unwrap();
    let answer = client().get(stack.url()).send().await.unwrap();
    assert_eq!(answer.text().await.unwrap(), "visit 1\n");
}

#[tokio::test]
async fn a_stopped_cluster_is_started() {
    let mut options = options();
    options.settings.database_start_seconds = Some(2.0);
    let stack = stack(&options).await;
    stack.rds().stop_db_cluster().db_cluster_identifier(NAME).send().await.unwrap();
    stack.log().find(0, LIMIT, |event| event.text("status") == "stopped").await.unwrap();
    let answer = client().get(stack.url()).send().await.unwrap();
    assert_eq!(answer.text().await.unwrap(), "visit 1\n");
}
