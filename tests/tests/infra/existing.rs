//! The example `existing`: the waker alone, in front of a load balancer, a cluster, a service and a
//! database that were created by hand, and that are in use at the same time.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use aws_sdk_elasticloadbalancingv2::types::RulePriorityPair;
use reqwest::StatusCode;
use reveille_tests::event_log::{Event, EventLog};
use reveille_tests::gate::Status;
use reveille_tests::stack::{DatabaseKind, NAME, Options, Stack, forward_to};
use serde_json::{Value, json};
use tokio::sync::oneshot;
use tokio::time::{Instant, sleep};

use crate::infra::LIMIT;
use crate::infra::control_plane::listings;
use crate::infra::policies::{Policy, denied_since, enforce};
use crate::infra::readme;
use crate::infra::terraform::{Terraform, available};

const HOST: &str = "staging.example.com";
const DOCUMENT: &str = "infra/README.md";
/// The user's own rule, as in the document.
const OLD_RULE: &str = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener-rule/app/main/0123456789abcdef/0123456789abcdef/0123456789abcdef";
/// That rule's priority before the waker is applied, and after it is destroyed.
const OLD_PRIORITY: i32 = 100;
const WAKER: Policy = Policy { role: "reveille-us-east-1", name: "waker" };
/// Without this statement, which call of which command, or right after it, is denied.
const MISSED: [(&str, &str, &str); 2] =
    [("Instances", "status", "rds:DescribeDBInstances"), ("StopInstances", "sleep", "rds:StopDBInstance")];
const POLL: Duration = Duration::from_millis(200);

/// A user's account: one task behind a rule that takes every host, and no function.
async fn user() -> Stack {
    let options = Options { database: DatabaseKind::Instance, ..Options::sample().unwrap() };
    let stack = Stack::create(&options, EventLog::default()).await.unwrap();
    let (rule, target_group) = (&stack.load_balancer.route, &stack.load_balancer.app);
    stack.elb().modify_rule().rule_arn(rule).actions(forward_to(target_group)).send().await.unwrap();
    stack.elb().delete_rule().rule_arn(&stack.load_balancer.own_paths).send().await.unwrap();
    stack.elb().delete_target_group().target_group_arn(&stack.load_balancer.waker).send().await.unwrap();
    stack.lambda().delete_function().function_name(NAME).send().await.unwrap();
    stack.set_desired_count(1).await.unwrap();
    visit(&stack).await.unwrap();
    stack
}

async fn variables(stack: &Stack) -> Value {
    let rds = stack.rds().describe_db_instances().send().await.unwrap();
    let service = stack.service().await.unwrap();
    json!({
        "region": "us-east-1",
        "environments": { "staging": {
            "listener_arn": stack.load_balancer.listener,
            "priority": 10,
            "hosts": [HOST],
            "cluster_arn": service.cluster_arn(),
            "services": [{ "name": NAME, "target_group_arn": stack.load_balancer.app }],
            "database_arn": rds.db_instances()[0].db_instance_arn(),
            "stop_database": true,
        } },
    })
}

/// The function's AWS endpoint, for which the example has no variable.
fn override_file(endpoint: &str) -> String {
    format!("module \"waker\" {{\n  environment_variables = {{ AWS_ENDPOINT_URL = \"{endpoint}\" }}\n}}\n")
}

