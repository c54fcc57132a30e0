//! The production [`Cloud`]: AWS, one file per service, with calls on the SDK clients.
//!
//! The SDK's own retries are off. The protocol decides what to do after a failed call, and observes the
//! environment again before it repeats anything.

mod bounded;
mod data_api;
mod ecs;
mod elb;
mod error;
mod metrics;
mod probe;
mod rds;
mod scaling;
mod start_failure;

use std::time::{Duration, SystemTime};

use aws_config::{
    BehaviorVersion, ConfigLoader, SdkConfig, environment::EnvironmentVariableCredentialsProvider,
    retry::RetryConfig, stalled_stream_protection::StalledStreamProtectionConfig, timeout::TimeoutConfig,
};
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use futures_util::future::try_join_all;
use tokio::time::timeout;
use tracing::{debug, warn};

pub use self::error::fault_kind;
use self::{
    bounded::bounded,
    data_api::{DataApi, ProbeAnswer},
    ecs::Ecs,
    elb::Elb,
    metrics::Metrics,
    probe::Answers,
    rds::Rds,
    scaling::AutoScaling,
};
use crate::{
    config::{Environment, Probe},
    environment::{
        cloud::{Cloud, Step},
        fault::{CloudError, FaultKind},
        pause::Pause,
        snapshot::{DatabaseState, Healthy, PartialSnapshot, Running, Scope},
        usage::{FailedRead, Usage},
    },
    error_chain::chain,
};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(1);
const CALL_TIMEOUT: Duration = Duration::from_secs(3);
/// Shorter than the time after which the network between the function and AWS drops an idle connection.
/// A connection whose call timed out may be dead without a sign, and HTTP/2 would reuse it.
const POOL_IDLE: Duration = Duration::from_secs(20);
/// Lambda allows 10 s for init; after that it starts the sandbox again.
const PRIME_TIMEOUT: Duration = Duration::from_secs(4);

/// The SDK clients, created once per sandbox.
#[derive(Debug)]
pub struct Aws {
    ecs: Ecs,
    elb: Elb,
    rds: Rds,
    data_api: DataApi,
    metrics: Metrics,
    auto_scaling: AutoScaling,
    answers: Answers,
}

impl Aws {
    /// Region, credentials and endpoints come from the variables that Lambda sets, and from
    /// `AWS_ENDPOINT_URL` if it is set.
    pub async fn from_environment() -> Self {
        let credentials = EnvironmentVariableCredentialsProvider::new();
        Self::new(&Self::settings().credentials_provider(credentials).load().await)
    }

    /// The settings of all calls, for any credentials and endpoint.
    pub fn settings() -> ConfigLoader {
        let http = aws_smithy_http_client::Builder::new()
            .pool_idle_timeout(POOL_IDLE)
            .tls_provider(Provider::Rustls(CryptoMode::Ring))
            .build_https();
        let timeouts =
            TimeoutConfig::builder().connect_timeout(CONNECT_TIMEOUT).operation_timeout(CALL_TIMEOUT).build();
        aws_config::defaults(BehaviorVersion::latest())
            .http_client(bounded(http))
            .retry_config(RetryConfig::disabled())
            .timeout_config(timeouts)
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
    }

    pub fn new(config: &SdkConfig) -> Self {
        Self {
            ecs: Ecs::new(config),
            elb: Elb::new(config),
            rds: Rds::new(config),
            data_api: DataApi::new(config),
            metrics: Metrics::new(config),
            auto_scaling: AutoScaling::new(config),
            answers: Answers::default(),
        }
    }

    /// Makes the first calls, and with them the TLS connections, during init, which has the full CPU.
    /// Not the Data API: any call to it resumes a paused database. A failure is only logged.
    pub async fn prime(&self, environments: &[Environment]) {
        let with_database = environments.iter().find(|environment| environment.database.is_some());
        let Some(environment) = with_database.or(environments.first()) else { return };
        match timeout(PRIME_TIMEOUT, self.observe(environment, Scope::WHOLE)).await {
            Ok(Ok(_)) => debug!(environment = environment.name, "primed"),
            Ok(Err(error)) => warn!(
                environment = environment.name,
                call = error.call,
                kind = error.kind.code(),
                cause = chain(&error),
                "failed to make the first calls during init"
            ),
            Err(_) => {
                warn!(environment = environment.name, "timed out during the first calls of init");
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
                match self.data_api.ask(resource_arn, secret_arn, database.as_deref()).await? {
                    ProbeAnswer::Up => self.answers.up(&environment.name),
                    ProbeAnswer::CannotAsk => self.answers.cannot_ask(&environment.name),
                    ProbeAnswer::NotYet => {}
                }
                Ok(())
            }
        }
    }

    async fn healthy(&self, environment: &Environment) -> Result<Healthy, CloudError> {
        let counts = environment.services.iter().map(async |service| {
            let Some(arn) = &service.target_group_arn else { return Ok(None) };
            match self.elb.healthy(arn).await {
                // An optional service must not delay the rest.
                Err(error) if service.optional && error.kind == FaultKind::TargetGroupMissing => Ok(Some(0)),
                healthy => healthy.map(Some),
            }
        });
        try_join_all(counts).await.map(Healthy)
    }

