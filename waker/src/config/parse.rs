//! Parses the configuration, and checks the rules within one field or object.

use std::fmt::Display;

use serde_json::Value;

use super::{
    Config, Database, DatabaseKind, Environment, HostPattern, Probe, Problem, Route, Service, cors,
    draft::Draft,
    guard, hold,
    reader::{Object, Problems},
    rules, sleep, theme,
};

/// ECS's quota "Tasks per service".
const MAX_TASKS: u32 = 5_000;
const POSTGRES_PORT: u32 = 5432;

/// `check_page` returns what is wrong with an environment's own template.
pub(super) fn config<E: Display>(
    value: &Value,
    check_page: impl Fn(&Environment) -> Result<(), E>,
) -> Result<Config, Vec<Problem>> {
    let problems = Problems::default();
    let mut environments = Vec::new();
    if let Some(mut root) = Object::open(value, String::new(), &problems) {
        for (path, item) in root.filled_list("environments") {
            environments.extend(
                Object::open(item, path.clone(), &problems)
                    .map(|object| (path, environment(object, &check_page))),
            );
        }
        root.close();
    }
    rules::check(&environments, &problems);
    let environments = environments.into_iter().map(|(_, draft)| draft.resolve()).collect();
    problems.into_result(Config { environments })
}

fn environment<E: Display>(
    mut object: Object<'_>,
    check_page: impl Fn(&Environment) -> Result<(), E>,
) -> Draft {
    let name = object.text("name", "1 to 63 letters, digits, hyphens, dots or underscores", |text| {
        is_word(text, 63, "-._")
    });
    let hosts = hosts(&mut object);
    let route = object.object("route").map_or_else(no_route, route);
    let mut services = Vec::new();
    let mut after = Vec::new();
    for (path, item) in object.filled_list("services") {
        if let Some(service_object) = object.child(item, path) {
            let (service, names) = service(service_object);
            services.push(service);
            after.push(names);
        }
    }
    let database = object.optional_object("database").map(database);
    let (hold, idle_timeout) = hold::read(&mut object);
    let sleep = sleep::read(&mut object);
    let guard = object.optional_object("guard").map(guard::read).unwrap_or_default();
    let theme = object.optional_object("theme").map(theme::read).unwrap_or_default();
    let cors = object.optional_object("cors").map(cors::read).unwrap_or_default();
    let environment =
        Environment { name, hosts, route, services, database, hold, idle_timeout, sleep, guard, theme, cors };
    if let Err(rule) = check_page(&environment) {
        object.problem("theme.template_file", rule.to_string());
    }
    object.close();
    Draft { environment, after }
}

fn hosts(object: &mut Object<'_>) -> Vec<HostPattern> {
    let mut hosts = Vec::new();
    for (path, item) in object.list("hosts") {
        match item.as_str().and_then(HostPattern::parse) {
            Some(pattern) => hosts.push(pattern),
            None => object.problem_at(path, "must be a host name, or *. and a host name"),
        }
    }
    hosts
}

fn route(mut object: Object<'_>) -> Route {
    let rule_arn = object.text("rule_arn", "the ARN of a listener rule", |text| {
        is_arn(text, "elasticloadbalancing", "listener-rule/app/")
    });
    let target_group = |text: &str| is_target_group(text);
    let app_target_group_arn = object.text("app_target_group_arn", TARGET_GROUP, target_group);
    let waker_target_group_arn = object.text("waker_target_group_arn", TARGET_GROUP, target_group);
    if !app_target_group_arn.is_empty() && app_target_group_arn == waker_target_group_arn {
        object.problem("waker_target_group_arn", "must differ from app_target_group_arn");
    }
    object.close();
    Route { rule_arn, app_target_group_arn, waker_target_group_arn }
}

/// A placeholder for a wrong or missing route, which is already recorded as a problem.
fn no_route() -> Route {
    Route {
        rule_arn: String::new(),
        app_target_group_arn: String::new(),
        waker_target_group_arn: String::new(),
    }
}

