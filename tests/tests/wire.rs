//! The AWS cloud on the real SDKs, against an endpoint with scripted answers: those that no
//! emulator gives, and how every error on the wire is classified.

mod answers;
mod databases;
mod probe;
mod rollout;
mod scaling;
mod status;
mod steps;
mod usage;

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_config::Region;
use aws_credential_types::credential_fn::provide_credentials_fn;
use aws_credential_types::provider::error::CredentialsError;
use reveille_tests::endpoint::Endpoint;
use reveille_tests::endpoint::answer::Answer;
use reveille_tests::in_process;
use serde_json::{Value, json};
use waker::aws::Aws;
use waker::config::{Config, Environment};
use waker::environment::cloud::Cloud as _;
use waker::environment::failure::StartFailure;
use waker::environment::fault::FaultKind;
use waker::environment::snapshot::{DatabaseStatus, Healthy, RouteTarget, Scope, Tasks};

const RULE: &str = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener-rule/app/alb/1/2/3";
const APP: &str = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/app/1";
const WAKER: &str = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/waker/1";

/// `web` behind the load balancer, and an optional `mail`.
fn environment(database: &Value) -> Environment {
    config(database).environments()[0].clone()
}

fn config(database: &Value) -> Config {
    let config = json!({"environments": [{
        "name": "wire",
        "route": {"rule_arn": RULE, "app_target_group_arn": APP, "waker_target_group_arn": WAKER},
        "services": [
            {"cluster": "c", "service": "web", "target_group_arn": APP},
            {"cluster": "c", "service": "mail", "optional": true},
        ],
        "database": database,
    }]});
    in_process::config(&config).unwrap()
}

fn aurora() -> Environment {
    environment(&json!({"kind": "aurora", "identifier": "db"}))
}

async fn aws(endpoint: &Endpoint) -> Aws {
    in_process::aws(&endpoint.url(), "eu-west-1").await
}

fn service(name: &str, desired: u32, running: u32) -> Value {
    let steady = format!("(service {name}) has reached a steady state.");
    json!({
        "serviceName": name, "status": "ACTIVE", "desiredCount": desired, "runningCount": running,
        "events": [{"id": "1", "createdAt": 1_700_000_000, "message": steady}],
    })
}

fn services(services: &[Value]) -> Answer {
    Answer::json(&json!({"services": services, "failures": []}))
}

fn rule(action: &str) -> Answer {
    let rule = format!("<member><RuleArn>{RULE}</RuleArn><Actions>{action}</Actions></member>");
    Answer::xml("DescribeRules", &format!("<Rules>{rule}</Rules>"))
}

fn forward(target_group_arn: &str) -> String {
    format!(
        "<member><Type>forward</Type><Order>2</Order><TargetGroupArn>{target_group_arn}</TargetGroupArn></member>"
    )
}

fn health(states: &[&str]) -> Answer {
    let target = |state| format!("<member><TargetHealth><State>{state}</State></TargetHealth></member>");
    let targets = states.iter().map(target).collect::<Vec<_>>().concat();
    let described = format!("<TargetHealthDescriptions>{targets}</TargetHealthDescriptions>");
    Answer::xml("DescribeTargetHealth", &described)
}

fn cluster(status: &str) -> Answer {
    let cluster = format!("<DBCluster><Status>{status}</Status></DBCluster>");
    Answer::xml("DescribeDBClusters", &format!("<DBClusters>{cluster}</DBClusters>"))
}

async fn awake() -> Endpoint {
    let endpoint = Endpoint::start().await.unwrap();
    endpoint.answer("DescribeServices", services(&[service("web", 1, 1), service("mail", 1, 1)]));
    endpoint.answer("DescribeRules", rule(&forward(APP)));
    endpoint.answer("DescribeTargetHealth", health(&["healthy", "draining", "unhealthy", "initial"]));
    endpoint.answer("DescribeDBClusters", cluster("available"));
    endpoint
}

#[tokio::test]
async fn a_complete_observation_reads_services_health_route_and_database() {
    let endpoint = awake().await;
    let partial = aws(&endpoint).await.observe(&aurora(), Scope::WHOLE).await.unwrap();
    let running = partial.running.unwrap();
    assert_eq!(running.services[0], Some(Tasks { desired: 1, running: 1, ..Tasks::default() }));
    assert_eq!(running.database.unwrap().status, DatabaseStatus::Available);
    assert_eq!(partial.healthy, Some(Healthy(vec![Some(1), None])));
    assert_eq!(partial.route, Some(RouteTarget::App));
}

