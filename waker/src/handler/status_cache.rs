//! The status of environments, observed no more than once a second.
//!
//! A page polls the status every second, and many pages may be open. All requests within a second get
//! the result of one observation; those that come during an observation wait for it.

use std::{
    collections::HashMap,
    time::{Duration, SystemTime},
};

use tokio::{
    sync::Mutex,
    time::{Instant, timeout_at},
};
use tracing::warn;

use super::Waker;
use crate::{
    config::{Config, Environment},
    environment::{
        cloud::Cloud,
        failure::Failure,
        fault::{CloudError, FaultKind},
        snapshot::Scope,
    },
    error_chain::chain,
    status::{EnvironmentState, Status},
};

/// How long a cached status is fresh.
const FRESH: Duration = Duration::from_secs(1);

#[derive(Debug)]
pub(super) struct StatusCache {
    by_name: HashMap<String, Mutex<Option<CachedStatus>>>,
    clock: fn() -> SystemTime,
}

/// The monotonic clock may stop while Lambda freezes the sandbox, and the wall clock may be set back.
/// So a status counts only while it is fresh by both clocks.
#[derive(Debug)]
struct CachedStatus {
    at: Instant,
    wall: SystemTime,
    status: Status,
}

impl StatusCache {
    pub(super) fn new(config: &Config) -> Self {
        let names = config.environments().iter().map(|environment| environment.name.clone());
        Self { by_name: names.map(|name| (name, Mutex::default())).collect(), clock: SystemTime::now }
    }

    #[cfg(test)]
    pub(super) fn with_clock(self, clock: fn() -> SystemTime) -> Self {
        Self { clock, ..self }
    }

    /// The state without an observation.
    pub(super) fn state(&self, environment: &Environment) -> EnvironmentState {
        let slot = self.by_name.get(&environment.name).and_then(|slot| slot.try_lock().ok());
        let status = slot.as_deref().and_then(|slot| self.fresh(slot.as_ref()));
        status.map_or(EnvironmentState::Unknown, |status| status.state)
    }

    /// Caches a status that was observed for another reason.
    pub(super) async fn remember(&self, environment: &Environment, status: &Status) {
        if let Some(slot) = self.by_name.get(&environment.name) {
            *slot.lock().await = Some(self.entry(status));
        }
    }

    fn entry(&self, status: &Status) -> CachedStatus {
        CachedStatus { at: Instant::now(), wall: (self.clock)(), status: status.clone() }
    }

    fn fresh<'a>(&self, entry: Option<&'a CachedStatus>) -> Option<&'a Status> {
        let entry = entry.filter(|entry| entry.at.elapsed() < FRESH)?;
        let age = (self.clock)().duration_since(entry.wall).ok()?;
        (age < FRESH).then_some(&entry.status)
    }
}

impl<C: Cloud> Waker<C> {
    /// The status, at most a second old. It wakes nothing.
    pub(super) async fn cached_status(&self, environment: &Environment, limit: Duration) -> Status {
        let Some(slot) = self.status_cache.by_name.get(&environment.name) else {
            return self.fetch_status(environment, limit).await;
        };
        let mut slot = slot.lock().await;
        if let Some(status) = self.status_cache.fresh(slot.as_ref()) {
            return status.clone();
        }
        let status = self.fetch_status(environment, limit).await;
        *slot = Some(self.status_cache.entry(&status));
        status
    }

    /// The status, by a new observation.
    pub(super) async fn fetch_status(&self, environment: &Environment, limit: Duration) -> Status {
        let deadline = Instant::now() + limit;
        let observe = self.cloud.observe(environment, Scope::WHOLE | Scope::STATE_TAG | Scope::PROGRESS);
        let partial = timeout_at(deadline, observe).await.unwrap_or_else(|_| {
            Err(CloudError::new(FaultKind::TimedOut, "observe", "the invocation's time is over"))
        });
        match partial {
            Ok(partial) => match partial.whole() {
                Some(snapshot) => Status::of(environment, &snapshot, SystemTime::now()),
                None => Status::failed(environment, Failure::Fault(FaultKind::Malformed)),
            },
            Err(error) => {
                let (name, cause) = (&environment.name, chain(&error));
                warn!(
                    environment = name,
                    call = error.call,
                    kind = error.kind.code(),
                    cause,
                    "failed to observe the environment"
                );
                Status::failed(environment, Failure::Fault(error.kind))
            }
        }
    }
}
