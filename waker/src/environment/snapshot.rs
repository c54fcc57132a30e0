//! What can be seen of an environment.
//!
//! It has parts that can be looked at apart, because every waiting visitor looks
//! and AWS limits the rate of calls: while no task runs, the load balancer can be
//! left alone.

use std::time::SystemTime;

use bitflags::bitflags;

use super::{
    failure::StartFailure,
    pause::Pause,
    scaling::{Scaling, Suspended},
    state_tag::StateTag,
    usage::Usage,
    wake_history::WakeHistory,
};
use crate::config::Environment;

/// What decides how an environment is woken.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Snapshot {
    pub running: Running,
    pub healthy: Healthy,
    pub route: RouteTarget,
    /// None where it was not looked at.
    pub state_tag: StateTag,
    /// Comes with the note; empty where that was not looked at.
    pub wake_history: WakeHistory,
    /// Comes with the note as well.
    pub suspended: Suspended,
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

impl Healthy {
    /// 0 for a service without a target group.
    pub fn of(&self, index: usize) -> u32 {
        self.0.get(index).copied().flatten().unwrap_or_default()
    }
}

bitflags! {
    /// The parts of an environment to look at, concurrently.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    pub struct Scope: u8 {
        const RUNNING = 1;
        const HEALTHY = 1 << 1;
        const ROUTE = 1 << 2;
        /// What a wake needs.
        const WHOLE = Self::RUNNING.bits() | Self::HEALTHY.bits() | Self::ROUTE.bits();
        /// And the ledger, and what of scaling is suspended: they are tags of the same rule.
        const STATE_TAG = 1 << 3;
        const USAGE = 1 << 4;
        const PAUSE = 1 << 5;
        /// How far tasks have come that are about to run; a part of what runs.
        const PROGRESS = 1 << 6;
        /// What of the services' scaling is suspended.
        const SCALING = 1 << 7;
    }
}

/// What one look found, as far as its scope went.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct PartialSnapshot {
    pub running: Option<Running>,
    pub healthy: Option<Healthy>,
    pub route: Option<RouteTarget>,
    pub state_tag: Option<StateTag>,
    pub wake_history: Option<WakeHistory>,
    pub suspended: Option<Suspended>,
    /// Boxed, because most looks are without it.
    pub usage: Option<Box<Usage>>,
    pub pause: Option<Pause>,
    pub scaling: Option<Scaling>,
}

impl PartialSnapshot {
    /// Takes over what a later look has found.
    pub fn update(&mut self, later: Self) {
        self.running = later.running.or(self.running.take());
        self.healthy = later.healthy.or(self.healthy.take());
        self.route = later.route.or(self.route);
        self.state_tag = later.state_tag.or(self.state_tag);
        self.wake_history = later.wake_history.or(self.wake_history.take());
        self.suspended = later.suspended.or(self.suspended);
        self.usage = later.usage.or(self.usage.take());
        self.pause = later.pause.or(self.pause);
        self.scaling = later.scaling.or(self.scaling.take());
    }

    /// None while a part is missing that decides how the environment is woken.
    pub fn whole(self) -> Option<Snapshot> {
        Some(Snapshot {
            running: self.running?,
            healthy: self.healthy?,
            route: self.route?,
            state_tag: self.state_tag.unwrap_or_default(),
            wake_history: self.wake_history.unwrap_or_default(),
            suspended: self.suspended.unwrap_or_default(),
        })
    }
}

/// A service's tasks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Tasks {
    pub desired: u32,
    pub running: u32,
    /// Why they do not start, where ECS tells.
    pub failure: Option<StartFailure>,
    /// How many starts have failed since the service was last steady.
    pub failed_starts: u32,
    /// A deployment replaces the tasks.
    pub deploying: bool,
    /// Its newest deployment has failed. Tasks of the one before may go on serving.
    pub rollout_failed: bool,
    /// When its newest deployment was made.
    pub deployed: Option<SystemTime>,
    /// The image of a task is being pulled; only looked at with [`Scope::PROGRESS`].
    pub pulling: bool,
    /// When ECS last started a task, as far back as its events go.
    pub started: Option<SystemTime>,
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

    /// Whether the app is wanted: one of the services that the route leads to has
    /// a desired count.
    pub fn awake(&self, environment: &Environment) -> bool {
        environment.app_services().any(|index| self.desired(index) > 0)
    }

    /// Whether any service has a desired count.
    pub fn wanted(&self) -> bool {
        self.services.iter().flatten().any(|tasks| tasks.desired > 0)
    }

    /// 0 for a service that does not exist.
    pub fn desired(&self, index: usize) -> u32 {
        self.services.get(index).copied().flatten().map_or(0, |tasks| tasks.desired)
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
    pub answer: DatabaseAnswer,
    /// An Aurora that pauses by itself when nobody is connected.
    pub pauses: bool,
    /// RDS lets it be stopped: it has no replica, and is none.
    pub stoppable: bool,
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
pub enum DatabaseAnswer {
    /// Not touched lately, or without an answer that counts.
    Unknown,
    /// Touched; it has not answered yet. An Aurora that resumes stalls.
    Awaited,
    /// Up, not long ago.
    Up,
    /// The probe is not set up as it should be: its status is all there is to know, as without one.
    CannotAsk,
}
