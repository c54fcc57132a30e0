//! An account with the resources that a waker's configuration names. It answers at once, and
//! remembers what it was told to change; a test says when a task runs.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::response::Response;
use serde_json::{Value, json};

use super::answer::Answer;
use super::request::Request;
use super::server::{Respond, serve};

/// A clone shares the state.
#[derive(Debug, Clone)]
pub struct Account(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    environments: BTreeMap<String, Environment>,
    fault: Option<Answer>,
    calls: BTreeMap<String, u32>,
    refused: BTreeSet<String>,
}

#[derive(Debug)]
pub struct Environment {
    /// The desired count of each service.
    desired: BTreeMap<String, i64>,
    /// Whether their tasks run, and are healthy.
    pub running: bool,
    pub routed_to_app: bool,
    pub database_runs: bool,
    /// Of its rule.
    pub tags: BTreeMap<String, String>,
    /// Calls that started something.
    pub starts: u32,
    rule: String,
    app_group: String,
    waker_group: String,
    /// Those of all services.
    groups: BTreeSet<String>,
    database: Option<String>,
}

impl Account {
    /// Everything is asleep; an Aurora is available, as it pauses by itself.
    pub fn of(config: &Value) -> Self {
        let environments = config["environments"].as_array().into_iter().flatten();
        let environments = environments.map(|one| (text(&one["name"]), Environment::of(one))).collect();
        let state = State { environments, fault: None, calls: BTreeMap::new(), refused: BTreeSet::new() };
        Self(Arc::new(Mutex::new(state)))
    }

    pub async fn serve(&self) -> io::Result<SocketAddr> {
        serve(Arc::new(self.clone())).await
    }

    /// Changes an environment of the configuration; none of another name.
    pub fn change(&self, name: &str, change: impl FnOnce(&mut Environment)) {
        self.lock().environments.get_mut(name).map(change);
    }

    /// From now on this answers every call instead of its own answer.
    pub fn fail(&self, fault: Option<Answer>) {
        self.lock().fault = fault;
    }

    /// How often each operation was called.
    pub fn calls(&self) -> BTreeMap<String, u32> {
        self.lock().calls.clone()
    }

