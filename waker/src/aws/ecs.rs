//! ECS services and their tasks.

mod protection;

use std::{collections::BTreeMap, time::SystemTime};

use aws_config::SdkConfig;
use aws_sdk_ecs::{
    Client,
    types::{self, DeploymentRolloutState, DesiredStatus},
};
use futures_util::future::try_join_all;
use tracing::{debug, warn};

use super::{
    error::{cloud_error, incomplete},
    start_failure::{self, ServiceEvent, StoppedTask},
};
use crate::{
    config::{Environment, Service},
    environment::{
        failure::StartFailure,
        fault::{CloudError, FaultKind},
        snapshot::Tasks,
    },
};

/// The limit of `DescribeServices`.
const SERVICES_PER_CALL: usize = 10;
/// The largest page of `ListTasks`, and the limit of the calls that take tasks. The order of a page is
/// not documented, and the newest tasks must be on it.
const TASKS_PER_CALL: i32 = 100;

#[derive(Debug)]
pub(super) struct Ecs(Client);

impl Ecs {
    pub(super) fn new(config: &SdkConfig) -> Self {
        Self(Client::new(config))
    }

    /// In the configuration's order. None for an optional service that does not exist; for any other
    /// that is an error. With `progress`, image pulls are read as well.
    pub(super) async fn tasks(
        &self,
        environment: &Environment,
        progress: bool,
    ) -> Result<Vec<Option<Tasks>>, CloudError> {
        let mut by_cluster: BTreeMap<&str, Vec<&Service>> = BTreeMap::new();
        for service in &environment.services {
            by_cluster.entry(&service.cluster).or_default().push(service);
        }
        let calls = by_cluster.iter().flat_map(|(cluster, services)| {
            services.chunks(SERVICES_PER_CALL).map(|chunk| self.describe(cluster, chunk))
        });
        let described: Vec<types::Service> = try_join_all(calls).await?.into_iter().flatten().collect();
        let tasks = environment.services.iter().map(async |service| {
            // A name is unique within an environment, in any cluster.
            match described.iter().find(|found| found.service_name() == Some(&service.name)) {
                Some(found) => self.tasks_of(service, found, progress).await.map(Some),
                None if service.optional => {
                    debug!(service = service.name, "an optional service does not exist");
                    Ok(None)
                }
                None => Err(CloudError::new(
                    FaultKind::ServiceMissing,
                    "DescribeServices",
                    format!("service {} does not exist in cluster {}", service.name, service.cluster),
                )),
            }
        });
        try_join_all(tasks).await
    }

    pub(super) async fn set_desired(&self, service: &Service, count: u32) -> Result<(), CloudError> {
        self.update(service, count, None).await
    }

    /// Deploys the same task definition again, to replace a deployment that ECS has given up.
    pub(super) async fn deploy(&self, service: &Service, count: u32) -> Result<(), CloudError> {
        self.update(service, count, Some(true)).await
    }

    async fn update(
        &self,
        service: &Service,
        count: u32,
        force_new_deployment: Option<bool>,
    ) -> Result<(), CloudError> {
        let update = self.0.update_service().cluster(&service.cluster).service(&service.name);
        let update = update.desired_count(i32::try_from(count).unwrap_or(i32::MAX));
        let update = update.set_force_new_deployment(force_new_deployment);
        update.send().await.map_err(|error| cloud_error("UpdateService", error))?;
        Ok(())
    }

    /// The services that exist. Those that do not are in `failures`, without an error.
    async fn describe(
        &self,
        cluster: &str,
        services: &[&Service],
    ) -> Result<Vec<types::Service>, CloudError> {
        let names = services.iter().map(|service| service.name.clone()).collect();
        let output = self
            .0
            .describe_services()
            .cluster(cluster)
            .set_services(Some(names))
            .send()
            .await
            .map_err(|error| cloud_error("DescribeServices", error))?;
        // A deleted service stays visible as INACTIVE for a while.
        let found = output.services.ok_or_else(|| incomplete("DescribeServices", "services"))?;
        Ok(found.into_iter().filter(|found| found.status() == Some("ACTIVE")).collect())
    }

