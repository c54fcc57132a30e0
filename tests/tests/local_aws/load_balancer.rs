//! The load balancer's control plane refuses what AWS refuses, and its data plane follows the
//! rules.

use aws_sdk_elasticloadbalancingv2::error::ProvideErrorMetadata;
use aws_sdk_elasticloadbalancingv2::types::{
    Action, ActionTypeEnum, ForwardActionConfig, Matcher, ProtocolEnum, QueryStringConditionConfig,
    QueryStringKeyValuePair, RuleCondition, TargetDescription, TargetGroupTuple, TargetTypeEnum,
};
use reveille_tests::event_log::Event;
use reveille_tests::raw_http;

use crate::local_aws::*;

fn weighted(groups: &[(&str, i32)]) -> Action {
    let tuples = groups
        .iter()
        .map(|(group, weight)| TargetGroupTuple::builder().target_group_arn(*group).weight(*weight).build());
    let config = ForwardActionConfig::builder().set_target_groups(Some(tuples.collect())).build();
    Action::builder().r#type(ActionTypeEnum::Forward).forward_config(config).build()
}

fn query(key: &str, value: &str) -> RuleCondition {
    let pair = QueryStringKeyValuePair::builder().key(key).value(value).build();
    RuleCondition::builder()
        .field("query-string")
        .query_string_config(QueryStringConditionConfig::builder().values(pair).build())
        .build()
}

#[tokio::test]
async fn weighted_target_groups_are_kept_and_obeyed() {
    let stack = stack(&options(app())).await;
    let LoadBalancer { route, app, waker, .. } = &stack.load_balancer;
    let actions = weighted(&[(app, 0), (waker, 1)]);
    stack.elb().modify_rule().rule_arn(route).actions(actions).send().await.unwrap();
    let described = stack.elb().describe_rules().rule_arns(route).send().await.unwrap();
    let action = &described.rules()[0].actions()[0];
    assert_eq!(action.target_group_arn(), None);
    let groups: Vec<_> = action.forward_config().unwrap().target_groups().to_vec();
    let groups: Vec<_> =
        groups.iter().map(|group| (group.target_group_arn().unwrap(), group.weight())).collect();
    assert_eq!(groups, [(app.as_str(), Some(0)), (waker.as_str(), Some(1))]);
    // The app's group has no target: a single request there would get a 503.
    for _ in 0..20 {
        assert_eq!(reqwest::get(stack.url()).await.unwrap().status(), 207);
    }

    // A single target group is described in both forms.
    stack.elb().modify_rule().rule_arn(route).actions(forward_to(waker)).send().await.unwrap();
    let described = stack.elb().describe_rules().rule_arns(route).send().await.unwrap();
    let action = &described.rules()[0].actions()[0];
    assert_eq!(action.target_group_arn(), Some(waker.as_str()));
    assert_eq!(action.forward_config().unwrap().target_groups().len(), 1);
}

#[tokio::test]
async fn a_target_group_of_functions_has_no_protocol_and_no_port() {
    let stack = stack(&options(app())).await;
    let LoadBalancer { app, waker, .. } = &stack.load_balancer;
    let described = stack.elb().describe_target_groups().target_group_arns(waker).send().await.unwrap();
    let [group] = described.target_groups() else { panic!("{described:?}") };
    assert_eq!(group.target_type(), Some(&TargetTypeEnum::Lambda));
    assert_eq!((group.protocol(), group.port(), group.vpc_id()), (None, None, None));
    assert_eq!((group.health_check_protocol(), group.health_check_port()), (None, None));
    let described = stack.elb().describe_target_groups().target_group_arns(app).send().await.unwrap();
    let [group] = described.target_groups() else { panic!("{described:?}") };
    assert_eq!((group.protocol(), group.port()), (Some(&ProtocolEnum::Http), Some(8080)));
}

#[tokio::test]
async fn what_does_not_exist_or_is_taken_is_refused() {
    let stack = stack(&options(app())).await;
    let LoadBalancer { route, listener, waker, app, .. } = &stack.load_balancer;
    let missing = format!("{app}0");
    let modify = stack.elb().modify_rule().rule_arn(route).actions(forward_to(&missing)).send();
    assert_eq!(modify.await.unwrap_err().code(), Some("TargetGroupNotFound"));
    let health = stack.elb().describe_target_health().target_group_arn(&missing).send();
    assert_eq!(health.await.unwrap_err().code(), Some("TargetGroupNotFound"));
    let describe = stack.elb().describe_rules().rule_arns(format!("{route}0")).send();
    assert_eq!(describe.await.unwrap_err().code(), Some("RuleNotFound"));
    let modify = stack.elb().modify_rule().rule_arn(format!("{route}0")).actions(forward_to(app)).send();
    assert_eq!(modify.await.unwrap_err().code(), Some("RuleNotFound"));
    let create = stack.elb().create_rule().listener_arn(listener).priority(100).conditions(query("a", "b"));
    let create = create.actions(forward_to(waker)).send();
    assert_eq!(create.await.unwrap_err().code(), Some("PriorityInUse"));
}

