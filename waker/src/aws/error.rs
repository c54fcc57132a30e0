//! Maps SDK errors to kinds of faults.

use std::error::Error;

use aws_credential_types::provider::error::CredentialsError;
use aws_runtime::retries::classifiers::{THROTTLING_ERRORS, TRANSIENT_ERRORS};
use aws_smithy_runtime_api::client::{orchestrator::HttpResponse, result::SdkError};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use thiserror::Error as ThisError;

use crate::environment::fault::{CloudError, FaultKind};

pub(super) fn cloud_error<E>(call: &'static str, error: SdkError<E, HttpResponse>) -> CloudError
where
    E: ProvideErrorMetadata + Error + Send + Sync + 'static,
{
    if lacks_cognito(&error) {
        return CloudError::new(FaultKind::Denied, call, LacksCognito(error.into()));
    }
    CloudError::new(kind(&error), call, error)
}

/// A successful answer without a field that AWS always sends, such as one with an empty body, which the
/// SDK reads as an empty list.
pub(super) fn incomplete(call: &'static str, lacking: &'static str) -> CloudError {
    CloudError::new(FaultKind::Malformed, call, format!("the answer lacks {lacking}"))
}

/// Writing a rule with an authenticate-cognito action, even an unchanged one, makes ELB describe the
/// user pool with the caller's permissions. ELB's guide, "Authenticate users", names the permission.
#[derive(Debug, ThisError)]
#[error(
    "the function's role lacks cognito-idp:DescribeUserPoolClient on the user pool of the rule's \
     authenticate-cognito action"
)]
struct LacksCognito(#[source] Box<dyn Error + Send + Sync>);

/// ELB uses one code for every action that it refuses; only the message says which. For example "User
/// is not authorized to perform 'describeUserPoolClient'":
/// <https://github.com/awslabs/kubeflow-manifests/issues/18>
fn lacks_cognito<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> bool {
    let SdkError::ServiceError(service) = error else { return false };
    let error = service.err();
    error.code() == Some("InvalidLoadBalancerAction")
        && error.message().is_some_and(|message| message.contains("not authorized"))
}

fn kind<E: ProvideErrorMetadata + Error + 'static>(error: &SdkError<E, HttpResponse>) -> FaultKind {
    match error {
        SdkError::TimeoutError(_) => FaultKind::TimedOut,
        SdkError::DispatchFailure(failure) if failure.is_timeout() => FaultKind::TimedOut,
        SdkError::DispatchFailure(_) | SdkError::ConstructionFailure(_) if for_want_of_credentials(error) => {
            FaultKind::Credentials
        }
        SdkError::DispatchFailure(_) => FaultKind::Unreachable,
        SdkError::ConstructionFailure(_) => FaultKind::Rejected,
        // The SDK could not parse a successful answer, and reports that as an error without a code.
        SdkError::ServiceError(service) if service.raw().status().is_success() => FaultKind::Malformed,
        SdkError::ServiceError(service) => fault_kind(service.err().code(), service.raw().status().as_u16()),
        // An error page that does not have the API's form, such as a proxy's.
        SdkError::ResponseError(response) if response.raw().status().as_u16() >= 400 => {
            fault_kind(None, response.raw().status().as_u16())
        }
        _ => FaultKind::Malformed,
    }
}

