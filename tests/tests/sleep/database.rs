//! The database's sleep.

use reveille_tests::stack::DatabaseKind;

use crate::sleep::*;

async fn instance_status(stack: &Stack) -> String {
    let described = stack.rds().describe_db_instances().db_instance_identifier("demo").send().await.unwrap();
    described.db_instances()[0].db_instance_status().unwrap().to_owned()
}

#[tokio::test]
async fn an_instance_is_stopped_when_its_last_task_is_gone_and_started_by_the_next_visitor() {
    let mut options = options();
    options.database = DatabaseKind::Instance;
    options.database_fields = json!({ "stop_when_idle": true });
    let stack = awake(&options).await;
    let put = json!({"reveille": "sleep", "environment": "demo", "wait": true});
    stack.invoke(&put).await.unwrap();
    assert_eq!(instance_status(&stack).await, "available", "not before its tasks are gone");
    stack.tick().await.unwrap();
    assert!(["stopping", "stopped"].contains(&instance_status(&stack).await.as_str()));
    assert_eq!(visit(&stack).await, "visit 2\n");
    assert_eq!(instance_status(&stack).await, "available");
}

#[tokio::test]
async fn an_aurora_that_pauses_by_itself_is_never_stopped() {
    let mut options = options();
    options.database_fields = json!({ "stop_when_idle": true });
    let stack = awake(&options).await;
    let put = json!({"reveille": "sleep", "environment": "demo", "wait": true});
    stack.invoke(&put).await.unwrap();
    stack.tick().await.unwrap();
    let described = stack.rds().describe_db_clusters().db_cluster_identifier("demo").send().await.unwrap();
    assert_eq!(described.db_clusters()[0].status(), Some("available"));
}

#[tokio::test]
async fn an_aurora_that_has_not_paused_is_reported_with_what_holds_it() {
    let stack = awake(&options()).await;
    let put = json!({"reveille": "sleep", "environment": "demo", "wait": true});
    stack.invoke(&put).await.unwrap();
    // The gate never pauses by itself here; it should have paused a quarter of an hour ago.
    let since = jiff::Timestamp::now() - jiff::SignedDuration::from_secs(15 * 60 + 20);
    write_note(&stack, &format!("asleep {since:.3}")).await;
    let said = stack.tick().await.unwrap();
    assert_eq!(said["state"], "asleep");
    let held = said["why"].as_str().unwrap();
    assert!(held.contains("an RDS Proxy, logical replication"), "{held}");
}
