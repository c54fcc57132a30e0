//! More listeners of the environment's load balancer: as it would be without Reveille, and with an
//! activator in the path.

use std::{net::SocketAddr, time::Duration};

use aws_sdk_elasticloadbalancingv2::{
    Client,
    types::{
        PathPatternConditionConfig, ProtocolEnum, RuleCondition, TargetDescription, TargetHealthStateEnum,
        TargetTypeEnum,
    },
};
use reveille_tests::{
    event_log::Event,
    stack::{NAME, Stack, forward_to},
};

const LIMIT: Duration = Duration::from_secs(30);

/// A listener with one rule, like the route, that forwards to this target group; returns its URL.
pub async fn forwarding(stack: &Stack, port: u16, target_group: &str) -> String {
    let elb = stack.elb();
    let described = elb.describe_load_balancers().names(NAME).send().await.unwrap();
    let created = elb
        .create_listener()
        .load_balancer_arn(described.load_balancers()[0].load_balancer_arn().unwrap())
        .protocol(ProtocolEnum::Http)
        .port(port.into())
        .default_actions(forward_to(target_group))
        .send()
        .await
        .unwrap();
    let listener = created.listeners()[0].listener_arn().unwrap();
    let everything = RuleCondition::builder()
        .field("path-pattern")
        .path_pattern_config(PathPatternConditionConfig::builder().values("/*").build());
    elb.create_rule()
        .listener_arn(listener)
        .priority(100)
        .conditions(everything.build())
        .actions(forward_to(target_group))
        .send()
        .await
        .unwrap();
    let opened = |event: &Event| event.name == "listener_open" && event.text("listener") == listener;
    let (open, _) = stack.log().find(0, LIMIT, opened).await.unwrap();
    format!("http://127.0.0.1:{}", open.fields["port"])
}

/// Where the app's one task listens.
pub async fn app(stack: &Stack) -> SocketAddr {
    let group = &stack.load_balancer.app;
    let described = stack.elb().describe_target_health().target_group_arn(group).send().await.unwrap();
    let targets = described.target_health_descriptions();
    let healthy = targets.iter().find(|target| {
        target.target_health().and_then(|health| health.state()) == Some(&TargetHealthStateEnum::Healthy)
    });
    let target = healthy.and_then(|healthy| healthy.target()).expect("the app is awake");
    let port = target.port().unwrap().try_into().unwrap();
    SocketAddr::new(target.id().unwrap().parse().unwrap(), port)
}

/// A target group with one target, a port on loopback.
pub async fn target_group(elb: &Client, port: u16) -> String {
    let created = elb
        .create_target_group()
        .name("activator")
        .target_type(TargetTypeEnum::Ip)
        .protocol(ProtocolEnum::Http)
        .port(port.into())
        .vpc_id("vpc-00000001")
        .health_check_path("/health")
        .send()
        .await
        .unwrap();
    let arn = created.target_groups()[0].target_group_arn().unwrap().to_owned();
    let target = TargetDescription::builder().id("127.0.0.1").port(port.into()).build();
    elb.register_targets().target_group_arn(&arn).targets(target).send().await.unwrap();
    arn
}

/// Waits until the load balancer calls one of its targets healthy.
pub async fn healthy(stack: &Stack, target_group: &str) {
    let healthy =
        |event: &Event| event.name == "target_healthy" && event.text("target_group") == target_group;
    stack.log().find(0, LIMIT, healthy).await.unwrap();
}
