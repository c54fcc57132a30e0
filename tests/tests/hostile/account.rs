//! AWS on loopback for one sandbox. It counts calls that wake, with the states and faults that a
//! test sets.

use std::collections::BTreeMap;
use std::mem;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{SystemTime, UNIX_EPOCH};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use url::form_urlencoded;

use crate::hostile::environments::{ALL, BUDGET, BUDGET_WAKES, app_group, rule, service, waker_group};

/// The state of an environment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    Asleep,
    Waking,
    /// Its route still points to the waker.
    Healthy,
    Awake,
    /// Its route points to an app without tasks.
    Stranded,
}

/// The answer to every call instead of its own.
#[derive(Debug, Clone, Copy)]
pub enum Fault {
    Throttled,
    Denied,
    Broken,
    Garbage,
    Empty,
}

#[derive(Debug)]
struct Environment {
    desired: i64,
    running: bool,
    routed_to_app: bool,
    database_runs: bool,
    tags: BTreeMap<String, String>,
    /// Calls that started something since they were last taken.
    wakes: u32,
}

/// A clone shares the state.
#[derive(Debug, Clone)]
pub struct Account(Arc<Mutex<Inner>>);

#[derive(Debug)]
struct Inner {
    environments: BTreeMap<&'static str, Environment>,
    fault: Option<Fault>,
}

impl Account {
    /// All are asleep.
    pub fn new() -> Self {
        let environments = ALL.into_iter().map(|name| (name, Environment::asleep())).collect();
        Self(Arc::new(Mutex::new(Inner { environments, fault: None })))
    }

    /// Serves it, and returns its URL.
    pub async fn serve(&self) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().fallback(answer).with_state(self.clone());
        tokio::spawn(axum::serve(listener, router).into_future());
        url
    }

    /// Sets an environment's state, with `note` as the rule's state tag. Clears its history.
    pub fn set(&self, name: &str, shape: Shape, note: Option<String>) {
        let mut inner = self.lock();
        let environment = inner.environments.get_mut(name).unwrap();
        let starts = matches!(shape, Shape::Waking | Shape::Healthy | Shape::Awake);
        environment.desired = i64::from(starts);
        environment.running = matches!(shape, Shape::Healthy | Shape::Awake);
        environment.routed_to_app = matches!(shape, Shape::Awake | Shape::Stranded);
        environment.database_runs = starts;
        // An open entry in the wake history would mean that a wake is under way.
        environment.tags.clear();
        environment.tags.extend(note.map(|note| ("reveille:state".to_owned(), note)));
    }

    /// As many wakes within the last minutes as the budget allows, all of them over.
    pub fn spend_budget(&self) {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
        let wakes = (1..=BUDGET_WAKES).rev().map(|number| format!("{}+30", now - u64::from(number) * 60));
        let wakes = wakes.collect::<Vec<_>>().join(" ");
        let mut inner = self.lock();
        let tags = &mut inner.environments.get_mut(BUDGET).unwrap().tags;
        // Only the tag with the newest wake counts.
        tags.retain(|key, _| !key.starts_with("reveille:wakes"));
        tags.insert("reveille:wakes-0".to_owned(), wakes);
    }

    pub fn fail(&self, fault: Option<Fault>) {
        self.lock().fault = fault;
    }

    /// What was started since the last call of this, and how often.
    pub fn take_wakes(&self) -> Vec<(&'static str, u32)> {
        let mut inner = self.lock();
        let wakes = inner.environments.iter_mut().map(|(name, one)| (*name, mem::take(&mut one.wakes)));
        wakes.filter(|(_, wakes)| *wakes > 0).collect()
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap()
    }
}

impl Environment {
    fn asleep() -> Self {
        Self {
            desired: 0,
            running: false,
            routed_to_app: false,
            database_runs: false,
            tags: BTreeMap::new(),
            wakes: 0,
        }
    }

    fn service(&self, name: &str) -> Value {
        json!({
            "serviceName": service(name),
            "serviceArn": format!("arn:aws:ecs:eu-west-1:111122223333:service/c/{}", service(name)),
            "status": "ACTIVE",
            "desiredCount": self.desired,
            "runningCount": i64::from(self.running) * self.desired,
            "pendingCount": i64::from(!self.running) * self.desired,
            "deployments": [
                { "id": "ecs-svc/1", "status": "PRIMARY", "rolloutState": "COMPLETED", "createdAt": 1.7e9 },
            ],
            "events": [],
        })
    }
}

async fn answer(State(account): State<Account>, headers: HeaderMap, body: Bytes) -> Response {
    let mut inner = account.lock();
    if let Some(fault) = inner.fault {
        return fault.answer();
    }
    let target = headers.get("x-amz-target").and_then(|target| target.to_str().ok()?.split('.').nth(1));
    if let Some(operation) = target {
        let input = serde_json::from_slice(&body).unwrap();
        return match inner.json(operation, &input) {
            Some(answer) => {
                ([(CONTENT_TYPE, "application/x-amz-json-1.1")], answer.to_string()).into_response()
            }
            None => Fault::Denied.answer(),
        };
    }
    let form: BTreeMap<_, _> = form_urlencoded::parse(&body).into_owned().collect();
    let operation = form.get("Action").cloned().unwrap_or_default();
    let Some(result) = inner.form(&operation, &form) else { return Fault::Denied.answer() };
    let xml = format!(
        "<{operation}Response><{operation}Result>{result}</{operation}Result>\
         <ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></{operation}Response>"
    );
    ([(CONTENT_TYPE, "text/xml")], xml).into_response()
}

