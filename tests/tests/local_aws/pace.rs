//! At a pace, the local AWS takes time like AWS. Each test has its own pace, faster than AWS's.

use std::time::{Duration, Instant};

use aws_sdk_ecs::types::DesiredStatus;
use aws_sdk_elasticloadbalancingv2::types::Tag;
use reveille_tests::ministack::Settings;
use reveille_tests::pace::Pace;
use serde_json::{Value, json};
use tokio::time::timeout;

use crate::local_aws::*;

/// A distribution of a single time.
fn fixed(seconds: f64) -> Value {
    json!({ "min": seconds, "median": seconds, "max": seconds })
}

/// The quickest environment at a pace.
fn at(app: App, pace: &Value) -> Options {
    let mut options = options(app).at(Pace::of(pace).unwrap());
    options.settings.health_check_seconds = Some(0.1);
    options
}

async fn state(stack: &Stack) -> String {
    let health = health(stack, &stack.load_balancer.app).await;
    health.first().map(|(_, state, _)| state.clone()).unwrap_or_default()
}

/// The route's target group, as described.
async fn route(stack: &Stack) -> String {
    let described = stack.elb().describe_rules().rule_arns(&stack.load_balancer.route).send().await.unwrap();
    described.rules()[0].actions()[0].target_group_arn().unwrap().to_owned()
}

async fn desired_count(stack: &Stack) -> i32 {
    stack.service().await.unwrap().desired_count()
}

async fn tags(stack: &Stack) -> usize {
    let described = stack.elb().describe_tags().resource_arns(&stack.load_balancer.route);
    described.send().await.unwrap().tag_descriptions()[0].tags().len()
}

/// Reads until the new state is seen, and further: the old one does not return.
async fn until<T: PartialEq + std::fmt::Debug>(old: T, new: T, read: impl AsyncFn() -> T) {
    let mut last = None;
    let changed = async {
        loop {
            let seen = read().await;
            if seen == new {
                return;
            }
            assert_eq!(seen, old);
            last = Some(seen);
        }
    };
    let in_time = timeout(LIMIT, changed).await;
    assert!(in_time.is_ok(), "{last:?} is still read");
    for _ in 0..10 {
        assert_eq!(read().await, new);
    }
}

#[tokio::test]
async fn a_task_is_provisioned_its_image_is_pulled_and_its_container_starts() {
    let pace = json!({ "provision": fixed(0.5), "pull_50_mb": fixed(1.5), "container_start": fixed(0.7) });
    let stack = stack(&at(app(), &pace)).await;
    stack.set_desired_count(1).await.unwrap();
    let log = stack.log();
    let mut moments = vec![];
    for name in ["task_provisioning", "task_pending", "task_activating", "task_running"] {
        moments.push(log.wait_for(name, LIMIT).await.unwrap());
    }
    let times: Vec<_> = moments.windows(2).map(|pair| pair[1].after(&pair[0]).as_secs_f64()).collect();
    assert!(times[0] >= 0.5 && times[1] >= 1.5 && times[2] >= 0.7, "{times:?}");

    let listed = stack.ecs().list_tasks().cluster(NAME).desired_status(DesiredStatus::Running);
    let arns = listed.send().await.unwrap().task_arns;
    let described = stack.ecs().describe_tasks().cluster(NAME).set_tasks(arns).send().await.unwrap();
    let task = &described.tasks()[0];
    let [began, ended] = [task.pull_started_at(), task.pull_stopped_at()].map(|at| at.unwrap().as_secs_f64());
    assert!(ended - began >= 1.4, "{task:?}");
}

#[tokio::test]
async fn a_time_that_is_set_wins_over_the_pace() {
    let hour = fixed(3600.0);
    let pace = json!({ "provision": hour, "rule_propagation": hour, "metrics_delay": hour });
    let mut options = at(app(), &pace);
    options.settings.start_seconds = Some(0.0);
    options.settings.rule_propagation_seconds = Some(0.0);
    options.settings.metrics_delay_seconds = Some(0.0);
    let stack = stack(&options).await;
    stack.set_desired_count(1).await.unwrap();
    stack.log().wait_for("target_healthy", LIMIT).await.unwrap();
    route_to(&stack, &stack.load_balancer.app).await;
    assert_eq!(reqwest::get(stack.url()).await.unwrap().status(), 200);
    let (balancer, _) = cloudwatch::dimensions(&stack);
    let requests = cloudwatch::metric(cloudwatch::ELB, "RequestCount", &[("LoadBalancer", &balancer)]);
    assert!(cloudwatch::sum(&stack, requests).await > 0.0);
}

