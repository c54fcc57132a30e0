mod visitors;

use std::time::Duration;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

const RULE: &str = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener-rule/app/alb/1/2/3";
const APP: &str = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1";
const WAKER: &str = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/waker/1";
const CLUSTER: &str = "arn:aws:rds:eu-west-1:111122223333:cluster:db";
const SECRET: &str = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-AbCdEf";

fn environment() -> Value {
    json!({
        "name": "staging",
        "hosts": ["staging.example.com"],
        "route": {"rule_arn": RULE, "app_target_group_arn": APP, "waker_target_group_arn": WAKER},
        "services": [
            {"cluster": "c", "service": "web", "count": 2, "target_group_arn": APP, "after": ["loki"]},
            {"cluster": "c", "service": "loki", "optional": true},
        ],
        "database": {"kind": "aurora", "identifier": "db", "probe": {"connect": {"host": "db.internal"}}},
        "hold_seconds": 20,
    })
}

/// For the tests of other modules: two services, `web` after the optional `loki`, and an Aurora cluster
/// with a connect probe.
pub(crate) fn example() -> Environment {
    config().environments[0].clone()
}

/// A configuration of [`example`] alone.
pub(crate) fn config() -> Config {
    load_json(&json!({"environments": [environment()]})).unwrap()
}

/// A configuration of [`example`] alone, with a change and this guard.
pub(crate) fn config_with(change: impl Fn(&mut Value), guard: Guard) -> Config {
    let mut environment = environment();
    change(&mut environment);
    let mut config = load_json(&json!({"environments": [environment]})).unwrap();
    config.environments[0].guard = guard;
    config
}

/// [`example`] and `other`, which answers for `other.example.com`.
pub(crate) fn config_of_two() -> Config {
    let mut other = environment();
    other["name"] = json!("other");
    other["hosts"] = json!(["other.example.com"]);
    other["route"]["rule_arn"] = json!(format!("{RULE}4"));
    load_json(&json!({"environments": [environment(), other]})).unwrap()
}

/// A configuration of [`example`] alone with this guard, and its text.
pub(crate) fn config_and_text(guard: &Value) -> (Config, String) {
    let config = json!({"environments": [with("/guard", guard.clone())]});
    (load_json(&config).unwrap(), config.to_string())
}

/// So many environments like [`example`], named `env-0` and so on.
pub(crate) fn config_of_many(count: usize) -> Config {
    let environments = (0..count).map(|index| {
        let mut environment = environment();
        environment["name"] = json!(format!("env-{index}"));
        environment["hosts"] = json!([format!("env-{index}.example.com")]);
        environment["route"]["rule_arn"] = json!(format!("{RULE}{index}"));
        environment
    });
    load_json(&json!({"environments": environments.collect::<Vec<_>>()})).unwrap()
}

fn load_json(config: &Value) -> Result<Config, ConfigError> {
    let text = config.to_string();
    load(|name| (name == "WAKER_CONFIG").then(|| text.clone()))
}

pub(crate) fn load(variable: impl Fn(&str) -> Option<String>) -> Result<Config, ConfigError> {
    Config::load(variable, crate::reply::check_template)
}

/// The environment with the value at `pointer` replaced.
fn with(pointer: &str, value: Value) -> Value {
    let mut environment = environment();
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    match environment.pointer_mut(parent).unwrap() {
        Value::Object(fields) => drop(fields.insert(name.to_owned(), value)),
        Value::Array(items) => items[name.parse::<usize>().unwrap()] = value,
        other => panic!("{other}"),
    }
    environment
}

/// A keep-awake window with one field replaced.
fn window(name: &str, value: Value) -> Value {
    let mut window = json!({"days": ["mon"], "from": "08:00", "to": "18:00", "time_zone": "Europe/Berlin"});
    window[name] = value;
    window
}

/// The problems of the example with the value at `pointer` replaced.
pub(crate) fn problems_with(pointer: &str, value: Value) -> Vec<String> {
    problems(&[with(pointer, value)])
}

