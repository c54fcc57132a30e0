//! Every error that AWS's own service models list for a call of the waker, as AWS would send it.
//!
//! moto answers few of them, so microburst stands in front of it and sends what the models say,
//! which botocore carries.

use std::collections::BTreeSet;

use reveille_tests::microburst::{Fault, Microburst};
use reveille_tests::python::{Process, Venv};
use waker::config::Environment;
use waker::environment::fault::FaultKind as Kind;

use crate::*;

/// What the waker is to make of each. A new one in the models is to be given its place here.
const KINDS: [(Kind, &[&str]); 8] = [
    (Kind::ClusterMissing, &["ClusterNotFoundException"]),
    (Kind::ServiceMissing, &["ServiceNotFoundException", "ServiceNotActiveException"]),
    (Kind::RuleMissing, &["RuleNotFound"]),
    (Kind::TargetGroupMissing, &["TargetGroupNotFound"]),
    (Kind::DatabaseMissing, &["DBClusterNotFoundFault", "DBInstanceNotFound", "DatabaseNotFoundException"]),
    (Kind::Denied, &["AccessDeniedException", "ForbiddenException"]),
    (
        Kind::WrongState,
        &["InvalidDBClusterStateFault", "InvalidDBInstanceState", "InvalidResourceStateException"],
    ),
    (
        Kind::Unavailable,
        &["ServerException", "HealthUnavailable", "ServiceUnavailableError", "InternalServerErrorException"],
    ),
];
/// What another try in a moment does not mend.
const REJECTED: &[&str] = &[
    // ECS
    "ClientException",
    "InvalidParameterException",
    "NamespaceNotFoundException",
    "PlatformTaskDefinitionIncompatibilityException",
    "PlatformUnknownException",
    "UnsupportedFeatureException",
    // Elastic Load Balancing
    "IncompatibleProtocols",
    "InvalidLoadBalancerAction",
    "InvalidTarget",
    "ListenerNotFound",
    "OperationNotPermitted",
    "TargetGroupAssociationLimit",
    "TooManyActions",
    "TooManyRegistrationsForTargetId",
    "TooManyTargets",
    "TooManyUniqueTargetGroupsPerLoadBalancer",
    "UnsupportedProtocol",
    // RDS
    "AuthorizationNotFound",
    "DBCapacityReservationNotFound",
    "DBSubnetGroupDoesNotCoverEnoughAZs",
    "DBSubnetGroupNotFoundFault",
    "InsufficientDBInstanceCapacity",
    "InvalidDBCapacityReservationState",
    "InvalidDBShardGroupState",
    "InvalidSubnet",
    "InvalidVPCNetworkStateFault",
    "KMSKeyNotAccessibleFault",
    "VpcEncryptionControlViolationException",
    // the Data API
    "TransactionNotFoundException",
];
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

/// Prints operation, status and code of every error that the models list for the calls of the waker.
const MODELLED: &str = r#"
from botocore.loaders import create_loader
calls = {
    "ecs": ["DescribeServices", "ListTasks", "DescribeTasks", "UpdateService"],
    "elbv2": ["DescribeRules", "DescribeTargetHealth", "ModifyRule"],
    "rds": ["DescribeDBClusters", "DescribeDBInstances", "StartDBCluster", "StartDBInstance"],
    "rds-data": ["ExecuteStatement"],
}
for service, operations in calls.items():
    model = create_loader().load_service_model(service, "service-2")
    for operation in operations:
        for error in model["operations"][operation]["errors"]:
            shape = model["shapes"][error["shape"]]
            said = shape.get("error", {})
            status = said.get("httpStatusCode", 500 if shape.get("fault") else 400)
            print(operation, status, said.get("code", error["shape"]))
"#;

/// An error that an operation may answer.
struct Modelled {
    operation: String,
    status: u16,
    code: String,
}

fn modelled() -> Vec<Modelled> {
    let venv = Venv::with("requirements-moto.txt").unwrap();
    let (sender, lines) = std::sync::mpsc::channel();
    let process = Process::start(&venv, "python", &["-c", MODELLED], move |line| {
        let [operation, status, code] = line.split(' ').collect::<Vec<_>>()[..] else { panic!("{line}") };
        let (operation, code) = (operation.to_owned(), code.to_owned());
        sender.send(Modelled { operation, status: status.parse().unwrap(), code }).unwrap();
    });
    let listed = lines.iter().collect();
    drop(process.unwrap());
    listed
}

/// None for what is no fault, and for what has no place yet.
fn expected(code: &str) -> Option<Kind> {
    if REJECTED.contains(&code) {
        return Some(Kind::Rejected);
    }
    KINDS.iter().find(|(_, codes)| codes.contains(&code)).map(|(kind, _)| *kind)
}

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
        other => panic!("the waker does not call {other}"),
    };
    error.map(|error| (error.call, error.kind))
}

#[tokio::test]
async fn every_modelled_error_has_its_kind() {
    let resources = Resources::create().await;
    let mut microburst = Microburst::start().await.unwrap();
    microburst.forward_to(resources.moto.endpoint()).unwrap();
    let aws = waker_at(microburst.endpoint()).await;
    let modelled = modelled();
    for Modelled { operation, status, code } in &modelled {
        let fault = Fault::Error { status: *status, code: code.clone(), message: "m".into() };
        microburst.inject(operation, &fault, Some(1)).await.unwrap();
        let failed = call(&aws, &resources, operation).await;
        assert_eq!(microburst.injected().await.unwrap(), 1, "{operation} {code}");
        assert_eq!(failed, expected(code).map(|kind| (operation.as_str(), kind)), "{code}");
    }
    let listed: BTreeSet<&str> = modelled.iter().map(|error| error.code.as_str()).collect();
    let known = KINDS.iter().flat_map(|(_, codes)| codes.iter()).chain(REJECTED).chain(NO_FAULT);
    assert_eq!(listed, known.copied().collect());
}
