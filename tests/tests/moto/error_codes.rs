//! Every error that AWS's own service models list for a call of the waker, in AWS's form.
//!
//! moto returns few of them, so microburst in front of it sends what the models list. The test
//! `aws_models` checks which kind each code has.

use reveille_tests::aws_models::Models;
use reveille_tests::microburst::{Fault, Microburst};
use waker::aws::fault_kind;
use waker::config::Environment;
use waker::environment::fault::FaultKind as Kind;

use crate::moto::*;

/// Errors of the Data API that are not faults: the database is resuming, it has answered, or the
/// error says nothing about it.
const NO_FAULT: &[&str] = &[
    "DatabaseResumingException",
    "DatabaseUnavailableException",
    "DatabaseErrorException",
    "StatementTimeoutException",
    "UnsupportedResultException",
    "BadRequestException",
    "HttpEndpointNotEnabledException",
    "InvalidSecretException",
    "SecretsErrorException",
];

/// The calls whose failure ends a visitor's request. Other failures only go to the log.
const SENT: [&str; 12] = [
    "DescribeDBClusters",
    "DescribeDBInstances",
    "DescribeRules",
    "DescribeServices",
    "DescribeTargetHealth",
    "DescribeTasks",
    "ExecuteStatement",
    "ListTasks",
    "ModifyRule",
    "StartDBCluster",
    "StartDBInstance",
    "UpdateService",
];

/// Makes a call, after the calls that it depends on; returns the waker's error.
async fn call(aws: &Aws, resources: &Resources, operation: &str) -> Option<(&'static str, Kind)> {
    // Boxed: unoptimised, a dozen of these futures in one overflow the stack.
    let observe =
        async |environment: &Environment, scope| Box::pin(aws.observe(environment, scope)).await.err();
    let step = async |environment: &Environment, step| Box::pin(aws.apply(environment, step)).await.err();
    let plain = resources.environment(|_| {});
    let pending = resources.environment(|config| config["services"][0]["service"] = json!(PENDING));
    let instance = resources.environment(|config| {
        config["database"] = json!({ "kind": "instance", "identifier": INSTANCE });
    });
    let data_api = resources.environment(|config| {
        config["database"]["probe"] = json!({ "data_api": {
            "resource_arn": "arn:aws:rds:us-east-1:123456789012:cluster:moto",
            "secret_arn": "arn:aws:secretsmanager:us-east-1:123456789012:secret:moto-AbCdEf",
        }});
    });
    let error = match operation {
        "DescribeServices" | "DescribeDBClusters" => observe(&plain, Scope::RUNNING).await,
        "ListTasks" | "DescribeTasks" => observe(&pending, Scope::RUNNING).await,
        "DescribeDBInstances" => observe(&instance, Scope::RUNNING).await,
        "DescribeRules" => observe(&plain, Scope::ROUTE).await,
        "DescribeTargetHealth" => observe(&plain, Scope::HEALTHY).await,
        "UpdateService" => step(&plain, Step::SetDesired { service: 0, count: 1 }).await,
        "ModifyRule" => step(&plain, Step::TurnRoute(RouteTarget::App)).await,
        "StartDBCluster" => step(&plain, Step::StartDatabase).await,
        "StartDBInstance" => step(&instance, Step::StartDatabase).await,
        "ExecuteStatement" => step(&data_api, Step::TouchDatabase).await,
        other => panic!("no call of {other} is made here"),
    };
    error.map(|error| (error.call, error.kind))
}

#[tokio::test]
async fn every_modelled_error_is_understood_on_the_wire() {
    let Some(models) = Models::install("every_modelled_error_is_understood_on_the_wire").unwrap() else {
        return;
    };
    let resources = Resources::create().await;
    let mut microburst = Microburst::start().await.unwrap();
    microburst.forward_to(resources.moto.endpoint()).unwrap();
    let aws = waker_at(microburst.endpoint()).await;
    let mut operations = models.operations("waker/src/aws").unwrap();
    operations.retain(|operation| SENT.contains(&operation.name.as_str()));
    assert_eq!(operations.len(), SENT.len());
    for operation in &operations {
        for error in &operation.errors {
            let (name, code) = (operation.name.as_str(), error.code.as_str());
            let fault = Fault::Error { status: error.status, code: code.into(), message: "m".into() };
            microburst.inject(name, &fault, Some(1)).await.unwrap();
            let failed = call(&aws, &resources, name).await;
            assert_eq!(microburst.injected().await.unwrap(), 1, "{name} {code}");
            let kind = fault_kind(Some(code), error.status);
            let expected = (!NO_FAULT.contains(&code)).then_some((name, kind));
            assert_eq!(failed, expected, "{code}");
        }
    }
}
