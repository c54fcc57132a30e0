//! AWS's models allow every request of the waker's wire tests, and these cover every operation that
//! the waker calls.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::process::Command;

use reveille_tests::aws_models::{Checked, Models};
use reveille_tests::endpoint::cbor::{array, map};
use reveille_tests::endpoint::request::{RECORD, Request};

use crate::aws_models::SOURCE;

/// Runs the wire tests, whose endpoint records its requests, in a process of their own.
fn recorded() -> Vec<Request> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("requests.jsonl");
    let mut wire_tests = Command::new(std::env::current_exe().unwrap());
    let output = wire_tests.arg("wire::").env(RECORD, &file).output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&said));
    let lines = fs::read_to_string(&file).unwrap();
    lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn wrong(requests: &[Request], checked: &[Checked]) -> Vec<String> {
    let both = requests.iter().zip(checked).filter(|(_, checked)| !checked.problems.is_empty());
    both.map(|(request, checked)| {
        format!("{:?} at {}: {:#?}", checked.operation, request.path, checked.problems)
    })
    .collect()
}

#[test]
fn every_request_is_allowed_by_the_models_and_every_operation_has_one() {
    let name = "every_request_is_allowed_by_the_models_and_every_operation_has_one";
    let Some(models) = Models::install(name).unwrap() else { return };
    let requests = recorded();
    let checked = models.check(&requests).unwrap();
    assert_eq!(wrong(&requests, &checked), [""; 0]);

    let sent: BTreeSet<_> = checked.iter().filter_map(|checked| checked.operation.as_deref()).collect();
    let operations = models.operations(SOURCE).unwrap();
    let called: BTreeSet<_> = operations.iter().map(|operation| operation.name.as_str()).collect();
    assert_eq!(sent, called, "left: what the wire tests send, right: what is called in {SOURCE}");
}

