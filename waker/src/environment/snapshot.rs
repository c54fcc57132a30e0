//! What can be observed of an environment.
//!
//! Its parts can be read one by one: every waiting visitor observes, and AWS limits the rate of calls.
//! While no task runs, the load balancer need not be asked.

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
    /// None if it was not read.
    pub state_tag: StateTag,
    /// Read with the state tag; empty if that was not read.
    pub wake_history: WakeHistory,
    /// Read with the state tag as well.
    pub suspended: Suspended,
}

/// The answers of ECS, RDS and the database itself.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Running {
    /// In the configuration's order. None: ECS has no such service, which is allowed only for an
    /// optional one.
    pub services: Vec<Option<Tasks>>,
    /// None where the environment has no database.
    pub database: Option<DatabaseState>,
}

/// The number of targets that pass the load balancer's health check, by service in the configuration's
/// order; None for a service without a target group.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Healthy(pub Vec<Option<u32>>);

impl Healthy {
    /// 0 for a service without a target group.
    pub fn of(&self, index: usize) -> u32 {
        self.0.get(index).copied().flatten().unwrap_or_default()
    }
}

bitflags! {
    /// The parts of an environment to observe, concurrently.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    pub struct Scope: u8 {
        const RUNNING = 1;
        const HEALTHY = 1 << 1;
        const ROUTE = 1 << 2;
        /// What a wake needs.
        const WHOLE = Self::RUNNING.bits() | Self::HEALTHY.bits() | Self::ROUTE.bits();
        /// With the wake history and the suspended scaling: they are tags of the same listener rule.
        const STATE_TAG = 1 << 3;
        const USAGE = 1 << 4;
        const PAUSE = 1 << 5;
        /// How far starting tasks have come; a part of `RUNNING`.
        const PROGRESS = 1 << 6;
        /// Which scaling activities of the services are suspended.
        const SCALING = 1 << 7;
    }
}

/// The result of one observation: the parts in its scope.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct PartialSnapshot {
    pub running: Option<Running>,
    pub healthy: Option<Healthy>,
    pub route: Option<RouteTarget>,
    pub state_tag: Option<StateTag>,
    pub wake_history: Option<WakeHistory>,
    pub suspended: Option<Suspended>,
    /// Boxed, because most observations are without it.
    pub usage: Option<Box<Usage>>,
    pub pause: Option<Pause>,
    pub scaling: Option<Scaling>,
}

impl PartialSnapshot {
    /// Takes over the parts of a later observation.
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

/// The tasks of a service.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Tasks {
    pub desired: u32,
    pub running: u32,
    /// Why they do not start, if ECS gives a reason.
    pub failure: Option<StartFailure>,
    /// Failed starts since the service's last steady state.
    pub failed_starts: u32,
    pub deploying: bool,
    /// Its newest deployment has failed. Tasks of the deployment before may still serve.
    pub rollout_failed: bool,
    /// When its newest deployment was created.
    pub deployed: Option<SystemTime>,
    /// The image of a task is being pulled; read only with [`Scope::PROGRESS`].
    pub pulling: bool,
    /// When ECS last started a task, as far back as the service's events go.
    pub started: Option<SystemTime>,
}

impl Running {
    /// Whether the load balancer can have a healthy target: a service with a target group runs a task.
    pub fn reaches_balancer(&self, environment: &Environment) -> bool {
        let mut services = environment.services.iter().zip(&self.services);
        services.any(|(service, tasks)| {
            service.target_group_arn.is_some() && tasks.is_some_and(|tasks| tasks.running > 0)
        })
    }

    /// Whether the app should run: a service behind the route has a desired count above 0.
    pub fn awake(&self, environment: &Environment) -> bool {
        environment.app_services().any(|index| self.desired(index) > 0)
    }

    /// Whether any service has a desired count above 0.
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
    /// To neither of the two target groups: changed outside Reveille.
    Elsewhere,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DatabaseState {
    pub status: DatabaseStatus,
    pub answer: DatabaseAnswer,
    /// An Aurora cluster that pauses by itself when it has no connections.
    pub pauses: bool,
    /// RDS can stop it: it has no replica, and is not one.
    pub stoppable: bool,
}

/// The status in the RDS API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DatabaseStatus {
    /// Up, or a paused Aurora cluster: the API does not distinguish the two.
    Available,
    Stopped,
    /// It cannot be started before it has stopped.
    Stopping,
    Starting,
    /// It does not come up by itself: failed, being deleted, out of storage.
    Unusable,
}

/// The database's own answer to the last probe.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DatabaseAnswer {
    /// No recent probe, or no usable answer.
    Unknown,
    /// Probed, no answer yet: an Aurora cluster does not answer while it resumes.
    Awaited,
    /// It answered a moment ago.
    Up,
    /// The probe is set up wrongly: the RDS status decides, as without a probe.
    CannotAsk,
}
