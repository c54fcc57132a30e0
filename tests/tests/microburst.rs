//! Every call of the shipped waker to AWS, throttled, reset, unanswered and denied while it wakes
//! an environment: microburst stands between the real function and the local AWS.

mod denied;
mod environment;
mod passing;
mod start_failure;
mod visitor;

use std::time::Duration;

use environment::Environment;
use reveille_tests::microburst::Fault;
use visitor::Answer;

/// Enough for everything here on a busy machine; nothing takes that long without a fault.
const LIMIT: Duration = Duration::from_mins(1);

/// The calls of the waker's observation of an environment whose database is a cluster.
const OBSERVATION: [&str; 4] =
    ["DescribeServices", "DescribeDBClusters", "DescribeTargetHealth", "DescribeRules"];
/// The calls with which it wakes such an environment.
const STEPS: [&str; 3] = ["UpdateService", "ModifyRule", "StartDBCluster"];

/// AWS's text of a refusal, which no visitor may see.
const NOT_AUTHORIZED: &str =
    "User: arn:aws:sts::000000000000:assumed-role/waker/demo is not authorized to perform this action";

/// In the form of this operation's API: the services' JSON and query protocols differ.
fn denied(operation: &str) -> Fault {
    let json = ["DescribeServices", "UpdateService", "ListTasks", "DescribeTasks"].contains(&operation);
    let (status, code) = if json { (400, "AccessDeniedException") } else { (403, "AccessDenied") };
    Fault::Error { status, code: code.into(), message: NOT_AUTHORIZED.into() }
}

/// In the form of this operation's API.
fn throttled(operation: &str) -> Fault {
    let rds = operation.contains("DB");
    let code = if rds { "Throttling" } else { "ThrottlingException" };
    Fault::Error { status: 400, code: code.into(), message: "Rate exceeded".into() }
}

/// Longer than the waker's time-out for an answer, which is 3 s.
const SILENCE: Fault = Fault::Silence(Duration::from_secs(8));
