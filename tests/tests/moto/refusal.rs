//! Requests that moto, like AWS, refuses, and how the waker classifies the refusals.

use serde_json::Value;
use waker::config::Environment;
use waker::environment::fault::FaultKind;

use crate::moto::*;

async fn observe(aws: &Aws, environment: &Environment, scope: Scope) -> (&'static str, FaultKind) {
    let error = aws.observe(environment, scope).await.unwrap_err();
    (error.call, error.kind)
}

async fn step(aws: &Aws, environment: &Environment, step: Step) -> (&'static str, FaultKind) {
    let error = aws.apply(environment, step).await.unwrap_err();
    (error.call, error.kind)
}

#[tokio::test]
async fn what_does_not_exist_is_named() {
    let (resources, aws) = create().await;
    let unknown = |change: fn(&mut Value)| resources.environment(change);
    let renamed = |arn: &str| format!("{}{}", &arn[..arn.len() - 4], "0000");

    let cluster = unknown(|config| config["services"][0]["cluster"] = json!("unknown"));
    assert_eq!(
        observe(&aws, &cluster, Scope::RUNNING).await,
        ("DescribeServices", FaultKind::ClusterMissing)
    );
    let set = Step::SetDesired { service: 0, count: 1 };
    assert_eq!(step(&aws, &cluster, set).await, ("UpdateService", FaultKind::ClusterMissing));

    let service = unknown(|config| config["services"][0]["service"] = json!("unknown"));
    assert_eq!(
        observe(&aws, &service, Scope::RUNNING).await,
        ("DescribeServices", FaultKind::ServiceMissing)
    );
    assert_eq!(step(&aws, &service, set).await, ("UpdateService", FaultKind::ServiceMissing));

    let rule = resources.environment(|config| config["route"]["rule_arn"] = json!(renamed(&resources.rule)));
    assert_eq!(observe(&aws, &rule, Scope::ROUTE).await, ("DescribeRules", FaultKind::RuleMissing));
    let turn = Step::TurnRoute(RouteTarget::App);
    assert_eq!(step(&aws, &rule, turn).await, ("DescribeRules", FaultKind::RuleMissing));

    let group = resources.environment(|config| {
        let arn = json!(renamed(&resources.app));
        config["route"]["app_target_group_arn"] = arn.clone();
        config["services"][0]["target_group_arn"] = arn;
    });
    let missing = FaultKind::TargetGroupMissing;
    assert_eq!(observe(&aws, &group, Scope::HEALTHY).await, ("DescribeTargetHealth", missing));
    assert_eq!(step(&aws, &group, turn).await, ("ModifyRule", missing));

    let missing = FaultKind::DatabaseMissing;
    let cluster = unknown(|config| config["database"]["identifier"] = json!("unknown"));
    assert_eq!(observe(&aws, &cluster, Scope::RUNNING).await, ("DescribeDBClusters", missing));
    assert_eq!(step(&aws, &cluster, Step::StartDatabase).await, ("StartDBCluster", missing));
    let instance =
        unknown(|config| config["database"] = json!({ "kind": "instance", "identifier": "unknown" }));
    assert_eq!(observe(&aws, &instance, Scope::RUNNING).await, ("DescribeDBInstances", missing));
    assert_eq!(step(&aws, &instance, Step::StartDatabase).await, ("StartDBInstance", missing));
}

#[tokio::test]
async fn a_database_that_runs_is_not_started_again() {
    let (resources, aws) = create().await;
    let cluster = resources.environment(|_| {});
    let wrong = FaultKind::WrongState;
    assert_eq!(step(&aws, &cluster, Step::StartDatabase).await, ("StartDBCluster", wrong));
    let instance = resources.environment(|config| {
        config["database"] = json!({ "kind": "instance", "identifier": INSTANCE });
    });
    assert_eq!(step(&aws, &instance, Step::StartDatabase).await, ("StartDBInstance", wrong));
}