    async fn tasks_of(
        &self,
        service: &Service,
        found: &types::Service,
        progress: bool,
    ) -> Result<Tasks, CloudError> {
        let desired = u32::try_from(found.desired_count()).unwrap_or_default();
        let running = u32::try_from(found.running_count()).unwrap_or_default();
        // A task that stops soon after its start counts as running most of the time.
        let events = events(found);
        let unsteady = running < desired || !start_failure::is_steady(&events);
        let deployments = found.deployments();
        let newest = deployments.iter().find(|deployment| deployment.status() == Some("PRIMARY"));
        let deployed = newest.and_then(|deployment| time(deployment.created_at()?));
        let failed =
            if desired > 0 && unsteady { self.failure(service, &events, deployed).await? } else { None };
        let pulling = progress && running < desired && self.pulls(service).await?;
        let gave_up = newest.filter(|newest| newest.rollout_state() == Some(&DeploymentRolloutState::Failed));
        // Tasks of the deployment before may be enough. A pending task shows that ECS still starts
        // tasks; the rule that it starts none is documented for the deployment's own count, not for a
        // later one.
        let stuck = gave_up.filter(|_| running < desired && found.pending_count() == 0);
        if let Some(stuck) = stuck {
            log_stuck(service, stuck);
        }
        let failure = stuck.map(|_| StartFailure::DeploymentFailed).or(failed.map(|(failure, _)| failure));
        Ok(Tasks {
            desired,
            running,
            failure,
            failed_starts: failed.map_or(0, |(_, times)| times),
            rollout_failed: gave_up.is_some(),
            // Changing the desired count makes no deployment, so another deployment is not the waker's.
            deploying: deployments.len() > 1
                || newest.and_then(types::Deployment::rollout_state)
                    == Some(&DeploymentRolloutState::InProgress),
            deployed,
            pulling,
            started: start_failure::started(&events),
        })
    }

    async fn pulls(&self, service: &Service) -> Result<bool, CloudError> {
        let arns = self.list(service, DesiredStatus::Running).await?;
        let tasks = self.describe_tasks(service, arns).await?;
        Ok(tasks.iter().any(|task| task.pull_started_at().is_some() && task.pull_stopped_at().is_none()))
    }

    async fn failure(
        &self,
        service: &Service,
        events: &[ServiceEvent<'_>],
        deployed: Option<SystemTime>,
    ) -> Result<Option<(StartFailure, u32)>, CloudError> {
        let stopped = self.stopped(service).await?;
        let Some(found) = start_failure::find(&stopped, events, deployed, SystemTime::now()) else {
            return Ok(None);
        };
        let (name, failure, reason) = (&service.name, found.failure, &found.reason);
        if service.optional {
            // No visitor waits for it, and every observation would repeat the line.
            debug!(service = name, ?failure, reason, "an optional service does not start");
        } else {
            warn!(service = name, ?failure, reason, "the service does not start");
        }
        Ok(Some((failure, found.times)))
    }

    async fn list(&self, service: &Service, status: DesiredStatus) -> Result<Vec<String>, CloudError> {
        Ok(self.page(service, status, None).await?.0)
    }

    /// The tasks, and the token of the next page.
    async fn page(
        &self,
        service: &Service,
        status: DesiredStatus,
        token: Option<String>,
    ) -> Result<(Vec<String>, Option<String>), CloudError> {
        let list = self
            .0
            .list_tasks()
            .cluster(&service.cluster)
            .service_name(&service.name)
            .desired_status(status)
            .max_results(TASKS_PER_CALL)
            .set_next_token(token);
        let listed = list.send().await.map_err(|error| cloud_error("ListTasks", error))?;
        let tasks = listed.task_arns.ok_or_else(|| incomplete("ListTasks", "taskArns"))?;
        Ok((tasks, listed.next_token))
    }

    /// The service's stopped tasks, which ECS keeps for about an hour.
    async fn stopped(&self, service: &Service) -> Result<Vec<StoppedTask>, CloudError> {
        let arns = self.list(service, DesiredStatus::Stopped).await?;
        Ok(self.describe_tasks(service, arns).await?.iter().filter_map(stopped_task).collect())
    }

    async fn describe_tasks(
        &self,
        service: &Service,
        arns: Vec<String>,
    ) -> Result<Vec<types::Task>, CloudError> {
        if arns.is_empty() {
            return Ok(Vec::new());
        }
        let describe = self.0.describe_tasks().cluster(&service.cluster).set_tasks(Some(arns));
        let described = describe.send().await.map_err(|error| cloud_error("DescribeTasks", error))?;
        described.tasks.ok_or_else(|| incomplete("DescribeTasks", "tasks"))
    }
}

/// ECS starts no more tasks of this deployment.
fn log_stuck(service: &Service, deployment: &types::Deployment) {
    let (name, reason) = (&service.name, deployment.rollout_state_reason());
    if service.optional {
        debug!(service = name, reason, "the last deployment of an optional service has failed");
    } else {
        warn!(service = name, reason, "the service's last deployment has failed; deploy it again");
    }
}

fn events(service: &types::Service) -> Vec<ServiceEvent<'_>> {
    service.events().iter().filter_map(event).collect()
}

fn event(event: &types::ServiceEvent) -> Option<ServiceEvent<'_>> {
    Some(ServiceEvent { at: time(event.created_at()?)?, message: event.message()? })
}

/// None for a task that is still stopping.
fn stopped_task(task: &types::Task) -> Option<StoppedTask> {
    let container_reasons = task.containers().iter().filter_map(types::Container::reason);
    let reasons = task.stopped_reason().into_iter().chain(container_reasons).map(str::to_owned);
    Some(StoppedTask {
        at: time(task.stopped_at()?)?,
        code: task.stop_code()?.as_str().to_owned(),
        reasons: reasons.collect(),
    })
}

fn time(time: &aws_smithy_types::DateTime) -> Option<SystemTime> {
    SystemTime::try_from(*time).ok()
}