#[tokio::test]
async fn an_observation_calls_no_more_than_its_scope() {
    let endpoint = awake().await;
    let partial = aws(&endpoint).await.observe(&aurora(), Scope::RUNNING).await.unwrap();
    assert!(partial.running.is_some() && partial.healthy.is_none() && partial.route.is_none());
    assert_eq!(endpoint.calls("DescribeRules"), []);
    assert_eq!(endpoint.calls("DescribeTargetHealth"), []);
}

#[tokio::test]
async fn a_missing_optional_service_is_absent_and_a_missing_required_one_is_an_error() {
    let endpoint = awake().await;
    let (cloud, environment) = (aws(&endpoint).await, aurora());
    endpoint.answer("DescribeServices", services(&[service("web", 1, 1)]));
    let partial = cloud.observe(&environment, Scope::RUNNING).await.unwrap();
    assert_eq!(partial.running.unwrap().services[1], None);

    let mut deleted = service("web", 0, 0);
    deleted["status"] = json!("INACTIVE");
    endpoint.answer("DescribeServices", services(&[deleted, service("mail", 1, 1)]));
    let error = cloud.observe(&environment, Scope::RUNNING).await.unwrap_err();
    assert_eq!((error.kind, error.call), (FaultKind::ServiceMissing, "DescribeServices"));
}

#[tokio::test]
async fn more_than_ten_services_take_more_than_one_call() {
    let endpoint = awake().await;
    let mut environment = aurora();
    let template = environment.services[1].clone();
    for index in 0..20 {
        let mut another = template.clone();
        another.name = format!("extra-{index}");
        environment.services.push(another);
    }
    aws(&endpoint).await.observe(&environment, Scope::RUNNING).await.unwrap();
    let calls = endpoint.calls("DescribeServices");
    let mut sizes: Vec<_> =
        calls.iter().map(|call| call.json()["services"].as_array().unwrap().len()).collect();
    sizes.sort_unstable();
    assert_eq!(sizes, [2, 10, 10]);
}

#[tokio::test]
async fn a_deployment_and_the_last_start_are_seen() {
    let endpoint = awake().await;
    let mut web = service("web", 1, 1);
    let at = 1_763_700_000;
    let deployment =
        |status: &str, rollout: &str| json!({"status": status, "rolloutState": rollout, "createdAt": at});
    web["events"] = json!([
        {"createdAt": at + 60, "message": "(service web) has reached a steady state."},
        {"createdAt": at + 30, "message": "(service web) has started 1 tasks: (task 1)."},
    ]);
    let time = |seconds| Some(UNIX_EPOCH + Duration::from_secs(seconds));
    for (deployments, deploying) in [
        (vec![deployment("PRIMARY", "COMPLETED")], false),
        (vec![deployment("PRIMARY", "IN_PROGRESS")], true),
        (vec![deployment("PRIMARY", "COMPLETED"), deployment("ACTIVE", "COMPLETED")], true),
    ] {
        web["deployments"] = deployments.into();
        endpoint.answer("DescribeServices", services(&[web.clone(), service("mail", 1, 1)]));
        let partial = aws(&endpoint).await.observe(&aurora(), Scope::RUNNING).await.unwrap();
        let tasks = partial.running.unwrap().services[0].unwrap();
        let expected = (deploying, time(at), time(at + 30));
        assert_eq!((tasks.deploying, tasks.deployed, tasks.started), expected);
    }
}

#[tokio::test]
async fn only_a_cluster_whose_capacity_goes_down_to_0_pauses_by_itself() {
    let endpoint = awake().await;
    for (capacity, pauses) in
        [("<MinCapacity>0.0</MinCapacity>", true), ("<MinCapacity>0.5</MinCapacity>", false)]
    {
        let Answer::Xml(status, body) = cluster("available") else { unreachable!() };
        let scaling = format!(
            "<ServerlessV2ScalingConfiguration>{capacity}</ServerlessV2ScalingConfiguration></DBCluster>"
        );
        endpoint.answer("DescribeDBClusters", Answer::Xml(status, body.replace("</DBCluster>", &scaling)));
        let partial = aws(&endpoint).await.observe(&aurora(), Scope::RUNNING).await.unwrap();
        assert_eq!(partial.running.unwrap().database.unwrap().pauses, pauses, "{capacity}");
    }
}

