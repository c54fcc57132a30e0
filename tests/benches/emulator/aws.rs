//! AWS on loopback, with the calls of a first request to a sleeping environment: every call is
//! answered at once, and the next observation sees a new desired count.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

pub const REGION: &str = "eu-west-1";
pub const RULE: &str = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener-rule/app/alb/1/2/3";

pub fn target_group(name: &str) -> String {
    format!("arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/{name}/1")
}

/// The calls so far; a clone shares them.
#[derive(Debug, Clone, Default)]
pub struct Account(Arc<Mutex<Inner>>);

#[derive(Debug, Default)]
struct Inner {
    desired: BTreeMap<String, i64>,
    calls: BTreeMap<String, u32>,
}

impl Account {
    /// How often each operation was called.
    pub fn calls(&self) -> BTreeMap<String, u32> {
        self.0.lock().unwrap().calls.clone()
    }

    pub fn router(&self) -> Router {
        Router::new().fallback(answer).with_state(self.clone())
    }

    fn service(&self, name: &str) -> Value {
        let desired = self.0.lock().unwrap().desired.get(name).copied().unwrap_or_default();
        json!({
            "serviceName": name,
            "serviceArn": format!("arn:aws:ecs:{REGION}:111122223333:service/c/{name}"),
            "status": "ACTIVE",
            "desiredCount": desired,
            "runningCount": 0,
            "pendingCount": desired,
            "deployments": [
                { "id": "ecs-svc/1", "status": "PRIMARY", "rolloutState": "COMPLETED", "createdAt": 1.7e9 },
            ],
            "events": [],
        })
    }
}

async fn answer(State(account): State<Account>, headers: HeaderMap, body: Bytes) -> Response {
    let target = headers.get("x-amz-target").and_then(|target| target.to_str().ok()?.split('.').nth(1));
    if let Some(operation) = target {
        let input: Value = serde_json::from_slice(&body).unwrap();
        count(&account, operation);
        return ([(CONTENT_TYPE, "application/x-amz-json-1.1")], json_answer(&account, operation, &input))
            .into_response();
    }
    let form = String::from_utf8_lossy(&body);
    let operation = form.split('&').find_map(|field| field.strip_prefix("Action="));
    let Some(operation) = operation else { return StatusCode::NOT_FOUND.into_response() };
    count(&account, operation);
    let result = result(operation);
    let xml = format!(
        "<{operation}Response><{operation}Result>{result}</{operation}Result>\
         <ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></{operation}Response>"
    );
    ([(CONTENT_TYPE, "text/xml")], xml).into_response()
}

fn count(account: &Account, operation: &str) {
    *account.0.lock().unwrap().calls.entry(operation.to_owned()).or_default() += 1;
}

fn json_answer(account: &Account, operation: &str, input: &Value) -> String {
    let answer = match operation {
        "DescribeServices" => {
            let names = input["services"].as_array().into_iter().flatten().filter_map(Value::as_str);
            json!({ "services": names.map(|name| account.service(name)).collect::<Vec<_>>(), "failures": [] })
        }
        "UpdateService" => {
            let name = input["service"].as_str().unwrap();
            let desired = input["desiredCount"].as_i64().unwrap();
            account.0.lock().unwrap().desired.insert(name.to_owned(), desired);
            json!({ "service": account.service(name) })
        }
        "ListTasks" => json!({ "taskArns": [] }),
        _ => panic!("{operation} is not emulated here"),
    };
    answer.to_string()
}

/// For the operations with form-encoded requests.
fn result(operation: &str) -> String {
    match operation {
        "DescribeRules" => format!(
            "<Rules><member><RuleArn>{RULE}</RuleArn><Priority>1</Priority><IsDefault>false</IsDefault>\
             <Conditions/><Actions><member><Type>forward</Type><TargetGroupArn>{}</TargetGroupArn></member>\
             </Actions></member></Rules>",
            target_group("waker")
        ),
        "DescribeTargetHealth" => "<TargetHealthDescriptions/>".to_owned(),
        "DescribeTags" => "<TagDescriptions/>".to_owned(),
        "AddTags" => String::new(),
        "DescribeDBClusters" => {
            let cluster = "<DBCluster><DBClusterIdentifier>db</DBClusterIdentifier><Status>available</Status>\
                           <Engine>aurora-postgresql</Engine></DBCluster>";
            format!("<DBClusters>{cluster}</DBClusters>")
        }
        _ => panic!("{operation} is not emulated here"),
    }
}
