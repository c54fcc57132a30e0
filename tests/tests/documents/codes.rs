//! Troubleshooting by error code: each code of the waker has its row, and each row has a code.

use std::collections::BTreeSet;
use std::iter::successors;

use serde_json::Value;
use waker::environment::failure::{Failure, StartFailure};
use waker::environment::fault::FaultKind;
use waker::reply::{ProblemDocument, Reply};

use crate::documents::tree::Tree;

const DOCUMENT: &str = "waker/docs/operations.md";
const HEAD: &str = "| code | meaning | how to see it | what to do |";

/// Codes of answers to requests that wake nothing, and of one that waits.
const ANSWERS: [&str; 8] = [
    "waking",
    "needs_click",
    "needs_token",
    "over_budget",
    "refused_agent",
    "refused_path",
    "refused_method",
    "refused_network",
];

// A chain, so that a new variant does not compile until it is added.

fn after_fault(kind: FaultKind) -> Option<FaultKind> {
    Some(match kind {
        FaultKind::Throttled => FaultKind::TimedOut,
        FaultKind::TimedOut => FaultKind::Unreachable,
        FaultKind::Unreachable => FaultKind::Unavailable,
        FaultKind::Unavailable => FaultKind::Malformed,
        FaultKind::Malformed => FaultKind::WrongState,
        FaultKind::WrongState => FaultKind::Denied,
        FaultKind::Denied => FaultKind::Credentials,
        FaultKind::Credentials => FaultKind::ClusterMissing,
        FaultKind::ClusterMissing => FaultKind::ServiceMissing,
        FaultKind::ServiceMissing => FaultKind::TargetGroupMissing,
        FaultKind::TargetGroupMissing => FaultKind::RuleMissing,
        FaultKind::RuleMissing => FaultKind::DatabaseMissing,
        FaultKind::DatabaseMissing => FaultKind::Rejected,
        FaultKind::Rejected => return None,
    })
}

fn after_failure(failure: Failure) -> Option<Failure> {
    Some(match failure {
        Failure::Start(_) => Failure::DatabaseUnusable,
        Failure::DatabaseUnusable => Failure::RouteElsewhere,
        Failure::RouteElsewhere => Failure::Fault(FaultKind::Throttled),
        Failure::Fault(_) => return None,
    })
}

fn of_problem(problem: &Reply) -> String {
    let document: Value = serde_json::from_str(&problem.body).expect("a problem document");
    document["code"].as_str().expect("a code").to_owned()
}

fn codes() -> BTreeSet<String> {
    let problems = [
        ProblemDocument::unknown_host(),
        ProblemDocument::unknown_environment(),
        ProblemDocument::unknown_path(),
        ProblemDocument::method_not_allowed("GET"),
        ProblemDocument::cross_origin(),
        ProblemDocument::origin_refused(),
        ProblemDocument::address_too_long(),
        ProblemDocument::unreadable_request(),
        ProblemDocument::internal(),
    ];
    let failures = successors(Some(Failure::Start(StartFailure::Other)), |failure| after_failure(*failure));
    let faults = successors(Some(FaultKind::Throttled), |kind| after_fault(*kind));
    StartFailure::ALL
        .map(StartFailure::code)
        .into_iter()
        .chain(failures.map(Failure::code))
        .chain(faults.map(FaultKind::code))
        .chain(ANSWERS)
        .map(str::to_owned)
        .chain(problems.iter().map(of_problem))
        .collect()
}

#[test]
fn troubleshooting_has_a_row_for_each_code_and_no_other() {
    let tree = Tree::of_git().unwrap();
    let text = tree.document(DOCUMENT).expect("git does not track the document");
    let mut rows = Vec::new();
    for table in text.split(HEAD).skip(1) {
        let (table, _) = table.split_once("\n\n").expect("a table without an end");
        rows.extend(table.lines().skip(2));
    }
    let mut found = BTreeSet::new();
    for row in rows {
        let cells: Vec<_> = row.trim_matches('|').split(" | ").map(str::trim).collect();
        assert!(cells.len() == 4 && cells.iter().all(|cell| !cell.is_empty()), "{row}");
        let code = cells[0].trim_matches('`').to_owned();
        assert!(found.insert(code), "a second row: {row}");
    }
    assert_eq!(found, codes());
}