#[tokio::test]
async fn a_service_that_does_not_start_is_asked_for_its_stopped_tasks() {
    let endpoint = awake().await;
    endpoint.answer("DescribeServices", services(&[service("web", 1, 0), service("mail", 0, 0)]));
    endpoint.answer("ListTasks", Answer::json(&json!({"taskArns": ["arn:task/1"]})));
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let task = json!({
        "stoppedAt": now - 5, "stopCode": "TaskFailedToStart",
        "stoppedReason": "CannotPullContainerError: pull image manifest: not found",
    });
    endpoint.answer("DescribeTasks", Answer::json(&json!({"tasks": [task]})));
    let partial = aws(&endpoint).await.observe(&aurora(), Scope::RUNNING).await.unwrap();
    let failure = partial.running.unwrap().services[0].unwrap().failure;
    assert_eq!(failure, Some(StartFailure::ImageNotPulled));
    assert_eq!(endpoint.calls("ListTasks").len(), 1, "mail is not meant to run");
}

#[tokio::test]
async fn an_image_that_is_being_pulled_is_seen_where_that_is_asked_for() {
    let endpoint = awake().await;
    endpoint.answer("DescribeServices", services(&[service("web", 1, 0), service("mail", 0, 0)]));
    endpoint.answer("ListTasks", Answer::json(&json!({"taskArns": ["arn:task/1"]})));
    for (task, pulling) in [
        (json!({"lastStatus": "PROVISIONING"}), false),
        (json!({"lastStatus": "PENDING", "pullStartedAt": 1_700_000_000}), true),
        (
            json!({"lastStatus": "PENDING", "pullStartedAt": 1_700_000_000, "pullStoppedAt": 1_700_000_009}),
            false,
        ),
    ] {
        endpoint.answer("DescribeTasks", Answer::json(&json!({"tasks": [task]})));
        let partial =
            aws(&endpoint).await.observe(&aurora(), Scope::RUNNING | Scope::PROGRESS).await.unwrap();
        assert_eq!(partial.running.unwrap().services[0].unwrap().pulling, pulling, "{task}");
    }
    let before = endpoint.calls("ListTasks").len();
    aws(&endpoint).await.observe(&aurora(), Scope::RUNNING).await.unwrap();
    assert_eq!(endpoint.calls("ListTasks").len(), before + 1, "for what has stopped, and no more");
}

#[tokio::test]
async fn a_task_that_keeps_stopping_is_noticed_while_it_runs_and_a_steady_service_is_not_asked() {
    let endpoint = awake().await;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let with_event = |at: u64, message: &str| {
        let mut web = service("web", 1, 1);
        web["events"] = json!([{"id": "1", "createdAt": at, "message": message}]);
        services(&[web, service("mail", 0, 0)])
    };
    endpoint.answer("DescribeServices", with_event(now - 2, "(service web) has started 1 tasks: (task a)."));
    endpoint.answer("ListTasks", Answer::json(&json!({"taskArns": ["arn:task/1", "arn:task/2"]})));
    let exited = |ago: u64| {
        json!({
            "stoppedAt": now - ago, "stopCode": "EssentialContainerExited",
            "stoppedReason": "Essential container in task exited",
        })
    };
    endpoint.answer("DescribeTasks", Answer::json(&json!({"tasks": [exited(9), exited(4)]})));
    let cloud = aws(&endpoint).await;
    let failure = async || {
        let partial = cloud.observe(&aurora(), Scope::RUNNING).await.unwrap();
        partial.running.unwrap().services[0].unwrap().failure
    };
    assert_eq!(failure().await, Some(StartFailure::ContainerExits));

    endpoint.answer("DescribeServices", with_event(now - 1, "(service web) has reached a steady state."));
    assert_eq!(failure().await, None);
    assert_eq!(endpoint.calls("ListTasks").len(), 1);
}

