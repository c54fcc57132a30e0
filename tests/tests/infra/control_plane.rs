//! All resources of the local AWS, by its own listings.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};
use serde_json::Value;

const REGION: &str = "us-east-1";

/// Signing name, API version and actions of services with form-encoded requests.
const FORMS: [(&str, &str, &[&str]); 6] = [
    (
        "ec2",
        "2016-11-15",
        &[
            "DescribeVpcs",
            "DescribeSubnets",
            "DescribeSecurityGroups",
            "DescribeSecurityGroupRules",
            "DescribeRouteTables",
            "DescribeInternetGateways",
            "DescribeVpcEndpoints",
        ],
    ),
    ("elasticloadbalancing", "2015-12-01", &["DescribeLoadBalancers", "DescribeTargetGroups"]),
    (
        "rds",
        "2014-10-31",
        &[
            "DescribeDBClusters",
            "DescribeDBInstances",
            "DescribeDBClusterSnapshots",
            "DescribeDBSubnetGroups",
            "DescribeDBClusterParameterGroups",
            "DescribeDBParameterGroups",
        ],
    ),
    ("iam", "2010-05-08", &["ListRoles"]),
    ("monitoring", "2010-08-01", &["DescribeAlarms"]),
    (
        "elasticache",
        "2015-02-02",
        &["DescribeReplicationGroups", "DescribeCacheSubnetGroups", "DescribeUsers", "DescribeUserGroups"],
    ),
];

/// Signing name, target and body of services with JSON requests.
const JSON: [(&str, &str, &str); 9] = [
    (
        "application-autoscaling",
        "AnyScaleFrontendService.DescribeScalableTargets",
        r#"{"ServiceNamespace":"ecs"}"#,
    ),
    ("ecs", "AmazonEC2ContainerServiceV20141113.ListClusters", "{}"),
    ("ecs", "AmazonEC2ContainerServiceV20141113.ListTaskDefinitions", "{}"),
    ("events", "AWSEvents.ListRules", "{}"),
    ("logs", "Logs_20140328.DescribeLogGroups", "{}"),
    ("secretsmanager", "secretsmanager.ListSecrets", "{}"),
    ("sqs", "AmazonSQS.ListQueues", "{}"),
    ("servicediscovery", "Route53AutoNaming_v20170314.ListNamespaces", "{}"),
    ("servicediscovery", "Route53AutoNaming_v20170314.ListServices", "{}"),
];

/// Signing name and path of services with GET requests.
const PATHS: [(&str, &str); 3] =
    [("lambda", "/2015-03-31/functions"), ("scheduler", "/schedules"), ("s3", "/")];

/// The answer to each listing, without the parts that differ between answers.
pub async fn listings(endpoint: &str) -> Result<BTreeMap<&'static str, String>> {
    let client = reqwest::Client::new();
    let mut listings = BTreeMap::new();
    for (service, version, actions) in FORMS {
        for &action in actions {
            let request = client
                .post(endpoint)
                .header("content-type", "application/x-www-form-urlencoded")
                .body(format!("Action={action}&Version={version}"));
            listings.insert(action, answer(request, service, action).await?);
        }
    }
    for (service, target, body) in JSON {
        let request = client
            .post(endpoint)
            .header("content-type", "application/x-amz-json-1.1")
            .header("x-amz-target", target)
            .body(body);
        let answer = answer(request, service, target).await?;
        listings.insert(target, without_accesses(&answer)?);
    }
    for (service, path) in PATHS {
        listings.insert(path, get(endpoint, service, path).await?);
    }
    Ok(listings)
}

/// The answer of a service to a GET request, by its signing name.
pub async fn get(endpoint: &str, service: &str, path: &str) -> Result<String> {
    answer(reqwest::Client::new().get(format!("{endpoint}{path}")), service, path).await
}

/// Calls an action of IAM, for which there is no client here.
pub async fn iam(endpoint: &str, form: &[(&str, &str)]) -> Result<String> {
    let form = form.iter().chain(&[("Version", "2010-05-08")]);
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
    let request = reqwest::Client::new()
        .post(endpoint)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(body);
    answer(request, "iam", "iam").await
}

async fn answer(request: reqwest::RequestBuilder, service: &str, asked: &str) -> Result<String> {
    let credential = format!("Credential=test/20260101/{REGION}/{service}/aws4_request");
    let signature = format!("AWS4-HMAC-SHA256 {credential}, SignedHeaders=host, Signature=0");
    let answer = request.header("authorization", signature).send().await?;
    let (status, text) = (answer.status(), answer.text().await?);
    if status != 200 {
        bail!("{asked}: {status}: {text}");
    }
    ["RequestId", "requestId"].iter().try_fold(text, |text, tag| without(&text, tag))
}

/// A listing without the time of each secret's last access.
fn without_accesses(text: &str) -> Result<String> {
    let mut listing: Value = serde_json::from_str(text)?;
    let secrets = listing.get_mut("SecretList").and_then(Value::as_array_mut);
    for secret in secrets.into_iter().flatten() {
        secret["LastAccessedDate"].take();
    }
    Ok(listing.to_string())
}

/// An XML text without an element that occurs once or not at all.
fn without(text: &str, tag: &str) -> Result<String> {
    let Some((before, rest)) = text.split_once(&format!("<{tag}>")) else {
        return Ok(text.to_owned());
    };
    let (_, after) = rest.split_once(&format!("</{tag}>")).context("an element without an end")?;
    Ok(format!("{before}{after}"))
}