/// A correct request, to derive wrong ones from.
fn request(service: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Request {
    let authorization =
        format!("AWS4-HMAC-SHA256 Credential=test/20261121/eu-west-1/{service}/aws4_request, Signature=0");
    let mut headers: BTreeMap<String, String> =
        headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    headers.insert("authorization".to_owned(), authorization);
    Request { method: "POST".to_owned(), path: path.to_owned(), headers, body: body.to_vec().into() }
}

fn ecs(operation: &str, body: &str) -> Request {
    let target = format!("AmazonEC2ContainerServiceV20141113.{operation}");
    let headers = [("x-amz-target", target.as_str()), ("content-type", "application/x-amz-json-1.1")];
    request("ecs", "/", &headers, body.as_bytes())
}

fn form(service: &str, body: &str) -> Request {
    request(service, "/", &[("content-type", "application/x-www-form-urlencoded")], body.as_bytes())
}

fn data_api(path: &str, body: &str) -> Request {
    request("rds-data", path, &[("content-type", "application/json")], body.as_bytes())
}

/// `GetMetricData` from the epoch on in CBOR, with one more member, a whole number.
fn metrics(operation: &str, start: &[u8], more: Option<&str>) -> Request {
    let path = format!("/service/GraniteServiceVersion20100801/operation/{operation}");
    let mut members =
        vec![("MetricDataQueries", array(&[])), ("StartTime", start.to_vec()), ("EndTime", EPOCH.to_vec())];
    members.extend(more.map(|name| (name, ZERO.to_vec())));
    let headers = [("smithy-protocol", "rpc-v2-cbor"), ("content-type", "application/cbor")];
    request("monitoring", &path, &headers, &map(&members))
}

/// A time, and a whole number.
const EPOCH: &[u8] = &[0xc1, 0x00];
const ZERO: &[u8] = &[0x00];

#[test]
fn a_wrong_request_is_refused_in_every_protocol() {
    let Some(models) = Models::install("a_wrong_request_is_refused_in_every_protocol").unwrap() else {
        return;
    };
    let rule = "Action=ModifyRule&Version=2015-12-01&RuleArn=arn";
    let instances = "Action=DescribeDBInstances&Version=2014-10-31";
    let sql = r#""resourceArn":"arn:aws:rds:eu-west-1:1:cluster:db","secretArn":"arn:aws:secretsmanager:eu-west-1:1:secret:db""#;
    let cases = [
        // Each has one mistake.
        (ecs("ListTasks", r#"{"cluster":"c","maxResults":100,"desiredStatus":"RUNNING"}"#), ""),
        (
            form(
                "elasticloadbalancing",
                &format!("{rule}&Actions.member.1.Type=forward&Actions.member.1.Order=1"),
            ),
            "",
        ),
        (form("rds", &format!("{instances}&Filters.Filter.1.Name=n&Filters.Filter.1.Values.Value.1=v")), ""),
        (data_api("/Execute", &format!(r#"{{{sql},"sql":"select 1"}}"#)), ""),
        (metrics("GetMetricData", EPOCH, None), ""),
        // JSON
        (ecs("ListTask", "{}"), "ecs has no operation ListTask"),
        (ecs("DescribeServices", r#"{"cluster":"c"}"#), "Missing required parameter in input: \"services\""),
        (ecs("ListTasks", r#"{"Cluster":"c"}"#), "ListTasks.Cluster is not a member"),
        (ecs("ListTasks", r#"{"maxResults":"100"}"#), "Invalid type for parameter maxResults"),
        (
            ecs("ListTasks", r#"{"desiredStatus":"ASLEEP"}"#),
            "ListTasks.desiredStatus is 'ASLEEP', and not one of",
        ),
        (ecs("ListTasks", "{"), "its body cannot be decoded"),
        // Query
        (form("rds", "Action=StartDB&Version=2014-10-31"), "rds has no operation StartDB"),
        (
            form("rds", "Action=StartDBCluster&Version=2014-10-31"),
            "Missing required parameter in input: \"DBClusterIdentifier\"",
        ),
        (form("rds", "Action=StartDBCluster&Version=2010-10-31"), "version 2010-10-31"),
        (
            form("rds", &format!("{instances}&Identifier=one")),
            "DescribeDBInstances.Identifier is not a member",
        ),
        (
            form("rds", &format!("{instances}&MaxRecords=many")),
            "DescribeDBInstances.MaxRecords is not a integer",
        ),
        (
            form("rds", &format!("{instances}&Filters.member.1.Name=n")),
            "is not a list whose elements are called Filter",
        ),
        (
            form("elasticloadbalancing", &format!("{rule}&Actions.member.2.Type=forward")),
            "is not numbered from 1",
        ),
        (
            form("elasticloadbalancing", &format!("{rule}&Actions.member.1.Type=onward")),
            "and not one of forward",
        ),
        (
            form(
                "elasticloadbalancing",
                &format!("{rule}&Actions.member.1.Type=forward&Actions.member.1.Order=50001"),
            ),
            "ModifyRule.Actions[0].Order is above 50000",
        ),
        (
            form(
                "elasticloadbalancing",
                "Action=AddTags&Version=2015-12-01&ResourceArns.member.1=arn&Tags.member.1.Key=%3F",
            ),
            "which does not match",
        ),
        // REST
        (data_api("/Executed", "{}"), "rds-data has no operation at POST /Executed"),
        (data_api("/Execute", &format!("{{{sql}}}")), "Missing required parameter in input: \"sql\""),
        // CBOR
        (metrics("GetMetric", EPOCH, None), "cloudwatch has no operation GetMetric"),
        (metrics("GetMetricData", ZERO, None), "GetMetricData.StartTime is not a timestamp"),
        (metrics("GetMetricData", EPOCH, Some("X")), "GetMetricData.X is not a member"),
        (metrics("GetMetricData", EPOCH, Some("NextToken")), "Invalid type for parameter NextToken"),
        // Signed for a service that the waker does not call.
        (form("s3", "Action=ListBuckets"), "it is signed for none of the services"),
    ];
    let (requests, expected): (Vec<_>, Vec<_>) = cases.into_iter().unzip();
    for (checked, problem) in models.check(&requests).unwrap().iter().zip(expected) {
        let problems = checked.problems.join("\n");
        assert!(
            problems.contains(problem) && problem.is_empty() == problems.is_empty(),
            "{problem:?} is not {problems:?}"
        );
    }
}