#[tokio::test]
async fn resources_made_by_hand_sleep_wake_and_are_left_as_they_were() {
    if !available("resources_made_by_hand_sleep_wake_and_are_left_as_they_were") {
        return;
    }
    let mut stack = user().await;
    let endpoint = stack.ministack.endpoint().to_owned();
    let before = listings(&endpoint).await.unwrap();
    let variables = variables(&stack).await;
    let terraform =
        Terraform::checkout("existing", &endpoint, &variables, &override_file(&endpoint)).unwrap();

    // It is applied while the app is in use, without an interruption.
    let (stop, stopped) = oneshot::channel();
    let visitors = tokio::spawn(visits(stack.url(), stopped));
    // A function gets its role's credentials when it starts, at the first tick.
    enforce(&mut stack.ministack, true).await;
    let adopt = readme::section(DOCUMENT, "Adopting a running environment").unwrap();
    readme::run(&terraform, None, DOCUMENT, terraform.top(), adopt).await.unwrap();
    // The example's own README has the same commands, relative to its folder.
    readme::follow(&terraform, None).await.unwrap();
    assert_eq!(terraform.changes().await.unwrap(), None, "after the apply");
    stop.send(()).unwrap();
    let statuses = visitors.await.unwrap();
    assert!(statuses.len() > 10 && statuses.iter().all(|status| *status == StatusCode::OK), "{statuses:?}");
    let function = terraform.output("function_name").await.unwrap();
    assert_eq!(ask(&stack, &function, "status").await["state"], "awake");
    assert_eq!(stack.service().await.unwrap().desired_count(), 1);

    // The host's rules now belong to the waker; the user's own rule still takes every other host.
    assert_eq!(ask(&stack, &function, "sleep").await["state"], "asleep");
    stack
        .log()
        .find(0, LIMIT, |event| event.name == "database_status" && event.text("status") == "stopped")
        .await
        .unwrap();
    assert_eq!(stack.service().await.unwrap().desired_count(), 0);
    let other = reqwest::get(stack.url()).await.unwrap().status();
    assert_eq!(other, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(stack.service().await.unwrap().desired_count(), 0);
    assert_eq!(terraform.changes().await.unwrap(), None, "asleep");

    // A request wakes it.
    visit(&stack).await.unwrap();
    assert_eq!(stack.service().await.unwrap().desired_count(), 1);
    assert_eq!(stack.gate.status(), Status::Up);
    assert_eq!(ask(&stack, &function, "status").await["state"], "awake");
    assert_eq!(terraform.changes().await.unwrap(), None, "after the wake");

    assert_eq!(denied_since(&mut stack.ministack, 0).await, Vec::<String>::new());

    // Each statement about the instance is necessary.
    for (missing, command, denied) in MISSED {
        let whole = WAKER.read(&mut stack.ministack).await;
        let place = stack.log().end();
        WAKER.write(&mut stack.ministack, &whole.without(missing)).await;
        ask(&stack, &function, command).await;
        let missed = |event: &Event| event.name == "access_denied" && event.text("action") == denied;
        stack.log().find(place, LIMIT, missed).await.context(missing).unwrap();
        assert!(whole.allows(missing, denied), "{missing}");
        WAKER.write(&mut stack.ministack, &whole).await;
    }
    visit(&stack).await.unwrap();

    // The way back, from asleep: without the waker everything is as before, and in use.
    assert_eq!(ask(&stack, &function, "sleep").await["state"], "asleep");
    let ours = |command: String| command.replace(OLD_RULE, &stack.load_balancer.route);
    let back: Vec<_> = readme::section(DOCUMENT, "The way back").unwrap().into_iter().map(ours).collect();
    let (wake, rest) = back.split_at(back.iter().position(|command| command.contains("elbv2")).unwrap());
    let woken = readme::run(&terraform, None, DOCUMENT, terraform.top(), wake.to_vec()).await.unwrap();
    assert_eq!(woken.answer()["environments"][0]["state"], "awake", "{woken:?}");
    assert_eq!(stack.service().await.unwrap().desired_count(), 1);
    let (stop, stopped) = oneshot::channel();
    let visitors = tokio::spawn(visits(stack.url(), stopped));
    readme::run(&terraform, None, DOCUMENT, terraform.example(), rest.to_vec()).await.unwrap();
    stop.send(()).unwrap();
    let statuses = visitors.await.unwrap();
    assert!(statuses.len() > 10 && statuses.iter().all(|status| *status == StatusCode::OK), "{statuses:?}");
    assert_eq!(terraform.resources().await.unwrap(), "");
    let place =
        RulePriorityPair::builder().rule_arn(&stack.load_balancer.route).priority(OLD_PRIORITY).build();
    stack.elb().set_rule_priorities().rule_priorities(place).send().await.unwrap();
    enforce(&mut stack.ministack, false).await;
    let after = listings(&endpoint).await.unwrap();
    for (listing, before) in before {
        assert_eq!(after[listing], before, "{listing}");
    }
}

/// One of the function's answers about the environment.
async fn ask(stack: &Stack, function: &str, command: &str) -> Value {
    let mut payload = json!({ "reveille": command, "environment": "staging" });
    if command == "sleep" {
        payload["wait"] = json!(true);
    }
    let payload = aws_sdk_lambda::primitives::Blob::new(payload.to_string());
    let invoked = stack.lambda().invoke().function_name(function).payload(payload).send().await.unwrap();
    let answer = invoked.payload().map(AsRef::as_ref).unwrap_or_default();
    assert_eq!(invoked.function_error(), None, "{}", String::from_utf8_lossy(answer));
    let answer: Value = serde_json::from_slice(answer).unwrap();
    answer["environments"][0].clone()
}

/// Retries as told, until the app answers.
async fn visit(stack: &Stack) -> Result<()> {
    let deadline = Instant::now() + LIMIT;
    loop {
        let status = status(&stack.url()).await?;
        if status == StatusCode::OK {
            return Ok(());
        }
        ensure!(Instant::now() < deadline, "the last answer was {status}");
        sleep(POLL).await;
    }
}

/// The answers to visitors, one after the other, until they have to stop.
async fn visits(url: String, mut stopped: oneshot::Receiver<()>) -> Vec<StatusCode> {
    let mut seen = Vec::new();
    while stopped.try_recv().is_err() {
        seen.push(status(&url).await.unwrap());
        sleep(POLL).await;
    }
    seen
}

/// With the app's host; redirects are not followed automatically, because the host does not resolve
/// here.
async fn status(url: &str) -> Result<StatusCode> {
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build()?;
    let answer = client.get(url).header("host", HOST).send().await.context("the load balancer is gone")?;
    Ok(answer.status())
}
