//! Every error that AWS's own service models list for a call of the waker, as AWS would send it.
//!
//! moto answers few of them, so microburst stands in front of it and sends what the models say.
//! Which kind is right for which code is the test `aws_models`' to say.

use reveille_tests::aws_models::Models;
use reveille_tests::microburst::{Fault, Microburst};
use waker::aws::fault_kind;
use waker::config::Environment;
use waker::environment::fault::FaultKind as Kind;

use crate::moto::*;

/// What the Data API says that is no fault: the database is on its way, it has answered, or the
/// call says nothing of it.
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

/// The calls whose failure a visitor waits for. That of any other goes to the log alone.
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

/// Makes a call, with whatever comes before it; what the waker says of its failure.
async fn call(aws: &Aws, resources: &Resources, operation: &str) -> Option<(&'static str, Kind)> {
    // Boxed: unoptimised, a dozen of these futures in one are too much for a stack.
    let look = async |environment: &Environment, scope| Box::pin(aws.observe(environment, scope)).await.err();
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
        "DescribeServices" | "DescribeDBClusters" => look(&plain, Scope::RUNNING).await,
        "ListTasks" | "DescribeTasks" => look(&pending, Scope::RUNNING).await,
        "DescribeDBInstances" => look(&instance, Scope::RUNNING).await,
        "DescribeRules" => look(&plain, Scope::ROUTE).await,
        "DescribeTargetHealth" => look(&plain, Scope::HEALTHY).await,
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