fn service(mut object: Object<'_>) -> (Service, Vec<String>) {
    let cluster = object.text("cluster", "a cluster's name or ARN", |text| {
        is_word(text, 255, "-_") || is_arn(text, "ecs", "cluster/")
    });
    let name = object
        .text("service", "1 to 255 letters, digits, hyphens or underscores", |text| is_word(text, 255, "-_"));
    let count = object.number("count", 1, 1..=MAX_TASKS);
    let target_group_arn = object.optional_text("target_group_arn", TARGET_GROUP, is_target_group);
    let mut names = Vec::new();
    for (path, item) in object.list("after") {
        match item.as_str() {
            Some(other) => names.push(other.to_owned()),
            None => object.problem_at(path, "must be the name of a service"),
        }
    }
    let optional = object.flag("optional");
    object.close();
    (Service { cluster, name, count, target_group_arn, after: Vec::new(), optional }, names)
}

fn database(mut object: Object<'_>) -> Database {
    let kind = match object
        .text("kind", r#""aurora" or "instance""#, |text| matches!(text, "aurora" | "instance"))
        .as_str()
    {
        "instance" => DatabaseKind::Instance,
        _ => DatabaseKind::Aurora,
    };
    let identifier =
        object.text("identifier", "1 to 63 letters, digits or hyphens", |text| is_word(text, 63, "-"));
    let probe = object.optional_object("probe").and_then(|probe_object| probe(probe_object, kind));
    let stop_when_idle = object.flag("stop_when_idle");
    object.close();
    Database { kind, identifier, probe, stop_when_idle }
}

fn probe(mut object: Object<'_>, kind: DatabaseKind) -> Option<Probe> {
    let connect = object.optional_object("connect").map(connect);
    let data_api = object.optional_object("data_api").map(data_api);
    if data_api.is_some() && kind == DatabaseKind::Instance {
        object.problem("data_api", "is for Aurora only; use connect");
    }
    let probe = match (connect, data_api) {
        (Some(probe), None) | (None, Some(probe)) => Some(probe),
        (None, None) | (Some(_), Some(_)) => {
            object.whole_problem("must hold either connect or data_api");
            None
        }
    };
    object.close();
    probe
}

fn connect(mut object: Object<'_>) -> Probe {
    let host = object.text("host", "a host name or an IP address", |text| {
        text.parse::<std::net::IpAddr>().is_ok()
            || (!text.starts_with('*') && HostPattern::parse(text).is_some())
    });
    let port = object.number("port", POSTGRES_PORT, 1..=u32::from(u16::MAX));
    object.close();
    Probe::Connect { host, port: u16::try_from(port).unwrap_or_default() }
}

fn data_api(mut object: Object<'_>) -> Probe {
    let resource_arn =
        object.text("resource_arn", "the ARN of a cluster", |text| is_arn(text, "rds", "cluster:"));
    let secret_arn =
        object.text("secret_arn", "the ARN of a secret", |text| is_arn(text, "secretsmanager", "secret:"));
    let database =
        object.optional_text("database", "1 to 63 characters", |text| (1..=63).contains(&text.len()));
    object.close();
    Probe::DataApi { resource_arn, secret_arn, database }
}

const TARGET_GROUP: &str = "the ARN of a target group";

fn is_target_group(text: &str) -> bool {
    is_arn(text, "elasticloadbalancing", "targetgroup/")
}

/// `arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE`, where the resource begins with `resource` and is
/// longer.
fn is_arn(text: &str, service: &str, resource: &str) -> bool {
    let parts: Vec<_> = text.splitn(6, ':').collect();
    match parts.as_slice() {
        ["arn", partition, of, region, account, rest] => {
            partition.starts_with("aws")
                && *of == service
                && !region.is_empty()
                && account.len() == 12
                && account.bytes().all(|b| b.is_ascii_digit())
                && rest.strip_prefix(resource).is_some_and(|name| !name.is_empty())
                && !text.contains(char::is_whitespace)
        }
        _ => false,
    }
}

fn is_word(text: &str, longest: usize, punctuation: &str) -> bool {
    (1..=longest).contains(&text.len())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || punctuation.contains(c))
}
