//! An ECS service: its scheduler, its tasks, its deployments.

use waker::environment::{failure::StartFailure, snapshot::Tasks};

use super::{
    clock::{Millis, wall},
    history::History,
};

#[derive(Debug)]
pub struct Service {
    pub desired: u32,
    /// The highest desired count so far.
    pub peak: u32,
    pub behind_balancer: bool,
    pub tasks: Vec<Task>,
    /// The reason for which its tasks stop instead of running.
    pub failure: Option<StartFailure>,
    /// How many deployments it has had since its creation.
    pub deployments: u32,
    rollout: Rollout,
    /// ECS gives up each further deployment.
    pub gives_up: bool,
    deployed: Millis,
    /// The time of the last "has started" among the service's events.
    started: Option<Millis>,
    born: u32,
    past: History<Described>,
}

/// The state of the newest deployment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rollout {
    UnderWay,
    Complete,
    /// ECS starts no more of its tasks.
    GivenUp,
}

/// What the APIs say of a service.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Described {
    pub tasks: Tasks,
    /// Healthy targets.
    pub healthy: u32,
}

#[derive(Clone, Copy, Debug)]
pub struct Task {
    pub id: u32,
    deployment: u32,
    pub state: TaskState,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TaskState {
    /// Its image is pulled and its containers start.
    Pending,
    /// It stops instead of running, again and again.
    Failed,
    /// It runs and is registered as a target.
    Running,
    Healthy,
    /// It gets no new requests and stops soon.
    Draining {
        was_running: bool,
    },
}

/// What the scheduler has done.
#[derive(Debug, Default)]
pub struct Scheduled {
    pub started: Vec<u32>,
    pub draining: Vec<u32>,
}

impl Service {
    pub fn new(behind_balancer: bool) -> Self {
        Self {
            desired: 0,
            peak: 0,
            behind_balancer,
            tasks: Vec::new(),
            failure: None,
            deployments: 0,
            rollout: Rollout::Complete,
            gives_up: false,
            deployed: 0,
            started: None,
            born: 0,
            past: History::new(Described {
                tasks: Tasks { deployed: Some(wall(0)), ..Tasks::default() },
                healthy: 0,
            }),
        }
    }

    pub fn set_desired(&mut self, count: u32) {
        self.desired = count;
        self.peak = self.peak.max(count);
    }

    pub fn deploy(&mut self, now: Millis) {
        self.deployments += 1;
        self.rollout = if self.gives_up { Rollout::GivenUp } else { Rollout::UnderWay };
        self.deployed = now;
    }

    pub fn is_deploying(&self) -> bool {
        self.rollout == Rollout::UnderWay
    }

    /// Whether a deployment is under way that has nothing left to do.
    pub fn is_deployed(&self) -> bool {
        let newest = |task: &Task| task.deployment == self.deployments;
        self.is_deploying() && self.live().all(newest) && self.healthy() >= self.desired
    }

    pub fn complete(&mut self) {
        self.rollout = Rollout::Complete;
    }

    /// Brings the tasks to the desired count. A deployment starts all of its tasks
    /// first, and stops the old ones once those are healthy.
    pub fn schedule(&mut self, now: Millis) -> Scheduled {
        let mut done = Scheduled::default();
        let new = self.live().filter(|task| task.deployment == self.deployments).count() as u32;
        let wanted = if self.rollout == Rollout::GivenUp { 0 } else { self.desired };
        for _ in new..wanted {
            self.born += 1;
            self.tasks.push(Task { id: self.born, deployment: self.deployments, state: TaskState::Pending });
            done.started.push(self.born);
            self.started = Some(now);
        }
        let (desired, newest) = (self.desired, self.deployments);
        let replaced = self.count(|task| task.deployment == newest && task.state == TaskState::Healthy);
        let mut surplus = new.saturating_sub(desired);
        for task in self.tasks.iter_mut().rev() {
            let old = task.deployment != newest && replaced >= desired;
            let stops = !task.is_draining() && (old || (task.deployment == newest && surplus > 0));
            if stops {
                surplus -= u32::from(!old);
                let was_running = matches!(task.state, TaskState::Running | TaskState::Healthy);
                task.state = TaskState::Draining { was_running };
                done.draining.push(task.id);
            }
        }
        done
    }

    pub fn task(&mut self, id: u32) -> Option<&mut Task> {
        self.tasks.iter_mut().find(|task| task.id == id)
    }

    pub fn remove(&mut self, id: u32) -> Option<Task> {
        let index = self.tasks.iter().position(|task| task.id == id)?;
        Some(self.tasks.remove(index))
    }

    /// How many tasks the load balancer may send requests to.
    pub fn registered(&self) -> u32 {
        self.count(|task| matches!(task.state, TaskState::Running | TaskState::Healthy))
    }

    pub fn healthy(&self) -> u32 {
        self.count(|task| task.state == TaskState::Healthy)
    }

    /// As it was at that time.
    pub fn at(&self, at: Millis) -> Described {
        self.past.at(at)
    }

    /// Something may have changed. Whether `runningCount` includes draining tasks is not documented.
    pub fn changed(&mut self, now: Millis, counts_draining: bool) {
        let draining = |task: &Task| task.state == TaskState::Draining { was_running: true };
        let running = self.registered() + if counts_draining { self.count(draining) } else { 0 };
        let failed = self.count(|task| task.state == TaskState::Failed) > 0;
        let given_up = self.rollout == Rollout::GivenUp;
        let failure = self.failure.filter(|_| failed);
        let tasks = Tasks {
            desired: self.desired,
            running,
            failure: if given_up && running < self.desired {
                Some(StartFailure::DeploymentFailed)
            } else {
                failure
            },
            rollout_failed: given_up,
            deploying: self.is_deploying(),
            deployed: Some(wall(self.deployed)),
            started: self.started.map(wall),
            ..Tasks::default()
        };
        self.past.set(now, Described { tasks, healthy: self.healthy() });
    }

    fn live(&self) -> impl Iterator<Item = &Task> {
        self.tasks.iter().filter(|task| !task.is_draining())
    }

    fn count(&self, what: impl Fn(&Task) -> bool) -> u32 {
        self.tasks.iter().filter(|task| what(task)).count() as u32
    }
}

impl Task {
    pub fn is_draining(self) -> bool {
        matches!(self.state, TaskState::Draining { .. })
    }
}
