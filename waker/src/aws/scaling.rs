//! Scalable targets of services: which scaling activities are suspended.

use aws_config::SdkConfig;
use aws_sdk_applicationautoscaling::{
    Client,
    types::{ScalableDimension, ScalableTarget, ServiceNamespace, SuspendedState},
};

use super::error::cloud_error;
use crate::{
    config::{Environment, Service},
    environment::{
        fault::CloudError,
        scaling::{Activities, Scaling},
    },
};

const DIMENSION: ScalableDimension = ScalableDimension::EcsServiceDesiredCount;

#[derive(Debug)]
pub(super) struct AutoScaling(Client);

impl AutoScaling {
    pub(super) fn new(config: &SdkConfig) -> Self {
        Self(Client::new(config))
    }

    /// One call: an environment has fewer services than a call may name (50) and than a page of the
    /// answer holds.
    pub(super) async fn suspended(&self, environment: &Environment) -> Result<Scaling, CloudError> {
        let ids: Vec<_> = environment.services.iter().map(resource_id).collect();
        let describe = self.0.describe_scalable_targets().service_namespace(ServiceNamespace::Ecs);
        let describe = describe.scalable_dimension(DIMENSION).set_resource_ids(Some(ids.clone()));
        let output = describe.send().await.map_err(|error| cloud_error("DescribeScalableTargets", error))?;
        let of = |id: &String| {
            let target = output.scalable_targets().iter().find(|target| target.resource_id() == id)?;
            Some(activities(target))
        };
        Ok(Scaling(ids.iter().map(of).collect()))
    }

    /// Suspends these activities, and resumes all others. Each is named: AWS does not document what
    /// happens to one that is left out.
    pub(super) async fn set_suspended(
        &self,
        service: &Service,
        activities: Activities,
    ) -> Result<(), CloudError> {
        let suspended = SuspendedState::builder()
            .dynamic_scaling_in_suspended(activities.contains(Activities::SCALE_IN))
            .dynamic_scaling_out_suspended(activities.contains(Activities::SCALE_OUT))
            .scheduled_scaling_suspended(activities.contains(Activities::SCHEDULED));
        let register = self.0.register_scalable_target().service_namespace(ServiceNamespace::Ecs);
        // Without capacities: those of an existing target do not change, and AWS refuses to create a
        // new target without them.
        let register = register.scalable_dimension(DIMENSION).resource_id(resource_id(service));
        let register = register.suspended_state(suspended.build());
        register.send().await.map_err(|error| cloud_error("RegisterScalableTarget", error))?;
        Ok(())
    }
}

/// `service/CLUSTER/SERVICE`; a cluster may be configured by its ARN.
fn resource_id(service: &Service) -> String {
    let cluster = service.cluster.rsplit('/').next().unwrap_or_default();
    format!("service/{cluster}/{}", service.name)
}

fn activities(target: &ScalableTarget) -> Activities {
    let Some(state) = target.suspended_state() else { return Activities::empty() };
    let mut activities = Activities::empty();
    activities.set(Activities::SCALE_IN, state.dynamic_scaling_in_suspended().unwrap_or_default());
    activities.set(Activities::SCALE_OUT, state.dynamic_scaling_out_suspended().unwrap_or_default());
    activities.set(Activities::SCHEDULED, state.scheduled_scaling_suspended().unwrap_or_default());
    activities
}