/// <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetHealth.html>
#[tokio::test]
async fn a_target_is_registered_before_it_is_checked() {
    let stack = stack(&at(app(), &json!({ "target_registration": fixed(2.0) }))).await;
    stack.set_desired_count(1).await.unwrap();
    let group = &stack.load_balancer.app;
    let (registered, next) = stack
        .log()
        .find(0, LIMIT, |event| event.name == "target_registered" && event.text("target_group") == group)
        .await
        .unwrap();
    assert_eq!(health(&stack, group).await[0].2, "Elb.RegistrationInProgress");
    let checking = |event: &reveille_tests::event_log::Event| {
        event.name == "target_initial" && event.text("reason") == "Elb.InitialHealthChecking"
    };
    let (checked, next) = stack.log().find(next, LIMIT, checking).await.unwrap();
    assert!(checked.after(&registered) >= Duration::from_secs(2));
    stack.log().find(next, LIMIT, |event| event.name == "target_healthy").await.unwrap();
}

#[tokio::test]
async fn while_a_rule_propagates_requests_are_routed_by_the_old_rule_and_by_the_new_one() {
    let stack = stack(&at(app(), &json!({ "rule_propagation": fixed(5.0) }))).await;
    let LoadBalancer { route, app, .. } = &stack.load_balancer;
    let visit = async || reqwest::get(stack.url()).await.unwrap().status().as_u16();
    stack.elb().modify_rule().rule_arn(route).actions(forward_to(app)).send().await.unwrap();
    let mut seen = vec![];
    // The old actions go to the function, the new ones to a group without targets.
    while !(seen.contains(&207) && seen.contains(&503)) {
        assert!(stack.log().named("rule_followed").is_empty(), "only {seen:?} while it propagated");
        seen.push(visit().await);
    }
    stack.log().wait_for("rule_followed", LIMIT).await.unwrap();
    for _ in 0..20 {
        assert_eq!(visit().await, 503);
    }
}

/// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html>
#[tokio::test]
async fn a_read_may_show_what_was_before_a_change_and_does_not_go_back_to_it() {
    let stack = stack(&at(app(), &json!({ "ecs_read_lag": fixed(5.0), "elb_read_lag": fixed(5.0) }))).await;
    let LoadBalancer { route: rule, app, waker, .. } = &stack.load_balancer;
    let changed = Instant::now();
    stack.elb().modify_rule().rule_arn(rule).actions(forward_to(app)).send().await.unwrap();
    let tag = Tag::builder().key("one").value("").build();
    stack.elb().add_tags().resource_arns(rule).tags(tag).send().await.unwrap();
    stack.set_desired_count(1).await.unwrap();
    assert_eq!((route(&stack).await, tags(&stack).await), (waker.clone(), 0));
    assert_eq!(desired_count(&stack).await, 0);
    // Only the description is late: visitors are routed by the change at once.
    assert_eq!(reqwest::get(stack.url()).await.unwrap().status(), 503);
    until(waker.clone(), app.clone(), async || route(&stack).await).await;
    until(0, 1, async || tags(&stack).await).await;
    until(0, 1, async || desired_count(&stack).await).await;
    assert!(changed.elapsed() >= Duration::from_secs(5));

    let healthy = stack.log().wait_for("target_healthy", LIMIT).await.unwrap();
    until(false, true, async || state(&stack).await == "healthy").await;
    stack.log().record("read", []);
    let read = stack.log().wait_for("read", LIMIT).await.unwrap();
    assert!(read.after(&healthy) >= Duration::from_secs(5));
}