    async fn running(&self, environment: &Environment, progress: bool) -> Result<Running, CloudError> {
        let database = async {
            match &environment.database {
                Some(database) => self.rds.state(database).await.map(Some),
                None => Ok(None),
            }
        };
        let (services, database) = tokio::try_join!(self.ecs.tasks(environment, progress), database)?;
        let answer = self.answers.of(&environment.name);
        let database = database.map(|state| DatabaseState { answer, ..state });
        Ok(Running { services, database })
    }

    /// A failed read makes that part unknown, not the whole observation fail: it is no evidence that
    /// the environment is idle.
    async fn usage(&self, environment: &Environment) -> Usage {
        let now = SystemTime::now();
        if let Some(used) = self.metrics.recent(environment, now) {
            return Usage::Recent(used);
        }
        let (traffic, protected) =
            tokio::join!(self.metrics.traffic(environment, now), self.ecs.protected(environment));
        Usage::Read { traffic: known(traffic), protected: known(protected) }
    }

    async fn pause(&self, environment: &Environment) -> Result<Pause, CloudError> {
        let identifier = environment.database.as_ref().map_or("", |database| &database.identifier);
        let (figures, (after, provisioned)) =
            tokio::try_join!(self.metrics.pause(identifier, SystemTime::now()), self.rds.pause(identifier))?;
        Ok(Pause { paused: figures.paused, connections: figures.connections, after, provisioned })
    }
}

impl Cloud for Aws {
    async fn observe(&self, environment: &Environment, scope: Scope) -> Result<PartialSnapshot, CloudError> {
        let wanted = |part| scope.contains(part);
        let (running, healthy, route, tags, usage, pause, scaling) = tokio::try_join!(
            when(wanted(Scope::RUNNING), self.running(environment, wanted(Scope::PROGRESS))),
            when(wanted(Scope::HEALTHY), self.healthy(environment)),
            when(wanted(Scope::ROUTE), self.elb.route(&environment.route)),
            when(wanted(Scope::STATE_TAG), self.elb.tags(environment)),
            // Boxed: visitors do not need it, and it would make the future of every observation larger.
            when(wanted(Scope::USAGE), Box::pin(async { Ok(Box::new(self.usage(environment).await)) })),
            when(wanted(Scope::PAUSE), Box::pin(self.pause(environment))),
            when(wanted(Scope::SCALING), Box::pin(self.auto_scaling.suspended(environment))),
        )?;
        let (state_tag, wake_history, suspended) = match tags {
            Some((state_tag, wake_history, suspended)) => {
                (Some(state_tag), Some(wake_history), Some(suspended))
            }
            None => (None, None, None),
        };
        Ok(PartialSnapshot {
            running,
            healthy,
            route,
            state_tag,
            wake_history,
            suspended,
            usage,
            pause,
            scaling,
        })
    }

    async fn apply(&self, environment: &Environment, step: Step) -> Result<(), CloudError> {
        match (step, &environment.database) {
            (Step::SetDesired { service, count }, _) => {
                self.ecs.set_desired(&environment.services[service], count).await
            }
            (Step::SetSuspended { service, activities }, _) => {
                self.auto_scaling.set_suspended(&environment.services[service], activities).await
            }
            (Step::WriteSuspended(suspended), _) => self.elb.write_suspended(environment, suspended).await,
            (Step::Deploy { service, count }, _) => {
                self.ecs.deploy(&environment.services[service], count).await
            }
            (Step::StartDatabase, Some(database)) => self.rds.start(database).await,
            (Step::StopDatabase, Some(database)) => self.rds.stop(database).await,
            (Step::StartDatabase | Step::StopDatabase, None) => Ok(()),
            (Step::TouchDatabase, _) => self.touch(environment).await,
            (Step::TurnRoute(target), _) => self.elb.turn(&environment.route, target).await,
            (Step::LockRoute, _) => self.elb.lock(&environment.route).await,
            (Step::Write(state_tag), _) => self.elb.write(&environment.route, state_tag).await,
            (Step::Record(event), _) => self.elb.record(environment, event).await,
        }
    }
}

/// Logs an error and turns it into an unknown value.
fn known<T>(result: Result<T, CloudError>) -> Result<T, FailedRead> {
    result.map_err(|error| {
        let cause = chain(&error);
        warn!(
            call = error.call,
            kind = error.kind.code(),
            cause,
            "failed to read whether the environment is in use"
        );
        FailedRead { read: error.call, retryable: error.retryable() }
    })
}

/// The result of `read`, if that part is in the scope.
async fn when<T>(
    wanted: bool,
    read: impl Future<Output = Result<T, CloudError>>,
) -> Result<Option<T>, CloudError> {
    if wanted { read.await.map(Some) } else { Ok(None) }
}
