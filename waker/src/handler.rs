//! One invocation: from the event to its answer.
//!
//! ```text
//! Request ------------------> visitor: wake, reply
//! tick, Alarm, EcsEvent ----> tick: Tick for each environment
//! wake, sleep, status ------> command
//! ```

mod classify;
mod command;
mod control_paths;
mod pace;
mod reason;
mod report;
mod rotation;
mod status_cache;
mod tick;
mod visitor;
mod warnings;

use std::{
    collections::HashMap,
    panic::AssertUnwindSafe,
    sync::{Mutex, PoisonError, atomic::AtomicU32},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use aws_lambda_events::alb::AlbTargetGroupResponse;
use futures_util::FutureExt as _;
use http::Method;
use lambda_runtime::{Context, LambdaEvent};
use serde::Serialize;
use serde_json::{Value, value::RawValue};
use tracing::{Instrument as _, debug, error, info, info_span, warn};

pub use self::report::EnvironmentReport;
use self::{rotation::Rotation, status_cache::StatusCache, warnings::Warnings};
use crate::{
    config::{Config, Environment},
    environment::{
        cloud::Cloud,
        protocol::{UnrecordedWakes, WakeMemory},
    },
    error_chain::chain,
    event::{Command, EcsEvent, Event, EventError},
    reply::ProblemDocument,
    status::{EnvironmentState, Status},
};

/// Time kept for the answer before the invocation's deadline: at the deadline Lambda ends the function,
/// and the visitor would get a 502.
const MARGIN: Duration = Duration::from_secs(1);

/// State that lives as long as the Lambda sandbox.
#[derive(Debug)]
pub struct Waker<C> {
    config: Config,
    cloud: C,
    /// How congested AWS was for the last invocation, which saves calls that it would refuse.
    congestion: AtomicU32,
    /// What is known of each environment's wake and redirects, by the environment's name.
    wakes: Mutex<HashMap<String, WakeMemory>>,
    /// Wakes that could not be written to the wake history, by the environment's name.
    unrecorded: Mutex<HashMap<String, UnrecordedWakes>>,
    /// Statuses of the last second.
    status_cache: StatusCache,
    /// When ticks last observed each environment.
    rotation: Rotation,
    warnings: Warnings,
}

/// The function's answer.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub enum Output {
    Response(Box<AlbTargetGroupResponse>),
    Reports { environments: Vec<EnvironmentReport> },
    Statuses { environments: Vec<Status> },
}

impl<C: Cloud> Waker<C> {
    pub fn new(config: Config, cloud: C) -> Self {
        let status_cache = StatusCache::new(&config);
        Self {
            config,
            cloud,
            congestion: AtomicU32::new(0),
            wakes: Mutex::default(),
            unrecorded: Mutex::default(),
            status_cache,
            rotation: Rotation::default(),
            warnings: Warnings::default(),
        }
    }

    fn memory(&self, environment: &Environment) -> WakeMemory {
        let wakes = self.wakes.lock().unwrap_or_else(PoisonError::into_inner);
        wakes.get(&environment.name).copied().unwrap_or_default()
    }

    fn remember(&self, environment: &Environment, memory: WakeMemory) {
        let mut wakes = self.wakes.lock().unwrap_or_else(PoisonError::into_inner);
        wakes.insert(environment.name.clone(), memory);
    }

    fn unrecorded(&self, environment: &Environment) -> UnrecordedWakes {
        let unrecorded = self.unrecorded.lock().unwrap_or_else(PoisonError::into_inner);
        unrecorded.get(&environment.name).cloned().unwrap_or_default()
    }

    fn keep_unrecorded(&self, environment: &Environment, wakes: &UnrecordedWakes) {
        let mut unrecorded = self.unrecorded.lock().unwrap_or_else(PoisonError::into_inner);
        let before = unrecorded.insert(environment.name.clone(), wakes.clone()).unwrap_or_default();
        if wakes.last() > before.last() {
            warn!(
                count = wakes.count(),
                "failed to write the wake to reveille:wakes: each sandbox counts the budget by itself"
            );
        }
    }

    /// Answers every request of a load balancer; only an event of unknown form is an error.
    pub async fn handle(&self, event: LambdaEvent<Value>) -> Result<Output, EventError> {
        self.handle_read(event.context, Event::read(event.payload)).await
    }