#[tokio::test]
async fn calls_take_their_time_and_visitors_do_not_wait_for_that() {
    const LATENCY: Duration = Duration::from_secs(5);
    let mut stack = stack(&options(app())).await;
    let pace = Pace::of(&json!({ "api_latency": fixed(LATENCY.as_secs_f64()) })).unwrap();
    stack.ministack.change(&Settings { pace: Some(pace), ..Settings::default() }).await.unwrap();
    let (balancer, _) = cloudwatch::dimensions(&stack);
    let metric = cloudwatch::metric(cloudwatch::ELB, "RequestCount", &[("LoadBalancer", &balancer)]);
    let began = Instant::now();
    let ecs = async {
        stack.service().await.unwrap();
        began.elapsed()
    };
    let elb = async {
        route(&stack).await;
        began.elapsed()
    };
    let cloudwatch = async {
        cloudwatch::values(&stack, metric, "Sum").await;
        began.elapsed()
    };
    let rds = async {
        stack.rds().describe_db_clusters().send().await.unwrap();
        began.elapsed()
    };
    let visit = async {
        assert_eq!(reqwest::get(stack.url()).await.unwrap().status(), 207);
        began.elapsed()
    };
    let (ecs, elb, cloudwatch, rds, visit) = tokio::join!(ecs, elb, cloudwatch, rds, visit);
    let calls = [ecs, elb, cloudwatch, rds];
    assert!(calls.iter().all(|time| *time >= LATENCY), "{calls:?}");
    assert!(visit < LATENCY, "{visit:?}");
}

#[tokio::test]
async fn metrics_come_late() {
    let stack = stack(&at(app(), &json!({ "metrics_delay": fixed(4.0) }))).await;
    let (balancer, _) = cloudwatch::dimensions(&stack);
    let requests = cloudwatch::metric(cloudwatch::ELB, "RequestCount", &[("LoadBalancer", &balancer)]);
    let came = Instant::now();
    assert_eq!(reqwest::get(stack.url()).await.unwrap().status(), 207);
    let reported = async { while cloudwatch::values(&stack, requests.clone(), "Sum").await.is_empty() {} };
    timeout(LIMIT, reported).await.unwrap();
    assert!(came.elapsed() >= Duration::from_secs(4), "{:?}", came.elapsed());
}

/// <https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html#deregistration-delay>
#[tokio::test]
async fn a_target_without_requests_drains_for_the_whole_delay() {
    let stack = stack(&at(app(), &json!({ "deregistration_delay": fixed(3.0) }))).await;
    stack.set_desired_count(1).await.unwrap();
    stack.log().wait_for("target_healthy", LIMIT).await.unwrap();
    stack.set_desired_count(0).await.unwrap();
    let draining = stack.log().wait_for("target_draining", LIMIT).await.unwrap();
    assert_eq!(state(&stack).await, "draining");
    // Only then does the container get SIGTERM.
    let stopping = stack.log().wait_for("task_stopping", LIMIT).await.unwrap();
    assert!(stopping.after(&draining) >= Duration::from_secs(3));
}

/// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html>
#[tokio::test]
async fn a_container_without_a_stop_timeout_of_its_own_has_the_paces() {
    let mut app = shell("trap '' TERM; while :; do sleep 1; done");
    app.stop_timeout = 3600;
    let stack = stack(&at(app, &json!({ "stop_timeout": fixed(2.0) }))).await;
    stack.set_desired_count(1).await.unwrap();
    stack.log().wait_for("task_running", LIMIT).await.unwrap();
    stack.set_desired_count(0).await.unwrap();
    let stopping = stack.log().wait_for("task_stopping", LIMIT).await.unwrap();
    let exited = stack.log().wait_for("container_exited", LIMIT).await.unwrap();
    assert_eq!(exited.fields["exit_code"], 137);
    assert!(exited.after(&stopping) >= Duration::from_secs(2));
}

#[tokio::test]
async fn the_database_resumes_as_the_pace_says() {
    use reveille_tests::pace::PausedFor;
    let pace = Pace::of(&json!({ "resume_after_hour": fixed(0.0), "resume_after_day": fixed(2.0) })).unwrap();
    for (paused_for, least) in [(PausedFor::Hour, 0), (PausedFor::Day, 2)] {
        let stack = stack(&options(app()).at(pace.clone().paused_for(paused_for))).await;
        stack.set_desired_count(1).await.unwrap();
        let touched = stack.log().wait_for("database_touched", LIMIT).await.unwrap();
        let up = stack.log().wait_for("database_up", LIMIT).await.unwrap();
        assert!(up.after(&touched) >= Duration::from_secs(least), "{paused_for:?}");
        assert!(up.after(&touched) < Duration::from_secs(least + 2), "{paused_for:?}");
    }
}
