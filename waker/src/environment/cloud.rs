//! The one seam between what Reveille decides and what carries it out.

use std::{future::Future, time::Duration};

use super::{
    fault::CloudError,
    scaling::{Activities, Suspended},
    snapshot::{PartialSnapshot, RouteTarget, Scope},
    state_tag::StateTag,
    wake_history,
};
use crate::config::Environment;

/// How long a route stays locked at the waker, at the least. Longer than it takes to read it
/// back and to set the counts.
pub const ROUTE_LOCK: Duration = Duration::from_secs(20);

/// One change. Each but [`Step::Deploy`] is idempotent: applied twice, or after somebody else
/// did the same, it changes nothing more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    /// Sets the desired count of the service at that index.
    SetDesired { service: usize, count: u32 },
    /// Starts a new deployment of the service at that index, with that desired count: of what
    /// is deployed already, as the last deployment has failed.
    Deploy { service: usize, count: u32 },
    /// Suspends these activities of the service's scaling, and resumes all others.
    SetSuspended { service: usize, activities: Activities },
    /// Replaces what is written about suspended scaling.
    WriteSuspended(Suspended),
    /// Starts a database that was stopped.
    StartDatabase,
    /// Makes a paused database resume, and asks whether it is up.
    TouchDatabase,
    /// Stops a database that does not pause by itself.
    StopDatabase,
    /// Sends visitors there. To the app: fails with [`FaultKind::WrongState`] while the route is
    /// locked. To the waker: unlocks it.
    TurnRoute(RouteTarget),
    /// Locks a route that leads to the waker for [`ROUTE_LOCK`], as the counts are about to be
    /// set to 0. One that leads to the app is left alone: somebody has turned it.
    LockRoute,
    /// Replaces what is written on the environment.
    Write(StateTag),
    /// Enters it into the ledger, unless that changes nothing.
    Record(wake_history::WakeEvent),
}

/// What can look at an environment and change it: AWS, or a simulation.
pub trait Cloud {
    /// One snapshot of what `scope` names, no more and no less. Changes nothing,
    /// and in particular wakes nothing.
    fn observe(
        &self,
        environment: &Environment,
        scope: Scope,
    ) -> impl Future<Output = Result<PartialSnapshot, CloudError>>;

    /// Makes one change, and returns once it has been asked for: a database
    /// that resumes or a task that starts is not waited for.
    fn apply(&self, environment: &Environment, step: Step) -> impl Future<Output = Result<(), CloudError>>;
}
