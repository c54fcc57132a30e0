//! The listener rule (the route), its tags, and the health of its targets.

mod lock;

use std::time::SystemTime;

use aws_config::SdkConfig;
use aws_sdk_elasticloadbalancingv2::{
    Client,
    types::{
        Action, ActionTypeEnum, ForwardActionConfig, Tag, TagDescription, TargetGroupTuple,
        TargetHealthStateEnum,
    },
};

use super::error::{cloud_error, incomplete};
use crate::{
    config::{Environment, Route},
    environment::{
        fault::{CloudError, FaultKind},
        scaling::Suspended,
        snapshot::RouteTarget,
        state_tag::StateTag,
        wake_history::{WakeEvent, WakeHistory},
    },
};

/// The keys of the rule's tags: the state, and the suspended scaling.
const STATE_TAG: &str = "reveille:state";
const SUSPENDED: &str = "reveille:scaling";

#[derive(Debug)]
pub(super) struct Elb(Client);

impl Elb {
    pub(super) fn new(config: &SdkConfig) -> Self {
        Self(Client::new(config))
    }

    pub(super) async fn route(&self, route: &Route) -> Result<RouteTarget, CloudError> {
        Ok(target(route, &self.actions(route).await?))
    }

    /// `ModifyRule` replaces the whole list of actions, so an authentication before the forward is read
    /// and written back with it.
    pub(super) async fn turn(&self, route: &Route, to: RouteTarget) -> Result<(), CloudError> {
        let arn = match to {
            RouteTarget::App => &route.app_target_group_arn,
            RouteTarget::Waker => &route.waker_target_group_arn,
            RouteTarget::Elsewhere => return Ok(()),
        };
        let actions = self.actions(route).await?;
        let locked = is_locked(route, &actions, SystemTime::now());
        if target(route, &actions) == to && !locked {
            return Ok(());
        }
        if locked && to == RouteTarget::App {
            let cause = "the environment is being put to sleep";
            return Err(CloudError::new(FaultKind::WrongState, "ModifyRule", cause));
        }
        let actions = actions.into_iter().map(|action| turned(action, arn)).collect();
        self.modify(route, actions).await
    }

    pub(super) async fn lock(&self, route: &Route) -> Result<(), CloudError> {
        let arn = &route.waker_target_group_arn;
        let actions = self.actions(route).await?;
        if target(route, &actions) != RouteTarget::Waker {
            return Ok(());
        }
        let forward = lock::forward(arn, SystemTime::now());
        let locked = |action| {
            let mut action = turned(action, arn);
            if is_forward(&action) {
                action.forward_config = Some(forward.clone());
            }
            action
        };
        self.modify(route, actions.into_iter().map(locked).collect()).await
    }

    async fn modify(&self, route: &Route, actions: Vec<Action>) -> Result<(), CloudError> {
        let modify = self.0.modify_rule().rule_arn(&route.rule_arn).set_actions(Some(actions));
        modify.send().await.map_err(|error| cloud_error("ModifyRule", error))?;
        Ok(())
    }

    /// The tags of the route's rule.
    pub(super) async fn tags(
        &self,
        environment: &Environment,
    ) -> Result<(StateTag, WakeHistory, Suspended), CloudError> {
        let describe = self.0.describe_tags().resource_arns(&environment.route.rule_arn);
        let output = describe.send().await.map_err(|error| cloud_error("DescribeTags", error))?;
        let descriptions =
            output.tag_descriptions.ok_or_else(|| incomplete("DescribeTags", "TagDescriptions"))?;
        let value = |key: &str| {
            let mut tags = descriptions.iter().flat_map(TagDescription::tags);
            tags.find(|tag| tag.key() == Some(key)).and_then(Tag::value)
        };
        let state_tag = value(STATE_TAG).map(StateTag::parse).unwrap_or_default();
        let wake_history = WakeHistory::read(value, state_tag);
        let suspended = value(SUSPENDED).map(|text| Suspended::parse(text, environment));
        Ok((state_tag, wake_history, suspended.unwrap_or_default()))
    }

    pub(super) async fn write_suspended(
        &self,
        environment: &Environment,
        suspended: Suspended,
    ) -> Result<(), CloudError> {
        self.add_tag(&environment.route, SUSPENDED, suspended.text(environment)).await
    }

    pub(super) async fn write(&self, route: &Route, state_tag: StateTag) -> Result<(), CloudError> {
        match state_tag.text() {
            Some(text) => self.add_tag(route, STATE_TAG, text).await,
            None => Ok(()),
        }
    }