fn problems(environments: &[Value]) -> Vec<String> {
    match load_json(&json!({"environments": environments})) {
        Err(ConfigError::Invalid(problems)) => problems.iter().map(Problem::to_string).collect(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_whole_configuration_is_read_with_its_defaults() {
    let config = load_json(&json!({"environments": [environment()]})).unwrap();
    let [environment] = config.environments() else { panic!() };
    assert_eq!(environment.name, "staging");
    assert_eq!(environment.hold, Hold { time: Duration::from_secs(20), rounds: 4 });
    let [web, loki] = environment.services.as_slice() else { panic!() };
    assert_eq!((web.count, web.after.as_slice(), web.optional), (2, [1].as_slice(), false));
    assert_eq!((loki.count, loki.target_group_arn.as_deref(), loki.optional), (1, None, true));
    let database = environment.database.as_ref().unwrap();
    assert_eq!(database.probe, Some(Probe::Connect { host: "db.internal".to_owned(), port: 5432 }));
    assert!(!database.stop_when_idle);
    let sleep = &environment.sleep;
    let seconds = [sleep.idle_after, sleep.min_awake, sleep.metrics_delay].map(|time| time.as_secs());
    assert_eq!(seconds, [1800, 300, 180]);
    assert_eq!((sleep.websockets, sleep.never, sleep.dry_run), (true, false, false));
    assert_eq!(sleep.schedule, []);
}

#[test]
fn a_schedule_is_read() {
    let night = window("to", json!("24:00"));
    let config = load_json(&json!({"environments": [with("/schedule", json!([night]))]})).unwrap();
    let [window] = config.environments()[0].sleep.schedule.as_slice() else { panic!() };
    // A Monday in summer, two hours ahead of UTC.
    assert!(window.is_open("2026-07-06T06:00:00Z".parse().unwrap()));
    assert!(!window.is_open("2026-07-06T22:00:00Z".parse().unwrap()));
}

#[test]
fn an_optional_field_may_be_null() {
    let mut environment = with("/database", Value::Null);
    environment["hosts"] = Value::Null;
    environment["hold_seconds"] = Value::Null;
    let config = load_json(&json!({"environments": [environment]})).unwrap();
    assert_eq!(config.environments()[0].database, None);
    assert_eq!(config.environments()[0].hold.time, Duration::from_secs(25));
}

/// One row per rule that a single environment can break.
#[test]
fn each_broken_rule_names_its_field() {
    for (pointer, value, problem) in [
        ("/name", json!(""), "name: must be 1 to 63 letters"),
        ("/name", json!("<b>"), "name: must be 1 to 63 letters"),
        ("/name", json!(7), "name: must be 1 to 63 letters"),
        ("/name", Value::Null, "name: is missing"),
        ("/colour", json!("red"), "colour: is unknown; the fields here are name, hosts, route"),
        ("/hosts", json!("a"), "hosts: must be a list"),
        ("/hosts/0", json!("a b"), "hosts[0]: must be a host name"),
        ("/route", json!([]), "route: must be an object"),
        ("/route", Value::Null, "route: is missing"),
        ("/route/rule_arn", json!(APP), "route.rule_arn: must be the ARN of a listener rule"),
        (
            "/route/waker_target_group_arn",
            json!("w"),
            "route.waker_target_group_arn: must be the ARN of a target group",
        ),
        (
            "/route/waker_target_group_arn",
            json!(APP),
            "route.waker_target_group_arn: must differ from app_target",
        ),
        (
            "/route/app_target_group_arn",
            json!(format!("{APP}x")),
            "must be the target_group_arn of a service",
        ),
        ("/services", json!([]), "services: must not be empty"),
        ("/services", Value::Null, "services: is missing"),
        ("/services/0", json!("web"), "services[0]: must be an object"),
        ("/services/0/cluster", json!("a b"), "services[0].cluster: must be a cluster's name or ARN"),
        ("/services/0/service", Value::Null, "services[0].service: is missing"),
        ("/services/0/count", json!(0), "services[0].count: must be a whole number from 1 to 5000"),
        ("/services/0/count", json!(5001), "services[0].count: must be a whole number from 1 to 5000"),
        ("/services/0/count", json!(1.5), "services[0].count: must be a whole number from 1 to 5000"),
        ("/services/0/count", json!(-1), "services[0].count: must be a whole number from 1 to 5000"),
        ("/services/0/optional", json!("yes"), "services[0].optional: must be true or false"),
        ("/services/0/optional", json!(true), "services: must hold a service that is not optional"),
        ("/services/0/after", json!(["nobody"]), "services[0].after: names nobody, which is not a service"),
        ("/services/0/after", json!(["web"]), "services[0].after: leads back to this service"),
        ("/services/1/after", json!(["web"]), "services[0].after: leads back to this service"),
        ("/services/0/after", json!(["loki", "loki"]), "services[0].after: must differ from"),
        ("/services/0/after", json!([1]), "services[0].after[0]: must be the name of a service"),
        (
            "/services/1/service",
            json!("web"),
            "services[1].service: must differ from environments[0].services[0].service",
        ),
        ("/database/kind", json!("mysql"), r#"database.kind: must be "aurora" or "instance""#),
        ("/database/identifier", json!("a.b"), "database.identifier: must be 1 to 63 letters"),
        ("/database/probe", json!({}), "database.probe: must hold either connect or data_api"),
        ("/database/probe/connect", json!({}), "database.probe.connect.host: is missing"),
        (
            "/database/probe/connect",
            json!({"host": "h", "port": 0}),
            "port: must be a whole number from 1 to 65535",
        ),
        ("/database/probe/connect", json!({"host": "*.h"}), "host: must be a host name or an IP address"),
        ("/database/stop_when_idle", json!(1), "database.stop_when_idle: must be true or false"),
        ("/idle_after_seconds", json!(299), "idle_after_seconds: must be a whole number from 300 to 86400"),
        ("/min_awake_seconds", json!(86401), "min_awake_seconds: must be a whole number from 0 to 86400"),
        ("/metrics_delay_seconds", json!(901), "metrics_delay_seconds: must be a whole number from 0 to 900"),
        ("/websockets", json!("no"), "websockets: must be true or false"),
        ("/never_sleep", json!(0), "never_sleep: must be true or false"),
        ("/dry_run", json!([]), "dry_run: must be true or false"),
        ("/schedule", json!({}), "schedule: must be a list"),
        ("/schedule", json!([{}]), "schedule[0].days: is missing"),
        ("/schedule", json!([window("days", json!([]))]), "schedule[0].days: must not be empty"),
        ("/schedule", json!([window("days", json!(["Monday"]))]), "schedule[0].days[0]: must be mon, tue"),
        ("/schedule", json!([window("days", json!(["mon", "mon"]))]), "schedule[0].days[1]: is named twice"),
        (
            "/schedule",
            json!([window("from", json!("8:00"))]),
            "schedule[0].from: must be a time such as 08:00",
        ),
        ("/schedule", json!([window("from", json!("24:00"))]), "schedule[0].from: must be a time such as"),
        ("/schedule", json!([window("to", json!("25:00"))]), "schedule[0].to: must be a time such as 18:00"),
        (
            "/schedule",
            json!([window("to", json!("08:00"))]),
            "schedule[0].to: must differ from the field from",
        ),
        ("/schedule", json!([window("time_zone", json!("CEST"))]), "schedule[0].time_zone: must be the name"),
        ("/hold_seconds", json!(841), "hold_seconds: must be a whole number from 0 to 840"),
        ("/hold_seconds", json!(56), "hold_seconds: must be at least 5 below idle_timeout_seconds"),
        ("/idle_timeout_seconds", json!(24), "hold_seconds: must be at least 5 below idle_timeout_seconds"),
        ("/idle_timeout_seconds", json!(4001), "idle_timeout_seconds: must be a whole number from 1 to 4000"),
        ("/hold_rounds", json!(0), "hold_rounds: must be a whole number from 1 to 10"),
        ("/hold_rounds", json!(11), "hold_rounds: must be a whole number from 1 to 10"),
    ] {
        is_named(pointer, value, problem);
    }
}

fn is_named(pointer: &str, value: Value, problem: &str) {
    let found = problems(&[with(pointer, value)]);
    assert!(found.iter().any(|found| found.contains(problem)), "{pointer} {problem}: {found:?}");
    assert!(found.iter().all(|found| found.starts_with("environments[0].")), "{found:?}");
}

#[test]
fn a_database_that_environments_share_is_not_stopped() {
    let shared = |stop: [bool; 2], identifier: &str| {
        let mut environments = [environment(), environment()];
        environments[1]["name"] = json!("other");
        environments[1]["hosts"] = json!(["other.example.com"]);
        environments[1]["route"]["rule_arn"] = json!(format!("{RULE}2"));
        environments[1]["database"]["identifier"] = json!(identifier);
        for (environment, stop) in environments.iter_mut().zip(stop) {
            environment["database"]["stop_when_idle"] = json!(stop);
        }
        environments
    };
    let same = environment()["database"]["identifier"].as_str().unwrap().to_owned();
    assert!(load_json(&json!({"environments": shared([false, false], &same)})).is_ok());
    assert!(load_json(&json!({"environments": shared([true, true], "another")})).is_ok());
    assert_eq!(
        problems(&shared([false, true], &same)),
        [
            "environments[1].database.stop_when_idle: must be false, because environments[0].database is the same \
          database"
        ]
    );
    assert_eq!(problems(&shared([true, true], &same)).len(), 2);
}

#[test]
fn the_data_api_is_for_aurora() {
    let probe = json!({"data_api": {"resource_arn": CLUSTER, "secret_arn": SECRET, "database": "app"}});
    let mut environment = with("/database/probe", probe);
    let config = load_json(&json!({"environments": [environment.clone()]})).unwrap();
    let probe = config.environments()[0].database.as_ref().unwrap().probe.as_ref();
    assert!(matches!(probe, Some(Probe::DataApi { database: Some(name), .. }) if name == "app"));
    environment["database"]["kind"] = json!("instance");
    assert_eq!(
        problems(&[environment]),
        ["environments[0].database.probe.data_api: is for Aurora only; use connect"]
    );
}

#[test]
fn environments_must_be_distinguishable() {
    let found = problems(&[environment(), environment()]);
    assert_eq!(
        found,
        [
            "environments[1].name: must differ from environments[0].name",
            "environments[1].route.rule_arn: must differ from environments[0].route.rule_arn",
            "environments[1].hosts[0]: must differ from environments[0].hosts[0]",
        ]
    );
    let found = problems(&[environment(), with("/hosts", json!([]))]);
    assert!(
        found.iter().any(|found| found.starts_with("environments[1].hosts: must name a host")),
        "{found:?}"
    );
}

#[test]
fn all_mistakes_are_reported_at_once() {
    let mut environment = with("/services/0/count", json!(0));
    environment["name"] = json!("");
    environment["services"][1]["cluster"] = json!(1);
    environment["extra"] = json!(true);
    assert_eq!(problems(&[environment]).len(), 4);
    assert_eq!(problems(&[]), ["environments: must not be empty"]);
    let error = load_json(&json!([])).unwrap_err().to_string();
    assert_eq!(error, "the configuration breaks 1 rule(s): configuration: must be an object");
}

#[test]
fn the_environment_is_found_by_host_then_wildcard_then_by_being_the_only_one() {
    let named = |name: &str, hosts: Value| {
        let mut environment = environment();
        environment["name"] = json!(name);
        environment["hosts"] = hosts;
        environment["route"]["rule_arn"] = json!(format!("{RULE}{name}"));
        environment
    };
    let config = load_json(&json!({"environments": [
        named("wide", json!(["*.example.com"])),
        named("narrow", json!(["*.b.example.com"])),
        named("exact", json!(["a.b.example.com"])),
    ]}))
    .unwrap();
    let found = |host: &str| config.environment_for(Some(host)).map(|environment| environment.name.as_str());
    assert_eq!(found("A.b.example.com:443"), Some("exact"));
    assert_eq!(found("c.b.example.com"), Some("narrow"));
    assert_eq!(found("c.example.com"), Some("wide"));
    assert_eq!(found("example.org"), None);
    assert_eq!(config.environment_for(None), None);

    let only = load_json(&json!({"environments": [environment()]})).unwrap();
    assert!(only.environment_for(Some("example.org")).is_some());
    assert!(only.environment_for(None).is_some());
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec(("[a-z_]{1,8}", inner), 0..4)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

proptest! {
    /// With any part replaced, the result is a configuration or a list of problems, each with a field.
    #[test]
    fn any_change_gives_a_configuration_or_problems(
        pointer in prop::sample::select(vec![
            "/name", "/hosts", "/hosts/0", "/route", "/route/rule_arn", "/services", "/services/0",
            "/services/0/count", "/services/0/after", "/database", "/database/probe", "/hold_seconds",
        ]),
        value in any_json(),
    ) {
        match load_json(&json!({"environments": [with(pointer, value)]})) {
            Ok(_) => {}
            Err(ConfigError::Invalid(problems)) => {
                prop_assert!(!problems.is_empty());
                prop_assert!(problems.iter().all(|problem| problem.field.starts_with("environments[0]")));
            }
            Err(other) => prop_assert!(false, "{other:?}"),
        }
    }
}