#[tokio::test]
async fn a_function_that_does_not_let_itself_be_invoked_is_no_target() {
    let stack = stack(&options(app())).await;
    let other = stack.elb().create_target_group().name("other").target_type(TargetTypeEnum::Lambda);
    let other = other.send().await.unwrap();
    let other = other.target_groups()[0].target_group_arn().unwrap();
    let described = stack
        .elb()
        .describe_target_health()
        .target_group_arn(&stack.load_balancer.waker)
        .send()
        .await
        .unwrap();
    let function = described.target_health_descriptions()[0].target().unwrap().id().unwrap().to_owned();
    let target = TargetDescription::builder().id(&function).build();
    // The permission names the waker's target group, not this one.
    let register = stack.elb().register_targets().target_group_arn(other).targets(target).send();
    assert_eq!(register.await.unwrap_err().code(), Some("AccessDenied"));
}

#[tokio::test]
async fn a_rule_is_described_at_once_and_followed_later() {
    let mut options = options(app());
    options.settings.rule_propagation_seconds = Some(3.0);
    let stack = stack(&options).await;
    let LoadBalancer { route, app, .. } = &stack.load_balancer;
    stack.elb().modify_rule().rule_arn(route).actions(forward_to(app)).send().await.unwrap();
    let described = stack.elb().describe_rules().rule_arns(route).send().await.unwrap();
    assert_eq!(described.rules()[0].actions()[0].target_group_arn(), Some(app.as_str()));
    assert_eq!(reqwest::get(stack.url()).await.unwrap().status(), 207);
    stack.log().wait_for("rule_followed", LIMIT).await.unwrap();
    assert_eq!(reqwest::get(stack.url()).await.unwrap().status(), 503);
}

#[tokio::test]
async fn conditions_compare_what_the_visitor_sent() {
    let stack = stack(&options(app())).await;
    let LoadBalancer { listener, app, .. } = &stack.load_balancer;
    let create = stack.elb().create_rule().listener_arn(listener).priority(1);
    create.conditions(query("to", "ap?")).actions(forward_to(app)).send().await.unwrap();
    let status =
        async |target: &str| raw_http::get(stack.load_balancer.port, target, &[]).await.unwrap().status;
    assert_eq!(status("/?from=app&to=ap%70").await, 503);
    assert_eq!(status("/?to=application").await, 207);
    assert_eq!(status("/?from=app").await, 207);
    let described = stack.elb().describe_rules().listener_arn(listener).send().await.unwrap();
    let rule = described.rules().iter().find(|rule| rule.priority() == Some("1")).unwrap();
    let pair = &rule.conditions()[0].query_string_config().unwrap().values()[0];
    assert_eq!((pair.key(), pair.value()), (Some("to"), Some("ap?")));
}

#[tokio::test]
async fn a_target_group_that_nothing_forwards_to_is_not_checked() {
    let stack = stack(&options(app())).await;
    let LoadBalancer { listener, app, .. } = &stack.load_balancer;
    let described = stack.elb().describe_rules().listener_arn(listener).send().await.unwrap();
    let anchor = described.rules().iter().find(|rule| rule.priority() == Some("200")).unwrap();
    let conditions = anchor.conditions().to_vec();
    stack.elb().delete_rule().rule_arn(anchor.rule_arn().unwrap()).send().await.unwrap();
    stack.set_desired_count(1).await.unwrap();
    stack
        .log()
        .find(0, LIMIT, |event| event.name == "target_registered" && event.text("target_group") == app)
        .await
        .unwrap();
    let described = health(&stack, app).await;
    assert_eq!((described[0].1.as_str(), described[0].2.as_str()), ("unused", "Target.NotInUse"));
    assert!(stack.log().named("target_healthy").is_empty());

    let create = stack.elb().create_rule().listener_arn(listener).priority(200);
    create.set_conditions(Some(conditions)).actions(forward_to(app)).send().await.unwrap();
    stack.log().wait_for("target_healthy", LIMIT).await.unwrap();
}

#[tokio::test]
async fn only_healthy_targets_are_visited() {
    let stack = stack(&options(app())).await;
    let group = &stack.load_balancer.app;
    // Nothing listens on the discard service's port.
    let target = TargetDescription::builder().id("127.0.0.1").port(9).build();
    stack.elb().register_targets().target_group_arn(group).targets(target).send().await.unwrap();
    stack.log().wait_for("target_unhealthy", LIMIT).await.unwrap();
    route_to(&stack, group).await;
    // It is the only target, so it gets requests nevertheless.
    assert_eq!(reqwest::get(stack.url()).await.unwrap().status(), 502);
    stack.set_desired_count(1).await.unwrap();
    stack.log().wait_for("target_healthy", LIMIT).await.unwrap();
    for _ in 0..20 {
        assert_eq!(reqwest::get(stack.url()).await.unwrap().status(), 200);
    }
}

#[tokio::test]
async fn without_a_healthy_target_the_load_balancer_fails_open() {
    const MISMATCH: &str = "Target.ResponseCodeMismatch";
    let stack = stack(&options(app())).await;
    let group = &stack.load_balancer.app;
    let matcher = Matcher::builder().http_code("404").build();
    stack.elb().modify_target_group().target_group_arn(group).matcher(matcher).send().await.unwrap();
    route_to(&stack, group).await;
    assert_eq!(reqwest::get(stack.url()).await.unwrap().status(), 503);
    stack.set_desired_count(1).await.unwrap();
    // Before that, while the app starts, the port is closed.
    let mismatch = |event: &Event| event.name == "target_unhealthy" && event.text("reason") == MISMATCH;
    stack.log().find(0, LIMIT, mismatch).await.unwrap();
    let described = health(&stack, group).await;
    assert_eq!((described[0].1.as_str(), described[0].2.as_str()), ("unhealthy", MISMATCH));
    assert_eq!(reqwest::get(format!("{}/health", stack.url())).await.unwrap().status(), 200);
}
