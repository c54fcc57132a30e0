//! What can be seen of an environment.
//!
//! It has parts that can be looked at apart, because every waiting visitor looks
//! and AWS limits the rate of calls: while no task runs, the load balancer can be
//! left alone.

use super::failure::StartFailure;
use crate::config::Environment;

/// Everything about an environment that decides what to do.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Observed {
    pub running: Running,
    pub healthy: Healthy,
    pub route: RouteTarget,
}

/// What ECS, RDS and the database itself say.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Running {
    /// In the configuration's order. None: ECS knows no such service, which
    /// only an optional one survives.
    pub services: Vec<Option<Tasks>>,
    /// None where the environment has no database.
    pub database: Option<DatabaseState>,
}

/// Targets that pass the load balancer's check, by service in the
/// configuration's order; None for a service without a target group.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Healthy(pub Vec<Option<u32>>);

/// The parts of an environment to look at, concurrently.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Scope {
    pub running: bool,
    pub healthy: bool,
    pub route: bool,
}

impl Scope {
    pub const WHOLE: Self = Self { running: true, healthy: true, route: true };
    pub const RUNNING: Self = Self { running: true, healthy: false, route: false };
    pub const HEALTHY: Self = Self { running: false, healthy: true, route: false };
    pub const ROUTE: Self = Self { running: false, healthy: false, route: true };
}

/// What one look found, as far as its scope went.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Seen {
    pub running: Option<Running>,
    pub healthy: Option<Healthy>,
    pub route: Option<RouteTarget>,
}

/// A service's tasks, in numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Tasks {
    pub desired: u32,
    pub running: u32,
    /// Why they do not start, where ECS tells.
    pub failure: Option<StartFailure>,
}

impl Running {
    /// Whether the load balancer can have a healthy target: one of the services
    /// behind it runs a task.
    pub fn reaches_balancer(&self, environment: &Environment) -> bool {
        let mut services = environment.services.iter().zip(&self.services);
        services.any(|(service, tasks)| {
            service.target_group_arn.is_some() && tasks.is_some_and(|tasks| tasks.running > 0)
        })
    }
}

/// Where the listener rule sends visitors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RouteTarget {
    App,
    Waker,
    /// To neither of the two target groups: somebody else's hand.
    Elsewhere,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DatabaseState {
    pub status: DatabaseStatus,
    pub answer: Answer,
}

/// What the RDS API says of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DatabaseStatus {
    /// Up, or an Aurora that is paused: the API does not tell them apart.
    Available,
    Stopped,
    /// Cannot be started before it has stopped.
    Stopping,
    Starting,
    /// Does not come up by itself: failed, being deleted, out of storage.
    Unusable,
}

/// What the database itself said when it was last touched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Answer {
    /// Not touched lately, or without an answer that counts.
    Unknown,
    /// Touched; it has not answered yet. An Aurora that resumes stalls.
    Awaited,
    /// Up, not long ago.
    Up,
}