    pub(super) async fn record(&self, environment: &Environment, event: WakeEvent) -> Result<(), CloudError> {
        let (_, wake_history, _) = self.tags(environment).await?;
        let route = &environment.route;
        match wake_history.enter(event) {
            Some(wake_history) => {
                let (key, value) = wake_history.tag();
                self.add_tag(route, key, value).await
            }
            None => Ok(()),
        }
    }

    async fn add_tag(&self, route: &Route, key: &str, value: String) -> Result<(), CloudError> {
        let add = self.0.add_tags().resource_arns(&route.rule_arn);
        let add = add.tags(Tag::builder().key(key).value(value).build());
        add.send().await.map_err(|error| cloud_error("AddTags", error))?;
        Ok(())
    }

    /// The number of healthy targets in the group.
    pub(super) async fn healthy(&self, target_group_arn: &str) -> Result<u32, CloudError> {
        let describe = self.0.describe_target_health().target_group_arn(target_group_arn);
        let output = describe.send().await.map_err(|error| cloud_error("DescribeTargetHealth", error))?;
        let targets = output
            .target_health_descriptions
            .ok_or_else(|| incomplete("DescribeTargetHealth", "TargetHealthDescriptions"))?;
        let states = targets.iter().filter_map(|target| target.target_health()?.state());
        let healthy = states.filter(|state| **state == TargetHealthStateEnum::Healthy).count();
        Ok(u32::try_from(healthy).unwrap_or(u32::MAX))
    }

    async fn actions(&self, route: &Route) -> Result<Vec<Action>, CloudError> {
        let output = self
            .0
            .describe_rules()
            .rule_arns(&route.rule_arn)
            .send()
            .await
            .map_err(|error| cloud_error("DescribeRules", error))?;
        let rules = output.rules.ok_or_else(|| incomplete("DescribeRules", "Rules"))?;
        let rule = rules.into_iter().find(|rule| rule.rule_arn() == Some(&route.rule_arn));
        match rule {
            Some(rule) => Ok(rule.actions.unwrap_or_default()),
            None => Err(CloudError::new(
                FaultKind::RuleMissing,
                "DescribeRules",
                format!("rule {} does not exist", route.rule_arn),
            )),
        }
    }
}

/// Where the actions send visitors. A forward to several groups with any weight on the waker counts as
/// the waker: it still gets visitors.
fn target(route: &Route, actions: &[Action]) -> RouteTarget {
    let groups: Vec<&str> =
        actions.iter().filter(|action| is_forward(action)).flat_map(weighted_groups).collect();
    if groups.contains(&route.waker_target_group_arn.as_str()) {
        RouteTarget::Waker
    } else if groups.contains(&route.app_target_group_arn.as_str()) {
        RouteTarget::App
    } else {
        RouteTarget::Elsewhere
    }
}

/// Whether the actions hold a lock that has not ended.
fn is_locked(route: &Route, actions: &[Action], now: SystemTime) -> bool {
    actions.iter().filter(|action| is_forward(action)).any(|action| match forward_groups(action) {
        [group] => {
            group.target_group_arn() == Some(&route.waker_target_group_arn)
                && group.weight().is_some_and(|weight| lock::holds(weight, now))
        }
        _ => false,
    })
}

fn is_forward(action: &Action) -> bool {
    action.r#type() == Some(&ActionTypeEnum::Forward)
}

fn forward_groups(action: &Action) -> &[TargetGroupTuple] {
    action.forward_config().map(ForwardActionConfig::target_groups).unwrap_or_default()
}

fn weighted_groups(action: &Action) -> Vec<&str> {
    let configured = forward_groups(action);
    if configured.is_empty() {
        return action.target_group_arn().into_iter().collect();
    }
    // A group that is alone gets every request, whatever its weight.
    let weighs = |weight: Option<i32>| configured.len() == 1 || weight.is_none_or(|weight| weight > 0);
    configured
        .iter()
        .filter(|group| weighs(group.weight()))
        .filter_map(|group| group.target_group_arn())
        .collect()
}

/// The same action, with its forward changed to the target group.
fn turned(mut action: Action, target_group_arn: &str) -> Action {
    if is_forward(&action) {
        action.target_group_arn = Some(target_group_arn.to_owned());
        action.forward_config = None;
    }
    // The API never returns the secret: without this flag the rule would lose it.
    if let Some(oidc) = &mut action.authenticate_oidc_config {
        oidc.use_existing_client_secret = Some(true);
    }
    action
}
