//! The simulated environment: its state at a moment of virtual time.

use std::{
    collections::BTreeMap,
    time::{Duration, UNIX_EPOCH},
};

use tokio::time::Instant;

use crate::pace::{Distribution, Pace};
use waker::{
    config::Environment,
    environment::{
        cloud::ROUTE_LOCK,
        failure::StartFailure,
        scaling::{Scaling, Suspended},
        snapshot::{DatabaseStatus, RouteTarget, Tasks},
        state_tag::StateTag,
        wake_history::WakeHistory,
    },
};

/// What takes time on AWS.
#[derive(Clone, Copy, Debug)]
pub struct Delays {
    /// The duration of one API call.
    pub call: Distribution,
    /// How old the state may be that ECS and Elastic Load Balancing return.
    pub ecs_lag: Distribution,
    pub elb_lag: Distribution,
    /// From the desired count to a running task.
    pub task_start: Duration,
    /// From a running task, with its database up, to a healthy target.
    pub health_check: Duration,
    /// The resume of a paused database.
    pub resume: Duration,
    /// The start of a stopped database.
    pub database_start: Duration,
    /// From `ModifyRule` to the load balancer's data plane, drawn anew for each request.
    pub propagation: Distribution,
}

impl Delays {
    /// AWS's pace: an image of 50 MB, a health check every 5 s, a database paused for an hour.
    pub fn aws(rng: &mut fastrand::Rng) -> Self {
        let pace = Pace::aws();
        let mut sample = |quantity: &str| pace.of(quantity).sample(rng);
        let task_start = sample("provision") + sample("pull_50_mb") + sample("container_start");
        let health_check = sample("target_registration") + sample("health_check_interval");
        Self {
            call: pace.of("api_latency"),
            ecs_lag: pace.of("ecs_read_lag"),
            elb_lag: pace.of("elb_read_lag"),
            task_start,
            health_check,
            resume: sample("resume_after_hour"),
            database_start: Duration::from_mins(4),
            propagation: pace.of("rule_propagation"),
        }
    }
}

