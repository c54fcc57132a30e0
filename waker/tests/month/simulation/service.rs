//! An ECS service: its scheduler, its tasks, its rolling deployments.

use waker::environment::snapshot::Tasks;

use super::clock::{Millis, wall};

#[derive(Debug)]
pub struct Service {
    pub desired: u32,
    pub behind_balancer: bool,
    pub tasks: Vec<Task>,
    /// The newest deployment's number.
    pub generation: u32,
    pub deploying: bool,
    deployed: Millis,
    /// The time of the last "has started" among the service's events.
    started: Option<Millis>,
    born: u32,
}

#[derive(Clone, Copy, Debug)]
pub struct Task {
    pub id: u32,
    generation: u32,
    pub state: TaskState,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TaskState {
    /// Its image is pulled and its containers start.
    Pending,
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
            behind_balancer,
            tasks: Vec::new(),
            generation: 0,
            deploying: false,
            deployed: 0,
            started: None,
            born: 0,
        }
    }

    pub fn deploy(&mut self, now: Millis) {
        self.generation += 1;
        self.deploying = true;
        self.deployed = now;
    }

    /// Whether the deployment has nothing left to do.
    pub fn is_deployed(&self) -> bool {
        self.live().all(|task| task.generation == self.generation) && self.healthy() >= self.desired
    }

    /// Brings the tasks to the desired count. A deployment starts all of its tasks
    /// first, and stops the old ones once those are healthy.
    pub fn schedule(&mut self, now: Millis) -> Scheduled {
        let mut done = Scheduled::default();
        let new = self.live().filter(|task| task.generation == self.generation).count() as u32;
        for _ in new..self.desired {
            self.born += 1;
            self.tasks.push(Task { id: self.born, generation: self.generation, state: TaskState::Pending });
            done.started.push(self.born);
            self.started = Some(now);
        }
        let (desired, generation) = (self.desired, self.generation);
        let replaced = self.count(|task| task.generation == generation && task.state == TaskState::Healthy);
        let mut surplus = new.saturating_sub(desired);
        for task in self.tasks.iter_mut().rev() {
            let old = task.generation != generation && replaced >= desired;
            let stops = !task.is_draining() && (old || (task.generation == generation && surplus > 0));
            if stops {
                surplus -= u32::from(!old);
                let was_running = task.state != TaskState::Pending;
                task.state = TaskState::Draining { was_running };
                done.draining.push(task.id);
            }
        }
        done
    }

    pub fn task(&mut self, id: u32) -> Option<&mut Task> {
        self.tasks.iter_mut().find(|task| task.id == id)
    }

    /// How many tasks the load balancer may send requests to.
    pub fn registered(&self) -> u32 {
        self.count(|task| matches!(task.state, TaskState::Running | TaskState::Healthy))
    }

    pub fn healthy(&self) -> u32 {
        self.count(|task| task.state == TaskState::Healthy)
    }

    /// As in `DescribeServices`. Whether `runningCount` includes draining tasks is not documented.
    pub fn describe(&self, counts_draining: bool) -> Tasks {
        let draining = |task: &Task| task.state == TaskState::Draining { was_running: true };
        Tasks {
            desired: self.desired,
            running: self.registered() + if counts_draining { self.count(draining) } else { 0 },
            deploying: self.deploying,
            deployed: Some(wall(self.deployed)),
            started: self.started.map(wall),
            ..Tasks::default()
        }
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