    /// [`Self::handle`] for an event that may be invalid JSON: the runtime would report an error, and
    /// the visitor would get a 502.
    pub async fn handle_raw(&self, event: LambdaEvent<Box<RawValue>>) -> Result<Output, EventError> {
        self.handle_read(event.context, Event::parse(event.payload.get())).await
    }

    async fn handle_read(
        &self,
        context: Context,
        event: Result<Event, EventError>,
    ) -> Result<Output, EventError> {
        let span =
            info_span!("invocation", request_id = context.request_id, environment = tracing::field::Empty);
        let limit = time_left(context.deadline).saturating_sub(MARGIN);
        self.answer(event, limit).instrument(span).await
    }

    async fn answer(&self, event: Result<Event, EventError>, limit: Duration) -> Result<Output, EventError> {
        let all = || self.config.environments().iter().collect::<Vec<_>>();
        let environments = match event {
            Ok(Event::Request(request)) => {
                // A panic would be a 502 to the visitor. It leaves nothing half done that the next
                // invocation does not complete.
                let reply = AssertUnwindSafe(self.visit(&request, limit)).catch_unwind().await;
                let reply = reply.unwrap_or_else(|_| {
                    error!("panicked; this is a defect of the waker");
                    ProblemDocument::internal().finished(&request.method, EnvironmentState::Unknown)
                });
                return Ok(Output::Response(Box::new(reply.into_response(request.multi_value))));
            }
            Err(EventError::Request { multi_value, head }) => {
                warn!("refused a request that cannot be read");
                let method = if head { Method::HEAD } else { Method::GET };
                return Ok(Output::Response(Box::new(
                    ProblemDocument::unreadable_request()
                        .finished(&method, EnvironmentState::Unknown)
                        .into_response(multi_value),
                )));
            }
            Err(error) => {
                error!("{}", chain(&error));
                return Err(error);
            }
            Ok(Event::Command(command)) => return self.command(command, limit).await,
            Ok(Event::Alarm(alarm)) => {
                info!(alarm = alarm.name, state = alarm.state, since = ?alarm.since, "received an alarm");
                self.tick_all(all(), limit).await
            }
            Ok(Event::Ecs(event)) => {
                let concerned: Vec<_> =
                    all().into_iter().filter(|environment| concerns(&event, environment)).collect();
                debug!(
                    service = event.service,
                    what = event.what,
                    environments = concerned.len(),
                    "received an ECS event"
                );
                self.tick_all(concerned, limit).await
            }
        };
        Ok(Output::Reports { environments })
    }

    async fn command(&self, command: Command, limit: Duration) -> Result<Output, EventError> {
        let environments = match command {
            Command::Tick { environment } => {
                self.tick_all(self.environments_named(environment)?, limit).await
            }
            Command::Wake { environment, wait } => {
                vec![self.wake(self.environment_named(&environment)?, wait, limit).await]
            }
            Command::Sleep { environment, wait } => {
                vec![self.sleep(self.environment_named(&environment)?, wait, limit).await]
            }
            Command::Status { environment } => {
                let environments = self.status(self.environments_named(environment)?, limit).await;
                return Ok(Output::Statuses { environments });
            }
        };
        Ok(Output::Reports { environments })
    }

    /// The environment with that name, or all.
    fn environments_named(&self, name: Option<String>) -> Result<Vec<&Environment>, EventError> {
        match name {
            Some(name) => self.environment_named(&name).map(|environment| vec![environment]),
            None => Ok(self.config.environments().iter().collect()),
        }
    }

    fn environment_named(&self, name: &str) -> Result<&Environment, EventError> {
        let environments = self.config.environments();
        environments.iter().find(|environment| environment.name == name).ok_or_else(|| {
            let known: Vec<_> = environments.iter().map(|environment| environment.name.as_str()).collect();
            let error = EventError::UnknownEnvironment { name: name.to_owned(), known: known.join(", ") };
            error!("{error}");
            error
        })
    }
}

/// Whether the event is about one of the environment's services.
fn concerns(event: &EcsEvent, environment: &Environment) -> bool {
    let cluster = event.cluster_arn.rsplit('/').next();
    environment.services.iter().any(|service| {
        event.service.as_ref() == Some(&service.name) && service.cluster.rsplit('/').next() == cluster
    })
}

/// From now to `deadline`, in milliseconds since the epoch.
fn time_left(deadline: u64) -> Duration {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Duration::from_millis(deadline).saturating_sub(now)
}

#[cfg(test)]
mod tests;
