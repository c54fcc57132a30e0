//! The load balancer: a route to the app's target group or the waker's, the waker's own paths, and
//! an anchor rule, which keeps the health checks of the app's target group running.

use std::time::Duration;

use anyhow::{Context, Result};
use aws_config::SdkConfig;
use aws_sdk_elasticloadbalancingv2::Client;
use aws_sdk_elasticloadbalancingv2::types::{
    Action, ActionTypeEnum, FixedResponseActionConfig, HttpHeaderConditionConfig, PathPatternConditionConfig,
    ProtocolEnum, RuleCondition, TargetDescription, TargetGroupAttribute, TargetTypeEnum,
};

use super::{NAME, Options};
use crate::event_log::EventLog;
use crate::pace::Pace;

const LISTENER_LIMIT: Duration = Duration::from_secs(10);
const VPC: &str = "vpc-00000001";
/// Without a pace, in seconds.
const CHECK_INTERVAL: u16 = 5;
const DEREGISTRATION_DELAY: u64 = 5;

/// The ARNs of its parts.
#[derive(Debug, Clone)]
pub struct LoadBalancer {
    pub listener: String,
    pub route: String,
    /// The rule of the waker's own paths.
    pub own_paths: String,
    pub app: String,
    pub waker: String,
    /// Its port on 127.0.0.1.
    pub port: u64,
}

impl LoadBalancer {
    pub(super) async fn create(sdk: &SdkConfig, options: &Options, log: &EventLog) -> Result<Self> {
        let elb = Client::new(sdk);
        let (app, waker) =
            tokio::try_join!(app_target_group(&elb, options), waker_target_group(&elb, options))?;
        let created = elb.create_load_balancer().name(NAME).send().await?;
        let load_balancer = created.load_balancers().first().and_then(|created| created.load_balancer_arn());
        let created = elb
            .create_listener()
            .load_balancer_arn(load_balancer.context("no load balancer")?)
            .protocol(ProtocolEnum::Http)
            .port(80)
            .default_actions(not_found())
            .send()
            .await?;
        let listener = created.listeners().first().and_then(|created| created.listener_arn());
        let listener = listener.context("no listener")?.to_owned();
        let paths = |pattern: &str| {
            let patterns = PathPatternConditionConfig::builder().values(pattern).build();
            RuleCondition::builder().field("path-pattern").path_pattern_config(patterns).build()
        };
        // No visitor sends this header: the rule only makes the target group one that is in use.
        let unused = RuleCondition::builder()
            .field("http-header")
            .http_header_config(
                HttpHeaderConditionConfig::builder()
                    .http_header_name("X-Reveille-Anchor")
                    .values(NAME)
                    .build(),
            )
            .build();
        let own_paths = rule(&elb, &listener, 99, paths("/.reveille/*"), &waker).await?;
        let route = rule(&elb, &listener, 100, paths("/*"), &waker).await?;
        rule(&elb, &listener, 200, unused, &app).await?;
        let (open, _) = log
            .find(0, LISTENER_LIMIT, |event| {
                event.name == "listener_open" && event.text("listener") == listener
            })
            .await
            .context("the listener is not open")?;
        let port = open.fields.get("port").and_then(serde_json::Value::as_u64).context("no port")?;
        Ok(Self { listener, route, own_paths, app, waker, port })
    }

    pub(super) async fn register_waker(&self, sdk: &SdkConfig, function: &str) -> Result<()> {
        let target = TargetDescription::builder().id(function).build();
        Client::new(sdk).register_targets().target_group_arn(&self.waker).targets(target).send().await?;
        Ok(())
    }
}

/// An action that forwards to one target group.
pub fn forward_to(target_group: &str) -> Action {
    // Only the type is required, and it is set.
    Action::builder().r#type(ActionTypeEnum::Forward).target_group_arn(target_group).build()
}

async fn rule(
    elb: &Client,
    listener: &str,
    priority: i32,
    condition: RuleCondition,
    target_group: &str,
) -> Result<String> {
    let created = elb
        .create_rule()
        .listener_arn(listener)
        .priority(priority)
        .conditions(condition)
        .actions(forward_to(target_group))
        .send()
        .await?;
    let rule = created.rules().first().and_then(|created| created.rule_arn());
    Ok(rule.context("no rule")?.to_owned())
}

fn not_found() -> Action {
    let response = FixedResponseActionConfig::builder().status_code("404").build();
    Action::builder().r#type(ActionTypeEnum::FixedResponse).fixed_response_config(response).build()
}

async fn app_target_group(elb: &Client, options: &Options) -> Result<String> {
    let pace = options.settings.pace.as_ref();
    let interval = pace.map_or(CHECK_INTERVAL, Pace::check_interval);
    let delay = pace.and_then(|pace| pace.distribution("deregistration_delay"));
    let delay = delay.map_or(DEREGISTRATION_DELAY, |delay| delay.sample().as_secs());
    let created = elb
        .create_target_group()
        .name(format!("{NAME}-app"))
        .target_type(TargetTypeEnum::Ip)
        .protocol(ProtocolEnum::Http)
        .port(options.app.port.into())
        .vpc_id(VPC)
        .health_check_path(&options.app.health)
        .health_check_interval_seconds(interval.into())
        .health_check_timeout_seconds(2)
        .healthy_threshold_count(2)
        .unhealthy_threshold_count(2)
        .send()
        .await?;
    let arn = created.target_groups().first().and_then(|created| created.target_group_arn());
    let arn = arn.context("no target group")?.to_owned();
    set(elb, &arn, "deregistration_delay.timeout_seconds", &delay.to_string()).await?;
    Ok(arn)
}

async fn waker_target_group(elb: &Client, options: &Options) -> Result<String> {
    let created = elb
        .create_target_group()
        .name(format!("{NAME}-waker"))
        .target_type(TargetTypeEnum::Lambda)
        .send()
        .await?;
    let arn = created.target_groups().first().and_then(|created| created.target_group_arn());
    let arn = arn.context("no target group")?.to_owned();
    set(elb, &arn, "lambda.multi_value_headers.enabled", &options.multi_value_headers.to_string()).await?;
    Ok(arn)
}

async fn set(elb: &Client, target_group: &str, key: &str, value: &str) -> Result<()> {
    let attribute = TargetGroupAttribute::builder().key(key).value(value).build();
    elb.modify_target_group_attributes().target_group_arn(target_group).attributes(attribute).send().await?;
    Ok(())
}
