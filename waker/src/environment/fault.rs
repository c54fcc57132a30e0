//! What can go wrong in a call to AWS, and whether a retry can help.

use std::{error::Error, fmt};

/// A failed call: its kind decides what happens next, its source is for the log.
#[derive(Debug)]
pub struct CloudError {
    pub kind: FaultKind,
    /// The operation's name, such as `UpdateService`.
    pub call: &'static str,
    source: Box<dyn Error + Send + Sync>,
}

impl CloudError {
    pub fn new(kind: FaultKind, call: &'static str, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { kind, call, source: source.into() }
    }

    pub fn retryable(&self) -> bool {
        self.kind.retryable()
    }
}

impl fmt::Display for CloudError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} failed ({})", self.call, self.kind.code())
    }
}

impl Error for CloudError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&*self.source)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FaultKind {
    /// AWS refused the call because of its rate limit.
    Throttled,
    /// No answer within the call's time-out.
    TimedOut,
    /// No connection, or a broken one.
    Unreachable,
    /// AWS failed (5xx), or has no capacity now.
    Unavailable,
    /// The answer does not have the API's form, or lacks a field that AWS always sends.
    Malformed,
    /// The database is changing its state, or another caller's change came first.
    WrongState,
    /// The function's role lacks the permission.
    Denied,
    /// The function has no valid credentials.
    Credentials,
    ClusterMissing,
    ServiceMissing,
    TargetGroupMissing,
    RuleMissing,
    DatabaseMissing,
    /// Refused for another reason.
    Rejected,
}

impl FaultKind {
    /// Whether a retry of the same call may succeed soon.
    pub fn retryable(self) -> bool {
        match self {
            Self::Throttled
            | Self::TimedOut
            | Self::Unreachable
            | Self::Unavailable
            | Self::Malformed
            | Self::WrongState => true,
            Self::Denied
            | Self::Credentials
            | Self::ClusterMissing
            | Self::ServiceMissing
            | Self::TargetGroupMissing
            | Self::RuleMissing
            | Self::DatabaseMissing
            | Self::Rejected => false,
        }
    }

    pub fn code(self) -> &'static str {
        match self {
            Self::Throttled => "throttled",
            Self::TimedOut => "timed_out",
            Self::Unreachable => "unreachable",
            Self::Unavailable => "unavailable",
            Self::Malformed => "malformed_answer",
            Self::WrongState => "wrong_state",
            Self::Denied => "denied",
            Self::Credentials => "no_credentials",
            Self::ClusterMissing => "cluster_missing",
            Self::ServiceMissing => "service_missing",
            Self::TargetGroupMissing => "target_group_missing",
            Self::RuleMissing => "rule_missing",
            Self::DatabaseMissing => "database_missing",
            Self::Rejected => "rejected",
        }
    }

    /// One sentence for a person.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Throttled | Self::TimedOut | Self::Unreachable | Self::Unavailable | Self::Malformed => {
                "The cloud does not answer correctly at the moment."
            }
            Self::WrongState => "A part of the application is changing its state.",
            Self::Denied => "The waker lacks a permission that it needs.",
            Self::Credentials => "The waker has no valid credentials.",
            Self::ClusterMissing => "The cluster that should run the application does not exist.",
            Self::ServiceMissing => "A service of the application does not exist.",
            Self::TargetGroupMissing => "A target group of the application does not exist.",
            Self::RuleMissing => "The listener rule of the application does not exist.",
            Self::DatabaseMissing => "The database of the application does not exist.",
            Self::Rejected => "The cloud refused what the waker asked for.",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One row per variant: adding one without a decision does not compile above.
    #[test]
    fn what_may_pass_is_tried_again_and_what_a_person_must_fix_is_not() {
        use FaultKind as F;
        for (kind, retryable) in [
            (F::Throttled, true),
            (F::TimedOut, true),
            (F::Unreachable, true),
            (F::Unavailable, true),
            (F::Malformed, true),
            (F::WrongState, true),
            (F::Denied, false),
            (F::Credentials, false),
            (F::ClusterMissing, false),
            (F::ServiceMissing, false),
            (F::TargetGroupMissing, false),
            (F::RuleMissing, false),
            (F::DatabaseMissing, false),
            (F::Rejected, false),
        ] {
            assert_eq!(kind.retryable(), retryable, "{kind:?}");
        }
    }

    #[test]
    fn the_display_names_the_call_and_leaves_the_cause_to_the_source() {
        let error = CloudError::new(FaultKind::Denied, "UpdateService", "the cause");
        assert_eq!(error.to_string(), "UpdateService failed (denied)");
        assert_eq!(error.source().unwrap().to_string(), "the cause");
    }
}