    /// Operations that were called and are not known here.
    pub fn refused(&self) -> BTreeSet<String> {
        self.lock().refused.clone()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Respond for Account {
    async fn respond(&self, request: Request) -> io::Result<Response> {
        let answer = self.lock().answer(&request);
        answer.send().await
    }
}

impl Environment {
    fn of(config: &Value) -> Self {
        let route = &config["route"];
        let services = || config["services"].as_array().into_iter().flatten();
        Self {
            desired: services().map(|service| (text(&service["service"]), 0)).collect(),
            running: false,
            routed_to_app: false,
            database_runs: config["database"]["kind"] == "aurora",
            tags: BTreeMap::new(),
            starts: 0,
            rule: text(&route["rule_arn"]),
            app_group: text(&route["app_target_group_arn"]),
            waker_group: text(&route["waker_target_group_arn"]),
            groups: services().map(|service| text(&service["target_group_arn"])).collect(),
            database: config["database"]["identifier"].as_str().map(str::to_owned),
        }
    }

    /// Sets the desired count of all services.
    pub fn set_desired(&mut self, count: i64) {
        self.desired.values_mut().for_each(|desired| *desired = count);
    }

    fn service(&self, name: &str) -> Option<Value> {
        let desired = self.desired.get(name)?;
        Some(json!({
            "serviceName": name,
            "serviceArn": format!("arn:aws:ecs:eu-west-1:111122223333:service/c/{name}"),
            "status": "ACTIVE",
            "desiredCount": desired,
            "runningCount": i64::from(self.running) * desired,
            "pendingCount": i64::from(!self.running) * desired,
            "deployments": [
                { "id": "ecs-svc/1", "status": "PRIMARY", "rolloutState": "COMPLETED", "createdAt": 1.7e9 },
            ],
            "events": [],
        }))
    }
}

impl State {
    fn answer(&mut self, request: &Request) -> Answer {
        let operation = request.operation();
        *self.calls.entry(operation.clone()).or_default() += 1;
        if let Some(fault) = &self.fault {
            return fault.clone();
        }
        let known = if request.header("x-amz-target").is_empty() {
            self.query(&operation, &request.form()).map(|result| Answer::xml(&operation, &result))
        } else {
            self.json(&operation, &request.json()).map(|body| Answer::json(&body))
        };
        known.unwrap_or_else(|| {
            self.refused.insert(operation);
            Answer::json_error(400, "AccessDeniedException", "no")
        })
    }

    /// None for what is unknown.
    fn json(&mut self, operation: &str, input: &Value) -> Option<Value> {
        match operation {
            "DescribeServices" => {
                let names = input["services"].as_array()?.iter().filter_map(Value::as_str);
                let find = |name| self.environments.values().find_map(|one| one.service(name));
                Some(json!({ "services": names.filter_map(find).collect::<Vec<_>>(), "failures": [] }))
            }
            "UpdateService" => {
                let (name, desired) = (input["service"].as_str()?, input["desiredCount"].as_i64()?);
                let environment = self.find(|one| one.desired.contains_key(name))?;
                environment.desired.insert(name.to_owned(), desired);
                environment.starts += u32::from(desired > 0);
                environment.running &= desired > 0;
                Some(json!({ "service": environment.service(name) }))
            }
            "ListTasks" => Some(json!({ "taskArns": [] })),
            _ => None,
        }
    }

    /// The result in XML; None for what is unknown.
    fn query(&mut self, operation: &str, form: &BTreeMap<String, String>) -> Option<String> {
        Some(match operation {
            "DescribeRules" => self.find(|one| form.get("RuleArns.member.1") == Some(&one.rule))?.rule(),
            "ModifyRule" => {
                let environment = self.find(|one| form.get("RuleArn") == Some(&one.rule))?;
                let group = form.get("Actions.member.1.TargetGroupArn")?;
                environment.routed_to_app = *group != environment.waker_group;
                String::new()
            }
            "DescribeTargetHealth" => {
                let group = form.get("TargetGroupArn")?;
                let healthy = self.find(|one| one.groups.contains(group))?.running;
                let target = "<member><Target><Id>10.0.0.1</Id></Target><TargetHealth><State>healthy</State>\
                              </TargetHealth></member>";
                let targets = if healthy { target } else { "" };
                format!("<TargetHealthDescriptions>{targets}</TargetHealthDescriptions>")
            }
            "DescribeTags" => self.find(|one| form.get("ResourceArns.member.1") == Some(&one.rule))?.tags(),
            "AddTags" => {
                let environment = self.find(|one| form.get("ResourceArns.member.1") == Some(&one.rule))?;
                let (key, value) = (form.get("Tags.member.1.Key")?, form.get("Tags.member.1.Value")?);
                environment.tags.insert(key.clone(), value.clone());
                String::new()
            }
            "DescribeDBClusters" => {
                let (name, status) = self.database(form.get("DBClusterIdentifier")?)?;
                format!(
                    "<DBClusters><DBCluster><DBClusterIdentifier>{name}</DBClusterIdentifier>\
                     <Status>{status}</Status><Engine>aurora-postgresql</Engine></DBCluster></DBClusters>"
                )
            }
            "DescribeDBInstances" => {
                let (name, status) = self.database(form.get("DBInstanceIdentifier")?)?;
                format!(
                    "<DBInstances><DBInstance><DBInstanceIdentifier>{name}</DBInstanceIdentifier>\
                     <DBInstanceStatus>{status}</DBInstanceStatus></DBInstance></DBInstances>"
                )
            }
            "StartDBInstance" => {
                let name = form.get("DBInstanceIdentifier")?;
                let environment = self.find(|one| one.database.as_ref() == Some(name))?;
                environment.database_runs = true;
                environment.starts += 1;
                String::new()
            }
            _ => return None,
        })
    }

    fn find(&mut self, is_it: impl Fn(&Environment) -> bool) -> Option<&mut Environment> {
        self.environments.values_mut().find(|one| is_it(one))
    }

    /// Its name and status.
    fn database<'a>(&mut self, name: &'a String) -> Option<(&'a str, &'static str)> {
        let runs = self.find(|one| one.database.as_ref() == Some(name))?.database_runs;
        Some((name, if runs { "available" } else { "stopped" }))
    }
}

impl Environment {
    fn rule(&self) -> String {
        let group = if self.routed_to_app { &self.app_group } else { &self.waker_group };
        format!(
            "<Rules><member><RuleArn>{}</RuleArn><Priority>1</Priority><IsDefault>false</IsDefault>\
             <Conditions/><Actions><member><Type>forward</Type><TargetGroupArn>{group}</TargetGroupArn>\
             </member></Actions></member></Rules>",
            self.rule
        )
    }

    fn tags(&self) -> String {
        let tag = |(key, value)| format!("<member><Key>{key}</Key><Value>{value}</Value></member>");
        let tags = self.tags.iter().map(tag).collect::<Vec<_>>().concat();
        format!(
            "<TagDescriptions><member><ResourceArn>{}</ResourceArn><Tags>{tags}</Tags></member></TagDescriptions>",
            self.rule
        )
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
