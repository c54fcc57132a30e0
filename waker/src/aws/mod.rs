//! The cloud that is AWS: one file per service, calls on the real SDKs.
//!
//! The SDK's own retries are off. What to do after a failed call is the
//! protocol's decision, which looks at the environment again before it repeats
//! anything.

mod data_api;
mod ecs;
mod elb;
mod error;
mod probe;
mod rds;
mod start_failure;

use std::time::Duration;

use aws_config::{
    BehaviorVersion, SdkConfig, environment::EnvironmentVariableCredentialsProvider, retry::RetryConfig,
    stalled_stream_protection::StalledStreamProtectionConfig, timeout::TimeoutConfig,
};
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use futures_util::future::join_all;
use tokio::time::timeout;
use tracing::{debug, warn};

use self::{data_api::DataApi, ecs::Ecs, elb::Elb, probe::Answers, rds::Rds};
use crate::{
    config::{Environment, Probe},
    environment::{
        cloud::{Cloud, Step},
        drive::chain,
        fault::{CloudError, FaultKind},
        observed::{DatabaseState, Observed, ServiceState},
    },
};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(1);
const CALL_TIMEOUT: Duration = Duration::from_secs(3);
/// Lambda gives init 10 s in all; beyond that it starts anew.
const PRIME_TIMEOUT: Duration = Duration::from_secs(4);

/// The clients, made once per sandbox.
#[derive(Debug)]
pub struct Aws {
    ecs: Ecs,
    elb: Elb,
    rds: Rds,
    data_api: DataApi,
    answers: Answers,
}

impl Aws {
    /// Region, credentials and endpoints come from the variables that Lambda
    /// sets, and `AWS_ENDPOINT_URL` where it is set.
    pub async fn from_environment() -> Self {
        let http = aws_smithy_http_client::Builder::new()
            .tls_provider(Provider::Rustls(CryptoMode::Ring))
            .build_https();
        let config = aws_config::defaults(BehaviorVersion::latest())
            .http_client(http)
            .credentials_provider(EnvironmentVariableCredentialsProvider::new())
            .retry_config(RetryConfig::disabled())
            .timeout_config(
                TimeoutConfig::builder()
                    .connect_timeout(CONNECT_TIMEOUT)
                    .operation_timeout(CALL_TIMEOUT)
                    .build(),
            )
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
            .load()
            .await;
        Self::new(&config)
    }

    pub fn new(config: &SdkConfig) -> Self {
        Self {
            ecs: Ecs::new(config),
            elb: Elb::new(config),
            rds: Rds::new(config),
            data_api: DataApi::new(config),
            answers: Answers::default(),
        }
    }

    /// Makes the first calls, and with them the TLS connections, while init has
    /// the full CPU. The Data API is left out: any call to it resumes a paused
    /// database. A failure is logged and goes no further.
    pub async fn prime(&self, environments: &[Environment]) {
        let with_database = environments.iter().find(|environment| environment.database.is_some());
        let Some(environment) = with_database.or(environments.first()) else { return };
        match timeout(PRIME_TIMEOUT, self.observe(environment)).await {
            Ok(Ok(_)) => debug!(environment = environment.name, "primed"),
            Ok(Err(error)) => warn!(
                environment = environment.name,
                call = error.call,
                kind = error.kind.code(),
                cause = chain(&error),
                "failed to make the first calls during init"
            ),
            Err(_) => {
                warn!(
                    environment = environment.name,
                    "gave up the first calls during init: the time is over"
                );
            }
        }
    }

    async fn touch(&self, environment: &Environment) -> Result<(), CloudError> {
        match environment.database.as_ref().and_then(|database| database.probe.as_ref()) {
            None => Ok(()),
            Some(Probe::Connect { host, port }) => {
                self.answers.touch(&environment.name, host, *port).await;
                Ok(())
            }
            Some(Probe::DataApi { resource_arn, secret_arn, database }) => {
                if self.data_api.answers(resource_arn, secret_arn, database.as_deref()).await? {
                    self.answers.up(&environment.name);
                }
                Ok(())
            }
        }
    }

    /// Healthy targets by service; None where a service has no target group.
    async fn healthy(&self, environment: &Environment) -> Result<Vec<Option<u32>>, CloudError> {
        let counts = environment.services.iter().map(async |service| match &service.target_group_arn {
            Some(arn) => self.elb.healthy(arn).await.map(Some),
            None => Ok(None),
        });
        // An optional service whose target group is gone must not hold up the rest.
        let counts = join_all(counts).await.into_iter().zip(&environment.services);
        counts
            .map(|(count, service)| match count {
                Err(error) if service.optional && error.kind == FaultKind::TargetGroupMissing => Ok(Some(0)),
                count => count,
            })
            .collect()
    }
}

impl Cloud for Aws {
    async fn observe(&self, environment: &Environment) -> Result<Observed, CloudError> {
        let database = async {
            match &environment.database {
                Some(database) => self.rds.status(database).await.map(Some),
                None => Ok(None),
            }
        };
        let (route, tasks, healthy, status) = tokio::try_join!(
            self.elb.route(&environment.route),
            self.ecs.tasks(environment),
            self.healthy(environment),
            database,
        )?;
        let services = tasks.into_iter().zip(healthy).map(|(tasks, healthy)| {
            tasks.map(|tasks| ServiceState {
                desired: tasks.desired,
                running: tasks.running,
                healthy,
                failure: tasks.failure,
            })
        });
        let database =
            status.map(|status| DatabaseState { status, answer: self.answers.of(&environment.name) });
        Ok(Observed { route, services: services.collect(), database })
    }

    async fn apply(&self, environment: &Environment, step: Step) -> Result<(), CloudError> {
        match (step, &environment.database) {
            (Step::SetDesired { service, count }, _) => {
                self.ecs.set_desired(&environment.services[service], count).await
            }
            (Step::StartDatabase, Some(database)) => self.rds.start(database).await,
            (Step::StartDatabase, None) => Ok(()),
            (Step::TouchDatabase, _) => self.touch(environment).await,
            (Step::TurnRoute(target), _) => self.elb.turn(&environment.route, target).await,
        }
    }
}
