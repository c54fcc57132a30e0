//! The waker's observations.

use crate::moto::*;

#[tokio::test]
async fn a_complete_observation_reads_services_database_health_and_route() {
    let (resources, aws) = create().await;
    let seen = aws.observe(&resources.environment(|_| {}), Scope::WHOLE).await.unwrap();
    let running = seen.running.unwrap();
    let [Some(tasks)] = running.services[..] else { panic!("{running:?}") };
    assert_eq!((tasks.desired, tasks.running, tasks.failure, tasks.deploying), (0, 0, None, false));
    assert!(tasks.deployed.is_some());
    let database = running.database.unwrap();
    assert_eq!((database.status, database.answer), (DatabaseStatus::Available, DatabaseAnswer::Unknown));
    assert_eq!(seen.healthy, Some(Healthy(vec![Some(1)])));
    assert_eq!(seen.route, Some(RouteTarget::Waker));
}

#[tokio::test]
async fn an_observation_reads_no_more_than_its_scope() {
    let (resources, aws) = create().await;
    let environment = resources.environment(|_| {});
    for scope in [Scope::RUNNING, Scope::HEALTHY, Scope::ROUTE] {
        let seen = aws.observe(&environment, scope).await.unwrap();
        let parts = [seen.running.is_some(), seen.healthy.is_some(), seen.route.is_some()];
        assert_eq!(parts, [Scope::RUNNING, Scope::HEALTHY, Scope::ROUTE].map(|part| scope.contains(part)));
    }
}

#[tokio::test]
async fn an_instance_is_seen_as_well() {
    let (resources, aws) = create().await;
    let environment = resources.environment(|config| {
        config["database"] = json!({ "kind": "instance", "identifier": INSTANCE });
    });
    let status = async || {
        let seen = aws.observe(&environment, Scope::RUNNING).await.unwrap();
        seen.running.unwrap().database.unwrap().status
    };
    assert_eq!(status().await, DatabaseStatus::Available);
    resources.rds().stop_db_instance().db_instance_identifier(INSTANCE).send().await.unwrap();
    assert_eq!(status().await, DatabaseStatus::Stopped);
}

/// moto lists the stopped task, but not when and with which code it stopped, so there is no reason
/// to report.
#[tokio::test]
async fn a_service_without_its_task_is_asked_for_stopped_tasks() {
    let (resources, aws) = create().await;
    let environment = resources.environment(|config| {
        config["services"][0]["service"] = json!(PENDING);
    });
    let seen = aws.observe(&environment, Scope::RUNNING).await.unwrap();
    let [Some(tasks)] = seen.running.unwrap().services[..] else { panic!("no service") };
    assert_eq!((tasks.desired, tasks.running, tasks.failure), (1, 0, None));
}

#[tokio::test]
async fn an_optional_service_may_be_missing() {
    let (resources, aws) = create().await;
    let environment = resources.environment(|config| {
        let services = config["services"].as_array_mut().unwrap();
        services.push(json!({ "cluster": NAME, "service": "unknown", "optional": true }));
    });
    let seen = aws.observe(&environment, Scope::RUNNING).await.unwrap();
    assert_eq!(seen.running.unwrap().services[1], None);
}