#[tokio::test]
async fn a_route_is_read_from_either_form_of_a_forward() {
    let group = |arn: &str, weight: u32| {
        format!("<member><TargetGroupArn>{arn}</TargetGroupArn><Weight>{weight}</Weight></member>")
    };
    let weighted = |groups: &str| {
        format!(
            "<member><Type>forward</Type><ForwardConfig><TargetGroups>{groups}</TargetGroups></ForwardConfig></member>"
        )
    };
    let endpoint = awake().await;
    let (cloud, environment) = (aws(&endpoint).await, aurora());
    for (actions, target) in [
        (forward(APP), RouteTarget::App),
        (forward(WAKER), RouteTarget::Waker),
        (forward("arn:other"), RouteTarget::Elsewhere),
        (weighted(&group(APP, 0)), RouteTarget::App),
        (weighted(&[group(APP, 1), group(WAKER, 0)].concat()), RouteTarget::App),
        (weighted(&[group(APP, 99), group(WAKER, 1)].concat()), RouteTarget::Waker),
        ("<member><Type>redirect</Type></member>".to_owned(), RouteTarget::Elsewhere),
    ] {
        endpoint.answer("DescribeRules", rule(&actions));
        let partial = cloud.observe(&environment, Scope::ROUTE).await.unwrap();
        assert_eq!(partial.route, Some(target), "{actions}");
    }
}

/// Each error once on each call, in that call's protocol.
#[tokio::test]
async fn every_error_on_the_wire_is_understood() {
    let json = |code: &str| Answer::json_error(400, &format!("x#{code}"), "m");
    let xml = |code: &str| Answer::xml_error(code, "m");
    for (operation, answer, kind) in [
        ("DescribeServices", json("ThrottlingException"), FaultKind::Throttled),
        ("DescribeServices", json("AccessDeniedException"), FaultKind::Denied),
        ("DescribeServices", json("ClusterNotFoundException"), FaultKind::ClusterMissing),
        ("DescribeServices", json("ExpiredTokenException"), FaultKind::Credentials),
        ("DescribeServices", Answer::Json(500, "{}".to_owned()), FaultKind::Unavailable),
        ("DescribeServices", Answer::Xml(503, "<html>".to_owned()), FaultKind::Unavailable),
        ("DescribeServices", Answer::Json(200, "not json".to_owned()), FaultKind::Malformed),
        ("DescribeServices", Answer::Reset, FaultKind::Unreachable),
        ("DescribeRules", xml("Throttling"), FaultKind::Throttled),
        ("DescribeRules", xml("RuleNotFound"), FaultKind::RuleMissing),
        ("DescribeRules", xml("AccessDenied"), FaultKind::Denied),
        ("DescribeRules", Answer::Reset, FaultKind::Unreachable),
        ("DescribeTargetHealth", xml("TargetGroupNotFound"), FaultKind::TargetGroupMissing),
        ("DescribeTargetHealth", xml("Throttling"), FaultKind::Throttled),
        ("DescribeDBClusters", xml("DBClusterNotFoundFault"), FaultKind::DatabaseMissing),
        ("DescribeDBClusters", xml("AccessDenied"), FaultKind::Denied),
        ("DescribeDBClusters", Answer::Reset, FaultKind::Unreachable),
    ] {
        let endpoint = awake().await;
        endpoint.answer(operation, answer.clone());
        let error = aws(&endpoint).await.observe(&aurora(), Scope::WHOLE).await.unwrap_err();
        assert_eq!((error.call, error.kind), (operation, kind), "{answer:?}");
        assert!(std::error::Error::source(&error).is_some());
    }
}

#[tokio::test]
async fn without_credentials_nothing_is_sent_and_the_cause_is_named() {
    let endpoint = awake().await;
    let none = provide_credentials_fn(async || Err(CredentialsError::not_loaded("none")));
    let settings = Aws::settings().region(Region::from_static("eu-west-1")).credentials_provider(none);
    let cloud = Aws::new(&settings.endpoint_url(endpoint.url()).load().await);
    let error = cloud.observe(&aurora(), Scope::RUNNING).await.unwrap_err();
    assert_eq!(error.kind, FaultKind::Credentials, "{error:?}");
    assert_eq!(endpoint.calls("DescribeServices"), []);
}
