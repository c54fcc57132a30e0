//! The interface between Reveille's decisions and the cloud.

use std::{future::Future, time::Duration};

use super::{
    fault::CloudError,
    scaling::{Activities, Suspended},
    snapshot::{PartialSnapshot, RouteTarget, Scope},
    state_tag::StateTag,
    wake_history,
};
use crate::config::Environment;

/// How long a route stays locked at the waker, at least. Longer than it takes to read the route back
/// and to set the counts.
pub const ROUTE_LOCK: Duration = Duration::from_secs(20);

/// One change. Each but [`Step::Deploy`] is idempotent: applied twice, it changes nothing more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    /// Sets the desired count of the service at that index.
    SetDesired { service: usize, count: u32 },
    /// Starts a new deployment, with that desired count, of the task definition whose last deployment
    /// failed.
    Deploy { service: usize, count: u32 },
    /// Suspends these scaling activities of the service, and resumes all others.
    SetSuspended { service: usize, activities: Activities },
    /// Replaces the tag `reveille:scaling`.
    WriteSuspended(Suspended),
    /// Starts a stopped database.
    StartDatabase,
    /// Makes a paused database resume, and checks whether it is up.
    TouchDatabase,
    /// Stops a database that does not pause by itself.
    StopDatabase,
    /// Sends visitors there. To the app: fails with [`FaultKind::WrongState`] while the route is
    /// locked. To the waker: unlocks it.
    TurnRoute(RouteTarget),
    /// Locks a route that points to the waker for [`ROUTE_LOCK`], before the counts are set to 0.
    /// Leaves a route that points to the app alone: another invocation has turned it.
    LockRoute,
    /// Replaces the tag `reveille:state`.
    Write(StateTag),
    /// Adds the event to the wake history, unless that changes nothing.
    Record(wake_history::WakeEvent),
}

/// Observes and changes an environment: AWS, or a simulation.
pub trait Cloud {
    /// Reads the parts in `scope`, no more and no less. Changes nothing and wakes nothing.
    fn observe(
        &self,
        environment: &Environment,
        scope: Scope,
    ) -> impl Future<Output = Result<PartialSnapshot, CloudError>>;

    /// Makes one change. Returns once AWS has accepted it: does not wait until a database has resumed
    /// or a task has started.
    fn apply(&self, environment: &Environment, step: Step) -> impl Future<Output = Result<(), CloudError>>;
}
