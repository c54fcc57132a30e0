//! Task scale-in protection.

use aws_sdk_ecs::{
    operation::get_task_protection::GetTaskProtectionError,
    types::{self, DesiredStatus},
};
use futures_util::future::try_join_all;

use super::Ecs;
use crate::{
    aws::error::{cloud_error, incomplete},
    config::{Environment, Service},
    environment::fault::{CloudError, FaultKind},
};

impl Ecs {
    /// Whether any of the environment's tasks has scale-in protection.
    pub(in crate::aws) async fn protected(&self, environment: &Environment) -> Result<bool, CloudError> {
        let services =
            environment.services.iter().map(async |service| match self.is_protected(service).await {
                Err(error) if service.optional && error.kind == FaultKind::ServiceMissing => Ok(false),
                protected => protected,
            });
        Ok(try_join_all(services).await?.contains(&true))
    }

    /// Checks every task: a page of `ListTasks` is as long as the limit of `GetTaskProtection`.
    async fn is_protected(&self, service: &Service) -> Result<bool, CloudError> {
        let mut token = None;
        loop {
            let (tasks, next) = self.page(service, DesiredStatus::Running, token).await?;
            if !tasks.is_empty() && self.any_protected(service, tasks).await? {
                return Ok(true);
            }
            if next.is_none() {
                return Ok(false);
            }
            token = next;
        }
    }

    async fn any_protected(&self, service: &Service, tasks: Vec<String>) -> Result<bool, CloudError> {
        let get = self.0.get_task_protection().cluster(&service.cluster).set_tasks(Some(tasks));
        let output = match get.send().await {
            Ok(output) => output,
            // "The specified task isn't supported in this Region": no task can be protected.
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(GetTaskProtectionError::is_unsupported_feature_exception) =>
            {
                return Ok(false);
            }
            Err(error) => return Err(cloud_error("GetTaskProtection", error)),
        };
        // A task that has stopped meanwhile is MISSING; any other failure may hide a protection.
        if let Some(failure) = output.failures().iter().find(|failure| failure.reason() != Some("MISSING")) {
            let reason = failure.reason().unwrap_or("no reason given").to_owned();
            return Err(CloudError::new(FaultKind::Malformed, "GetTaskProtection", reason));
        }
        let lacking = || incomplete("GetTaskProtection", "protectedTasks");
        let found = output.protected_tasks.ok_or_else(lacking)?;
        Ok(found.iter().any(types::ProtectedTask::protection_enabled))
    }
}
