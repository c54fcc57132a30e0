//! The state of an account: its environments, and what is about to happen to them.

use waker::environment::snapshot::RouteTarget;

use super::{
    account::Account, clock::Millis, delays::Delays, dice::Dice, events::Events, resources::Resources,
};

/// `E` is what a driver schedules; AWS's own events are among it.
#[derive(Debug)]
pub struct World<E> {
    pub delays: Delays,
    pub account: Account,
    pub environments: Vec<Resources>,
    pub events: Events<E>,
    pub dice: Dice,
    /// What AWS has done by itself, for the driver to take.
    pub happened: Vec<Happened>,
}

/// What AWS does by itself, later.
#[derive(Clone, Copy, Debug)]
pub struct Event {
    /// The index of the environment, and of the service.
    pub at: (usize, usize),
    pub what: What,
}

/// With the number of the task, or of the deployment.
#[derive(Clone, Copy, Debug)]
pub enum What {
    /// ECS's scheduler runs.
    Scheduler,
    TaskRuns(u32),
    TaskHealthy(u32),
    TaskGone(u32),
    /// ECS reports a steady state after the deployment.
    Steady(u32),
}

/// What ECS has done by itself.
#[derive(Clone, Copy, Debug)]
pub enum Happened {
    Scheduled { service: usize, started: usize, draining: usize },
    Healthy { service: usize },
    Gone { service: usize },
    Deployed,
}

impl<E> World<E> {
    pub fn new(delays: Delays, account: Account, dice: Dice) -> Self {
        Self { delays, account, environments: Vec::new(), events: Events::new(), dice, happened: Vec::new() }
    }

    /// Where a request lands: the nodes of the load balancer follow a turned route one by one.
    pub fn landing(&mut self, now: Millis, environment: usize) -> RouteTarget {
        let lag = self.delays.propagation.draw(&mut self.dice);
        self.environments[environment].route.at(now.saturating_sub(lag)).target
    }
}

impl World<Event> {
    /// Everything that AWS has done by itself by now.
    pub fn advance(&mut self, now: Millis) {
        while self.events.next_at().is_some_and(|at| at <= now) {
            if let Some((at, event)) = self.events.pop() {
                self.happens(at, event);
            }
        }
        self.happened.clear();
    }
}