impl Inner {
    /// None for an unsupported operation.
    fn json(&mut self, operation: &str, input: &Value) -> Option<Value> {
        fn named(service: &Value) -> Option<&str> {
            service.as_str()?.strip_prefix("svc-")
        }
        match operation {
            "DescribeServices" => {
                let names = input["services"].as_array().into_iter().flatten().filter_map(named);
                let services: Vec<_> = names.map(|name| self.environments[name].service(name)).collect();
                Some(json!({ "services": services, "failures": [] }))
            }
            "UpdateService" => {
                let name = named(&input["service"])?;
                let environment = self.environments.get_mut(name)?;
                environment.desired = input["desiredCount"].as_i64()?;
                environment.wakes += u32::from(environment.desired > 0);
                environment.running &= environment.desired > 0;
                Some(json!({ "service": environment.service(name) }))
            }
            "ListTasks" => Some(json!({ "taskArns": [] })),
            _ => None,
        }
    }

    fn form(&mut self, operation: &str, form: &BTreeMap<String, String>) -> Option<String> {
        let of = |field: &str, arn: fn(&str) -> String| {
            let value = form.get(field)?;
            ALL.into_iter().find(|name| arn(name) == *value)
        };
        Some(match operation {
            "DescribeRules" => {
                let name = of("RuleArns.member.1", rule)?;
                let app = self.environments[name].routed_to_app;
                let group = if app { app_group(name) } else { waker_group() };
                format!(
                    "<Rules><member><RuleArn>{}</RuleArn><Priority>1</Priority><IsDefault>false</IsDefault>\
                     <Conditions/><Actions><member><Type>forward</Type><TargetGroupArn>{group}\
                     </TargetGroupArn></member></Actions></member></Rules>",
                    rule(name)
                )
            }
            "ModifyRule" => {
                let environment = self.environments.get_mut(of("RuleArn", rule)?)?;
                environment.routed_to_app = form.get("Actions.member.1.TargetGroupArn")? != &waker_group();
                String::new()
            }
            "DescribeTargetHealth" => {
                let healthy = self.environments[of("TargetGroupArn", app_group)?].running;
                let target = "<member><Target><Id>10.0.0.1</Id></Target><TargetHealth><State>healthy</State>\
                              </TargetHealth></member>";
                let targets = if healthy { target } else { "" };
                format!("<TargetHealthDescriptions>{targets}</TargetHealthDescriptions>")
            }
            "DescribeTags" => {
                let name = of("ResourceArns.member.1", rule)?;
                let tags = self.environments[name].tags.iter();
                let tags = tags
                    .map(|(key, value)| format!("<member><Key>{key}</Key><Value>{value}</Value></member>"));
                format!(
                    "<TagDescriptions><member><ResourceArn>{}</ResourceArn><Tags>{}</Tags></member>\
                     </TagDescriptions>",
                    rule(name),
                    tags.collect::<String>()
                )
            }
            "AddTags" => {
                let tags = &mut self.environments.get_mut(of("ResourceArns.member.1", rule)?)?.tags;
                tags.insert(form.get("Tags.member.1.Key")?.clone(), form.get("Tags.member.1.Value")?.clone());
                String::new()
            }
            "DescribeDBInstances" => {
                let name = form.get("DBInstanceIdentifier")?;
                let runs = self.environments.get(name.as_str())?.database_runs;
                let status = if runs { "available" } else { "stopped" };
                format!(
                    "<DBInstances><DBInstance><DBInstanceIdentifier>{name}</DBInstanceIdentifier>\
                     <DBInstanceStatus>{status}</DBInstanceStatus></DBInstance></DBInstances>"
                )
            }
            "StartDBInstance" => {
                let environment = self.environments.get_mut(form.get("DBInstanceIdentifier")?.as_str())?;
                environment.database_runs = true;
                environment.wakes += 1;
                String::new()
            }
            _ => return None,
        })
    }
}

impl Fault {
    /// In JSON, which clients of the form protocol cannot read either.
    fn answer(self) -> Response {
        let json = |status: StatusCode, code: &str| {
            let body = json!({ "__type": code, "message": "no" }).to_string();
            (status, [(CONTENT_TYPE, "application/x-amz-json-1.1")], body).into_response()
        };
        match self {
            Self::Throttled => json(StatusCode::BAD_REQUEST, "ThrottlingException"),
            Self::Denied => json(StatusCode::BAD_REQUEST, "AccessDeniedException"),
            Self::Broken => json(StatusCode::INTERNAL_SERVER_ERROR, "InternalFailure"),
            Self::Garbage => (StatusCode::OK, "\u{0}<<<{{{[[[").into_response(),
            Self::Empty => StatusCode::OK.into_response(),
        }
    }
}
