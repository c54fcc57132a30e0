//! AWS's models allow every request of the waker's wire tests, and these cover every operation that
//! the waker calls.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use reveille_tests::aws_models::{Checked, Models, Request};
use reveille_tests::binaries::cargo_command;

use crate::aws_models::SOURCE;

/// Runs the wire tests, whose endpoint records its requests.
fn recorded() -> Vec<Request> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("requests.jsonl");
    let output = cargo_command(&["test", "--workspace", "--locked", "--test", "wire"])
        .env("REVEILLE_RECORD_REQUESTS", &file)
        .output()
        .unwrap();
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
    Request { method: "POST".to_owned(), path: path.to_owned(), headers, body: BASE64_STANDARD.encode(body) }
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

/// `GetMetricData` from the epoch on, with one member added or changed; all in CBOR.
fn metrics(operation: &str, start: &[u8], more: &[u8]) -> Request {
    let path = format!("/service/GraniteServiceVersion20100801/operation/{operation}");
    let text = |text: &str| [&[0x78, u8::try_from(text.len()).unwrap()], text.as_bytes()].concat();
    let members = 3 + u8::from(!more.is_empty());
    let time = [0xc1, 0x00];
    let body = [
        &[0xa0 + members][..],
        &text("MetricDataQueries"),
        &[0x80],
        &text("StartTime"),
        start,
        &text("EndTime"),
        &time,
        more,
    ];
    let headers = [("smithy-protocol", "rpc-v2-cbor"), ("content-type", "application/cbor")];
    request("monitoring", &path, &headers, &body.concat())
}

const EPOCH: &[u8] = &[0xc1, 0x00];

#[test]
fn a_wrong_request_is_refused_in_every_protocol() {
    let Some(models) = Models::install("a_wrong_request_is_refused_in_every_protocol").unwrap() else {
        return;
    };
    let rule = "Action=ModifyRule&Version=2015-12-01&RuleArn=arn";
    let instances = "Action=DescribeDBInstances&Version=2014-10-31";
    let sql = r#""resourceArn":"arn:aws:rds:eu-west-1:1:cluster:db","secretArn":"arn:aws:secretsmanager:eu-west-1:1:secret:db""#;
    let unknown_member = [&[0x61][..], b"X", &[0x00]].concat();
    let wrong_type = [&[0x69][..], b"NextToken", &[0x00]].concat();
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
        (metrics("GetMetricData", EPOCH, &[]), ""),
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
        (metrics("GetMetric", EPOCH, &[]), "cloudwatch has no operation GetMetric"),
        (metrics("GetMetricData", &[0x00], &[]), "GetMetricData.StartTime is not a timestamp"),
        (metrics("GetMetricData", EPOCH, &unknown_member), "GetMetricData.X is not a member"),
        (metrics("GetMetricData", EPOCH, &wrong_type), "Invalid type for parameter NextToken"),
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