/// Nothing was sent, because the request could not be signed.
fn for_want_of_credentials(error: &(dyn Error + 'static)) -> bool {
    error.is::<CredentialsError>() || error.source().is_some_and(for_want_of_credentials)
}

/// By the API's error code, as the reference of each operation lists them; without a known code, by the
/// HTTP status. The test `aws_models` checks it against every code in AWS's service models.
pub fn fault_kind(code: Option<&str>, status: u16) -> FaultKind {
    match (code.unwrap_or_default(), status) {
        (code, _) if THROTTLING_ERRORS.contains(&code) => FaultKind::Throttled,
        (code, _) if TRANSIENT_ERRORS.contains(&code) => FaultKind::TimedOut,
        (
            "AccessDenied"
            | "AccessDeniedException"
            | "UnauthorizedOperation"
            | "ForbiddenException"
            // The scalable target's role may not read a policy's alarms.
            | "FailedResourceAccessException",
            _,
        ) => FaultKind::Denied,
        (
            "ExpiredToken"
            | "ExpiredTokenException"
            | "InvalidClientTokenId"
            | "UnrecognizedClientException"
            | "InvalidSignatureException"
            | "SignatureDoesNotMatch"
            | "MissingAuthenticationToken"
            | "MissingAuthenticationTokenException"
            | "IncompleteSignature",
            _,
        ) => FaultKind::Credentials,
        ("ClusterNotFoundException", _) => FaultKind::ClusterMissing,
        ("ServiceNotFoundException" | "ServiceNotActiveException", _) => FaultKind::ServiceMissing,
        ("TargetGroupNotFound", _) => FaultKind::TargetGroupMissing,
        ("RuleNotFound", _) => FaultKind::RuleMissing,
        (
            "DBClusterNotFoundFault"
            | "DBInstanceNotFound"
            | "DBInstanceNotFoundFault"
            | "DatabaseNotFoundException",
            _,
        ) => FaultKind::DatabaseMissing,
        (
            "InvalidDBClusterStateFault"
            | "InvalidDBInstanceState"
            | "InvalidDBInstanceStateFault"
            | "InvalidDBShardGroupState"
            | "InvalidResourceStateException"
            | "DatabaseResumingException"
            // Application Auto Scaling: another change of the same target, or its deletion.
            | "ConcurrentUpdateException"
            | "ObjectNotFoundException"
            // `GetTaskProtection`: a listed task no longer exists.
            | "ResourceNotFoundException",
            _,
        ) => FaultKind::WrongState,
        // No capacity for an instance class in a zone, or no answer: both pass.
        ("InsufficientDBInstanceCapacity" | "DatabaseUnavailableException" | "InternalServiceException", _) => {
            FaultKind::Unavailable
        }
        (_, 429) => FaultKind::Throttled,
        (_, 401 | 403) => FaultKind::Denied,
        (_, 500..) => FaultKind::Unavailable,
        _ => FaultKind::Rejected,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_documented_code_has_its_kind() {
        use FaultKind as F;
        for (code, status, kind) in [
            ("Throttling", 400, F::Throttled),
            ("ThrottlingException", 400, F::Throttled),
            ("TooManyRequestsException", 400, F::Throttled),
            ("RequestTimeout", 400, F::TimedOut),
            ("AccessDenied", 403, F::Denied),
            ("AccessDeniedException", 400, F::Denied),
            ("ForbiddenException", 403, F::Denied),
            ("FailedResourceAccessException", 400, F::Denied),
            ("LimitExceededException", 400, F::Throttled),
            ("ExpiredTokenException", 400, F::Credentials),
            ("InvalidClientTokenId", 403, F::Credentials),
            ("ClusterNotFoundException", 400, F::ClusterMissing),
            ("ServiceNotFoundException", 400, F::ServiceMissing),
            ("ServiceNotActiveException", 400, F::ServiceMissing),
            ("TargetGroupNotFound", 400, F::TargetGroupMissing),
            ("RuleNotFound", 400, F::RuleMissing),
            ("DBClusterNotFoundFault", 404, F::DatabaseMissing),
            ("DBInstanceNotFound", 404, F::DatabaseMissing),
            ("DatabaseNotFoundException", 404, F::DatabaseMissing),
            ("InvalidDBClusterStateFault", 400, F::WrongState),
            ("InvalidDBInstanceState", 400, F::WrongState),
            ("InvalidDBShardGroupState", 400, F::WrongState),
            ("InvalidResourceStateException", 400, F::WrongState),
            ("DatabaseResumingException", 400, F::WrongState),
            ("ConcurrentUpdateException", 400, F::WrongState),
            ("ObjectNotFoundException", 400, F::WrongState),
            ("ResourceNotFoundException", 400, F::WrongState),
            ("InsufficientDBInstanceCapacity", 400, F::Unavailable),
            ("DatabaseUnavailableException", 504, F::Unavailable),
            ("InternalServiceException", 400, F::Unavailable),
            ("InternalServerErrorException", 500, F::Unavailable),
            ("ServiceUnavailableError", 503, F::Unavailable),
            ("HealthUnavailable", 500, F::Unavailable),
            ("ServerException", 500, F::Unavailable),
            ("InternalFailure", 500, F::Unavailable),
            ("ServiceUnavailable", 503, F::Unavailable),
            ("InvalidParameterException", 400, F::Rejected),
            ("", 502, F::Unavailable),
            ("", 429, F::Throttled),
            ("", 403, F::Denied),
            ("", 400, F::Rejected),
        ] {
            assert_eq!(
                fault_kind(Some(code).filter(|code| !code.is_empty()), status),
                kind,
                "{code} {status}"
            );
        }
    }
}
