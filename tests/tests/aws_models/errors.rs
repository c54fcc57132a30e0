//! Every error that AWS's models list for an operation of the waker is classified, or has a reason
//! why it is a permanent rejection.

use std::collections::BTreeSet;

use reveille_tests::aws_models::{Models, Operation};
use waker::aws::fault_kind;
use waker::environment::fault::FaultKind;

use crate::aws_models::SOURCE;

/// Errors that a retry does not change, and why none needs a kind of its own.
const REJECTED: [(&str, &[&str]); 10] = [
    (
        "the call itself is wrong, such as a name that the service does not take",
        &["ClientException", "InvalidParameterException", "ValidationException"],
    ),
    (
        "the next observation begins at the first page again",
        &["InvalidNextToken", "InvalidNextTokenException"],
    ),
    (
        "the service's definition is at fault, which its owner changes",
        &[
            "NamespaceNotFoundException",
            "PlatformTaskDefinitionIncompatibilityException",
            "PlatformUnknownException",
        ],
    ),
    (
        "the region lacks a feature; of task protection that says that no task is protected",
        &["UnsupportedFeatureException"],
    ),
    (
        "the rule's actions are refused; for want of a permission the message says so, and it is `Denied`",
        &["InvalidLoadBalancerAction"],
    ),
    (
        "the rule is the user's, and so is what ELB does not take of it",
        &[
            "IncompatibleProtocols",
            "OperationNotPermitted",
            "TargetGroupAssociationLimit",
            "TooManyActions",
            "TooManyRegistrationsForTargetId",
            "TooManyTags",
            "TooManyTargets",
            "TooManyUniqueTargetGroupsPerLoadBalancer",
            "UnsupportedProtocol",
        ],
    ),
    (
        "of calls that name something else than a rule or a target group, or a tag twice",
        &[
            "DuplicateTagKeys",
            "InvalidTarget",
            "ListenerNotFound",
            "LoadBalancerNotFound",
            "TrustStoreNotFound",
        ],
    ),
    (
        "the database cannot start or stop until somebody changes its network, key, quota or reservation",
        &[
            "AuthorizationNotFound",
            "DBCapacityReservationNotFound",
            "DBSnapshotAlreadyExists",
            "DBSubnetGroupDoesNotCoverEnoughAZs",
            "DBSubnetGroupNotFoundFault",
            "InvalidDBCapacityReservationState",
            "InvalidSubnet",
            "InvalidVPCNetworkStateFault",
            "KMSKeyNotAccessibleFault",
            "SnapshotQuotaExceeded",
            "VpcEncryptionControlViolationException",
        ],
    ),
    (
        "data_api.rs says what each tells of the database, before it is asked what kind it is",
        &[
            "BadRequestException",
            "DatabaseErrorException",
            "HttpEndpointNotEnabledException",
            "InvalidSecretException",
            "SecretsErrorException",
            "StatementTimeoutException",
            "UnsupportedResultException",
        ],
    ),
    ("of a transaction, which the one statement has none of", &["TransactionNotFoundException"]),
];

/// Rejections without a reason, and reasons without an error.
fn unexplained(operations: &[Operation]) -> (Vec<String>, Vec<&'static str>) {
    let reasons: BTreeSet<_> = REJECTED.iter().flat_map(|(_, codes)| codes.iter().copied()).collect();
    let errors =
        operations.iter().flat_map(|operation| operation.errors.iter().map(move |error| (operation, error)));
    let rejected: Vec<_> = errors
        .filter(|(_, error)| fault_kind(Some(&error.code), error.status) == FaultKind::Rejected)
        .collect();
    let without = rejected.iter().filter(|(_, error)| !reasons.contains(error.code.as_str()));
    let without = without.map(|(operation, error)| format!("{}: {}", operation.name, error.code)).collect();
    let unused = reasons.into_iter().filter(|code| !rejected.iter().any(|(_, error)| error.code == *code));
    (without, unused.collect())
}

#[test]
fn every_error_in_the_models_has_a_kind_or_a_reason() {
    let Some(models) = Models::install("every_error_in_the_models_has_a_kind_or_a_reason").unwrap() else {
        return;
    };
    let mut operations = models.operations(SOURCE).unwrap();
    assert!(operations.len() > 10 && operations.iter().all(|operation| !operation.errors.is_empty()));
    assert_eq!(unexplained(&operations), (vec![], vec![]));

    // A code that is new in the models is noticed, and one that is gone.
    operations[0].errors[0].code = "CodeOfTomorrow".to_owned();
    operations.retain(|operation| operation.service != "rds-data");
    let (without, unused) = unexplained(&operations);
    assert_eq!(without, [format!("{}: CodeOfTomorrow", operations[0].name)]);
    assert!(unused.contains(&"SecretsErrorException"), "{unused:?}");
}
