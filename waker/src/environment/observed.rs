//! One snapshot of an environment.

use super::failure::StartFailure;

/// What one look at an environment found.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Observed {
    pub route: RouteTarget,
    /// In the configuration's order. None: ECS knows no such service, which
    /// only an optional one survives.
    pub services: Vec<Option<ServiceState>>,
    /// None where the environment has no database.
    pub database: Option<DatabaseState>,
}

/// Where the listener rule sends visitors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RouteTarget {
    App,
    Waker,
    /// To neither of the two target groups: somebody else's hand.
    Elsewhere,
}

/// A service, in numbers of tasks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ServiceState {
    pub desired: u32,
    pub running: u32,
    /// Targets that pass the load balancer's check; None without a target group.
    pub healthy: Option<u32>,
    /// Why its tasks do not start, where ECS tells.
    pub failure: Option<StartFailure>,
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
