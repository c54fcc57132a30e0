//! What kind of fault an SDK error is.

use std::error::Error;

use aws_credential_types::provider::error::CredentialsError;
use aws_runtime::retries::classifiers::{THROTTLING_ERRORS, TRANSIENT_ERRORS};
use aws_smithy_runtime_api::client::{orchestrator::HttpResponse, result::SdkError};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

use crate::environment::fault::{CloudError, FaultKind};

pub(super) fn cloud_error<E>(call: &'static str, error: SdkError<E, HttpResponse>) -> CloudError
where
    E: ProvideErrorMetadata + Error + Send + Sync + 'static,
{
    CloudError::new(kind(&error), call, error)
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
        SdkError::ServiceError(service) => by_code(service.err().code(), service.raw().status().as_u16()),
        // An error page that is not of the API's form, such as a proxy's.
        SdkError::ResponseError(response) if response.raw().status().as_u16() >= 400 => {
            by_code(None, response.raw().status().as_u16())
        }
        _ => FaultKind::Malformed,
    }
}

/// Nothing was sent because it could not be signed.
fn for_want_of_credentials(error: &(dyn Error + 'static)) -> bool {
    error.is::<CredentialsError>() || error.source().is_some_and(for_want_of_credentials)
}

/// By the API's error code, as the reference of each operation lists them;
/// without a code that says it, by the HTTP status.
fn by_code(code: Option<&str>, status: u16) -> FaultKind {
    match (code.unwrap_or_default(), status) {
        (code, _) if THROTTLING_ERRORS.contains(&code) => FaultKind::Throttled,
        (code, _) if TRANSIENT_ERRORS.contains(&code) => FaultKind::TimedOut,
        ("AccessDenied" | "AccessDeniedException" | "UnauthorizedOperation" | "ForbiddenException", _) => {
            FaultKind::Denied
        }
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
            | "InvalidResourceStateException"
            | "DatabaseResumingException",
            _,
        ) => FaultKind::WrongState,
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
            ("ExpiredTokenException", 400, F::Credentials),
            ("InvalidClientTokenId", 403, F::Credentials),
            ("ClusterNotFoundException", 400, F::ClusterMissing),
            ("ServiceNotFoundException", 400, F::ServiceMissing),
            ("ServiceNotActiveException", 400, F::ServiceMissing),
            ("TargetGroupNotFound", 400, F::TargetGroupMissing),
            ("RuleNotFound", 400, F::RuleMissing),
            ("DBClusterNotFoundFault", 404, F::DatabaseMissing),
            ("DBInstanceNotFound", 404, F::DatabaseMissing),
            ("InvalidDBClusterStateFault", 400, F::WrongState),
            ("InvalidDBInstanceState", 400, F::WrongState),
            ("InvalidResourceStateException", 400, F::WrongState),
            ("ServerException", 500, F::Unavailable),
            ("InternalFailure", 500, F::Unavailable),
            ("ServiceUnavailable", 503, F::Unavailable),
            ("InvalidParameterException", 400, F::Rejected),
            ("", 502, F::Unavailable),
            ("", 429, F::Throttled),
            ("", 403, F::Denied),
            ("", 400, F::Rejected),
        ] {
            assert_eq!(by_code(Some(code).filter(|code| !code.is_empty()), status), kind, "{code} {status}");
        }
    }
}
