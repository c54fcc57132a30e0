//! How environments are, looked at no more than once a second.
//!
//! A page polls the status every second, and many pages may be open. All that come
//! within a second get what one look has found, and whoever comes while a look is under
//! way waits for it.

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
        drive::chain,
        failure::Failure,
        fault::{CloudError, FaultKind},
        observed::Scope,
    },
    status::{State, Status},
};

/// How long a look counts.
const FRESH: Duration = Duration::from_secs(1);

#[derive(Debug)]
pub(super) struct Glances(HashMap<String, Mutex<Option<Glance>>>);

#[derive(Debug)]
struct Glance {
    at: Instant,
    status: Status,
}

impl Glances {
    pub(super) fn new(config: &Config) -> Self {
        let names = config.environments().iter().map(|environment| environment.name.clone());
        Self(names.map(|name| (name, Mutex::default())).collect())
    }

    /// What is known without a look.
    pub(super) fn state(&self, environment: &Environment) -> State {
        let slot = self.0.get(&environment.name).and_then(|slot| slot.try_lock().ok());
        let glance = slot.as_deref().and_then(Option::as_ref).filter(|glance| glance.at.elapsed() < FRESH);
        glance.map_or(State::Unknown, |glance| glance.status.state)
    }

    /// What somebody has seen for another reason.
    pub(super) async fn remember(&self, environment: &Environment, status: &Status) {
        if let Some(slot) = self.0.get(&environment.name) {
            *slot.lock().await = Some(Glance { at: Instant::now(), status: status.clone() });
        }
    }
}

impl<C: Cloud> Waker<C> {
    /// The status, at most a second old. It wakes nothing.
    pub(super) async fn glance(&self, environment: &Environment, limit: Duration) -> Status {
        let Some(slot) = self.glances.0.get(&environment.name) else {
            return self.look_up(environment, limit).await;
        };
        let mut slot = slot.lock().await;
        if let Some(glance) = slot.as_ref().filter(|glance| glance.at.elapsed() < FRESH) {
            return glance.status.clone();
        }
        let status = self.look_up(environment, limit).await;
        *slot = Some(Glance { at: Instant::now(), status: status.clone() });
        status
    }

    /// The status, by a look of its own.
    pub(super) async fn look_up(&self, environment: &Environment, limit: Duration) -> Status {
        let deadline = Instant::now() + limit;
        let look = self.cloud.observe(environment, Scope::WHOLE | Scope::NOTE | Scope::PROGRESS);
        let seen = timeout_at(deadline, look).await.unwrap_or_else(|_| {
            Err(CloudError::new(FaultKind::TimedOut, "observe", "the invocation's time is over"))
        });
        match seen {
            Ok(seen) => match seen.whole() {
                Some(observed) => Status::of(environment, &observed, SystemTime::now()),
                None => Status::failed(environment, Failure::Fault(FaultKind::Malformed)),
            },
            Err(error) => {
                let (name, cause) = (&environment.name, chain(&error));
                warn!(
                    environment = name,
                    call = error.call,
                    kind = error.kind.code(),
                    cause,
                    "failed to look at the environment"
                );
                Status::failed(environment, Failure::Fault(error.kind))
            }
        }
    }
}
