//! The waker's changes.

use crate::moto::*;

#[tokio::test]
async fn a_desired_count_is_set() {
    let (resources, aws) = create().await;
    let environment = resources.environment(|_| {});
    aws.apply(&environment, Step::SetDesired { service: 0, count: 3 }).await.unwrap();
    let described = resources.ecs().describe_services().cluster(NAME).services(NAME).send().await.unwrap();
    assert_eq!(described.services()[0].desired_count(), 3);
}

#[tokio::test]
async fn a_route_is_turned_there_and_back() {
    let (resources, aws) = create().await;
    let environment = resources.environment(|_| {});
    for (target, arn) in [(RouteTarget::App, &resources.app), (RouteTarget::Waker, &resources.waker)] {
        aws.apply(&environment, Step::TurnRoute(target)).await.unwrap();
        let described = resources.elb().describe_rules().rule_arns(&resources.rule).send().await.unwrap();
        let [action] = described.rules()[0].actions() else { panic!("{described:?}") };
        assert_eq!(action.target_group_arn(), Some(arn.as_str()));
        let seen = aws.observe(&environment, Scope::ROUTE).await.unwrap();
        assert_eq!(seen.route, Some(target));
    }
}

#[tokio::test]
async fn a_stopped_cluster_is_started() {
    let (resources, aws) = create().await;
    let environment = resources.environment(|_| {});
    resources.rds().stop_db_cluster().db_cluster_identifier(NAME).send().await.unwrap();
    let status = async || {
        let seen = aws.observe(&environment, Scope::RUNNING).await.unwrap();
        seen.running.unwrap().database.unwrap().status
    };
    assert_eq!(status().await, DatabaseStatus::Stopped);
    aws.apply(&environment, Step::StartDatabase).await.unwrap();
    assert_eq!(status().await, DatabaseStatus::Available);
}

#[tokio::test]
async fn a_stopped_instance_is_started() {
    let (resources, aws) = create().await;
    let environment = resources.environment(|config| {
        config["database"] = json!({ "kind": "instance", "identifier": INSTANCE });
    });
    resources.rds().stop_db_instance().db_instance_identifier(INSTANCE).send().await.unwrap();
    aws.apply(&environment, Step::StartDatabase).await.unwrap();
    let described = resources.rds().describe_db_instances().db_instance_identifier(INSTANCE).send();
    assert_eq!(described.await.unwrap().db_instances()[0].db_instance_status(), Some("available"));
}

#[tokio::test]
async fn a_database_is_touched_through_the_data_api() {
    let (resources, aws) = create().await;
    let described = resources.rds().describe_db_clusters().db_cluster_identifier(NAME).send().await.unwrap();
    let environment = resources.environment(|config| {
        config["database"]["probe"] = json!({ "data_api": {
            "resource_arn": described.db_clusters()[0].db_cluster_arn().unwrap(),
            "secret_arn": "arn:aws:secretsmanager:us-east-1:123456789012:secret:moto-AbCdEf",
        }});
    });
    aws.apply(&environment, Step::TouchDatabase).await.unwrap();
    let seen = aws.observe(&environment, Scope::RUNNING).await.unwrap();
    assert_eq!(seen.running.unwrap().database.unwrap().answer, DatabaseAnswer::Up);
}