impl Default for Delays {
    fn default() -> Self {
        Self {
            call: Duration::from_millis(20).into(),
            ecs_lag: Duration::ZERO.into(),
            elb_lag: Duration::ZERO.into(),
            task_start: Duration::from_secs(8),
            health_check: Duration::from_secs(2),
            resume: Duration::from_secs(15),
            database_start: Duration::from_secs(120),
            propagation: Duration::from_secs(3).into(),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Database {
    Stopped,
    Paused,
    /// Comes up at that time; its status is `starting` if it was stopped.
    Rising {
        up: Instant,
        stopped: bool,
    },
}

#[derive(Debug)]
pub struct World {
    pub delays: Delays,
    pub database: Option<Database>,
    pub services: Vec<Service>,
    pub state_tag: StateTag,
    /// The tags of the wake history.
    pub tags: BTreeMap<&'static str, String>,
    pub suspended: Suspended,
    /// The suspensions of the services' scalable targets.
    pub scaling: Scaling,
    /// Every turn of the route with its time; the last one is the control plane's state.
    turns: Vec<(Instant, RouteTarget)>,
    /// When the route's lock ends.
    locked: Option<Instant>,
    began: Instant,
}

#[derive(Debug)]
pub struct Service {
    /// Every change of the desired count with its time.
    desired: Vec<(Instant, u32)>,
    /// The highest desired count so far.
    pub peak: u32,
    behind_balancer: bool,
    tasks: Vec<Instant>,
    /// The reason for which its tasks stop instead of running.
    pub failure: Option<StartFailure>,
    /// Every deployment with its time, and whether ECS has given it up and starts no more of its
    /// tasks.
    deployments: Vec<(Instant, Rollout)>,
    /// The rollout state of each further deployment.
    pub rollout: Rollout,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rollout {
    Completes,
    Fails,
}

impl World {
    /// A world that is asleep.
    pub fn new(environment: &Environment, delays: Delays) -> Self {
        let services = environment.services.iter().map(|service| Service {
            desired: vec![(Instant::now(), 0)],
            peak: 0,
            behind_balancer: service.target_group_arn.is_some(),
            tasks: Vec::new(),
            failure: None,
            deployments: vec![(Instant::now(), Rollout::Completes)],
            rollout: Rollout::Completes,
        });
        Self {
            delays,
            database: environment.database.as_ref().map(|_| Database::Paused),
            services: services.collect(),
            state_tag: StateTag::None,
            tags: BTreeMap::new(),
            suspended: Suspended::default(),
            scaling: Scaling(vec![None; environment.services.len()]),
            turns: vec![(Instant::now(), RouteTarget::Waker)],
            locked: None,
            began: Instant::now(),
        }
    }

    pub fn wake_history(&self) -> WakeHistory {
        WakeHistory::read(|key| self.tags.get(key).map(String::as_str), self.state_tag)
    }

    pub fn set_desired(&mut self, index: usize, count: u32) {
        let service = &mut self.services[index];
        service.desired.push((Instant::now(), count));
        service.peak = service.peak.max(count);
        match service.deployments[service.deployments.len() - 1].1 {
            Rollout::Completes => service.tasks.resize(count as usize, Instant::now()),
            Rollout::Fails => service.tasks.truncate(count as usize),
        }
    }

    /// A new deployment, of new tasks.
    pub fn deploy(&mut self, index: usize, count: u32) {
        let service = &mut self.services[index];
        service.deployments.push((Instant::now(), service.rollout));
        service.tasks.clear();
        self.set_desired(index, count);
    }

    /// How often it has been deployed since the world began.
    pub fn deployments(&self, index: usize) -> usize {
        self.services[index].deployments.len() - 1
    }

    /// The last desired count.
    pub fn desired(&self, index: usize) -> u32 {
        let changes = &self.services[index].desired;
        changes[changes.len() - 1].1
    }

    /// Its tasks, and its healthy targets if it is behind the load balancer.
    pub fn service(&self, index: usize) -> (Tasks, Option<u32>) {
        self.service_before(index, Duration::ZERO)
    }

    /// The same, as of `lag` ago.
    pub fn service_before(&self, index: usize, lag: Duration) -> (Tasks, Option<u32>) {
        let (now, service) = (before(lag), &self.services[index]);
        let count = |after: Duration| {
            let up = service.tasks.iter().filter(|created| **created + after <= now).count();
            u32::try_from(up).unwrap()
        };
        let started = count(self.delays.task_start);
        let running = if service.failure.is_some() { 0 } else { started };
        let database_up = self.database_up_at(now, self.delays.health_check);
        let healthy = if running == 0 || !database_up {
            0
        } else {
            count(self.delays.task_start + self.delays.health_check)
        };
        let failure = service.failure.filter(|_| started > 0);
        let desired = last(&service.desired, now);
        let (deployed, rollout) = last_change(&service.deployments, now);
        let rollout_failed = rollout == Rollout::Fails;
        let stuck = (rollout_failed && running < desired).then_some(StartFailure::DeploymentFailed);
        (
            Tasks {
                desired,
                running,
                failure: stuck.or(failure),
                rollout_failed,
                deployed: Some(UNIX_EPOCH + (deployed - self.began)),
                ..Tasks::default()
            },
            service.behind_balancer.then_some(healthy),
        )
    }

    pub fn status(&self) -> Option<DatabaseStatus> {
        Some(match self.database? {
            Database::Stopped => DatabaseStatus::Stopped,
            Database::Rising { up, stopped: true } if Instant::now() < up => DatabaseStatus::Starting,
            Database::Paused | Database::Rising { .. } => DatabaseStatus::Available,
        })
    }

    /// True without a database.
    pub fn database_up(&self) -> bool {
        self.database_up_at(Instant::now(), Duration::ZERO)
    }

    /// Whether it has been up for `time` already.
    fn database_up_at(&self, now: Instant, time: Duration) -> bool {
        match self.database {
            None => true,
            Some(Database::Rising { up, .. }) => up + time <= now,
            Some(Database::Stopped | Database::Paused) => false,
        }
    }

    /// A connection attempt: resumes a paused database, does not start a stopped one.
    pub fn touch(&mut self) {
        if self.database == Some(Database::Paused) {
            self.database =
                Some(Database::Rising { up: Instant::now() + self.delays.resume, stopped: false });
        }
    }

    /// Returns whether there was one to start.
    pub fn start_database(&mut self) -> bool {
        let stopped = self.database == Some(Database::Stopped);
        if stopped {
            self.database =
                Some(Database::Rising { up: Instant::now() + self.delays.database_start, stopped: true });
        }
        stopped
    }

    pub fn stop_database(&mut self) {
        self.database = Some(Database::Stopped);
    }

    /// Returns whether the lock allowed it.
    pub fn turn(&mut self, to: RouteTarget) -> bool {
        let now = Instant::now();
        if to == RouteTarget::App && self.locked.is_some_and(|until| now < until) {
            return false;
        }
        self.locked = None;
        self.turns.push((now, to));
        true
    }

    pub fn lock(&mut self) {
        if self.route() == RouteTarget::Waker {
            self.locked = Some(Instant::now() + ROUTE_LOCK);
        }
    }

    /// The route as the API returns it.
    pub fn route(&self) -> RouteTarget {
        self.turns[self.turns.len() - 1].1
    }

    /// Where it pointed `lag` ago: the answer of a lagging API, and the route of a node that has
    /// not followed yet.
    pub fn route_before(&self, lag: Duration) -> RouteTarget {
        last(&self.turns, before(lag))
    }

    /// Whether the app answers a visitor whom the route sends to it.
    pub fn app_answers(&self, environment: &Environment) -> bool {
        let app = &environment.route.app_target_group_arn;
        let behind = |index: usize| environment.services[index].target_group_arn.as_ref() == Some(app);
        (0..self.services.len()).any(|index| behind(index) && self.service(index).1.unwrap_or_default() > 0)
    }
}

/// `lag` ago, but not before the world began.
fn before(lag: Duration) -> Instant {
    Instant::now().checked_sub(lag).unwrap_or_else(Instant::now)
}

/// The last of the changes by then, or the first of all.
fn last<T: Copy>(changes: &[(Instant, T)], by: Instant) -> T {
    last_change(changes, by).1
}

fn last_change<T: Copy>(changes: &[(Instant, T)], by: Instant) -> (Instant, T) {
    *changes.iter().rev().find(|(at, _)| *at <= by).unwrap_or(&changes[0])
}
