//! What changes a service, and what ECS does then by itself.

use super::{
    clock::{Millis, SECOND},
    resources::Resources,
    service::{Service, TaskState},
    world::{Event, Happened, What, World},
};

/// The index of an environment, and of one of its services.
type At = (usize, usize);

impl<E: From<Event>> World<E> {
    pub fn set_desired(&mut self, now: Millis, at: At, count: u32) {
        self.service(at).set_desired(count);
        let scheduled = now + self.delays.scheduler.draw(&mut self.dice);
        self.later(scheduled, at, What::Scheduler);
        self.environments[at.0].changed(now);
    }

    /// Deploys the service anew.
    pub fn deploy(&mut self, now: Millis, at: At) {
        self.service(at).deploy(now);
        let scheduled = now + self.dice.between(1..8) * SECOND;
        self.later(scheduled, at, What::Scheduler);
        self.environments[at.0].changed(now);
    }

    /// Whether the database was stopped.
    pub fn start_database(&mut self, now: Millis, environment: usize) -> bool {
        let Resources { database, services, .. } = &mut self.environments[environment];
        let database = database.as_mut();
        let up = database.and_then(|database| database.start(now, &self.delays, &mut self.dice));
        let Some(up) = up else { return false };
        // The tasks that run already connect once it is up.
        for (service, state) in services.iter().enumerate() {
            for task in state.tasks.iter().filter(|task| task.state == TaskState::Running) {
                let event = Event { at: (environment, service), what: What::TaskRuns(task.id) };
                self.events.add(up, event.into());
            }
        }
        true
    }

    /// Somebody connects to the database; returns when that is answered.
    pub fn touch_database(&mut self, now: Millis, environment: usize) -> Option<Millis> {
        self.environments[environment].database.as_mut()?.touch(now, &self.delays, &mut self.dice)
    }

    pub fn happens(&mut self, now: Millis, Event { at, what }: Event) {
        match what {
            What::Scheduler => self.schedule(now, at),
            What::TaskRuns(task) => self.task_runs(now, at, task),
            What::TaskHealthy(task) => self.task_healthy(now, at, task),
            What::TaskGone(task) => self.task_gone(now, at, task),
            What::Steady(deployment) => self.steady(at, deployment),
        }
        self.environments[at.0].changed(now);
    }

    fn service(&mut self, (environment, service): At) -> &mut Service {
        &mut self.environments[environment].services[service]
    }

    fn later(&mut self, time: Millis, at: At, what: What) {
        self.events.add(time, Event { at, what }.into());
    }

    fn schedule(&mut self, now: Millis, at: At) {
        let service = self.service(at);
        let done = service.schedule(now);
        let drains = if service.behind_balancer { self.environments[at.0].drains } else { 0 };
        let (started, draining) = (done.started.len(), done.draining.len());
        if started + draining > 0 {
            self.happened.push(Happened::Scheduled { service: at.1, started, draining });
        }
        for task in done.started {
            let start = self.delays.task_start.draw(&mut self.dice);
            self.later(now + start, at, What::TaskRuns(task));
        }
        for task in done.draining {
            // Few apps use all of their stop time-out.
            let stop_timeout = self.dice.time("stop_timeout");
            let stops = self.dice.between(SECOND..stop_timeout);
            self.later(now + drains + stops, at, What::TaskGone(task));
        }
        self.conclude_deployments(now, at.0);
    }

    /// The task connects to the database, and then answers health checks.
    fn task_runs(&mut self, now: Millis, at: At, task: u32) {
        let Self { environments, delays, dice, .. } = self;
        let Resources { services, database, pool, .. } = &mut environments[at.0];
        let service = &mut services[at.1];
        let runs = if service.failure.is_some() { TaskState::Failed } else { TaskState::Running };
        let behind_balancer = service.behind_balancer;
        let Some(task_state) = service.task(task) else { return };
        if !matches!(task_state.state, TaskState::Pending | TaskState::Running) {
            return;
        }
        task_state.state = runs;
        if runs == TaskState::Failed {
            return;
        }
        let connected = match database {
            None => Some(now),
            Some(database) if *pool => database.connect(now, delays, dice),
            Some(database) => database.touch(now, delays, dice),
        };
        // Without one, it waits for a stopped database.
        if let Some(connected) = connected {
            let checks = if behind_balancer { delays.health_check.draw(dice) } else { 0 };
            self.later(connected + checks, at, What::TaskHealthy(task));
        }
    }

    fn task_healthy(&mut self, now: Millis, at: At, task: u32) {
        let Some(state) = self.service(at).task(task) else { return };
        if state.state == TaskState::Running {
            state.state = TaskState::Healthy;
            self.happened.push(Happened::Healthy { service: at.1 });
            // Old tasks of a deployment may stop now.
            self.schedule(now, at);
        }
    }

    fn task_gone(&mut self, now: Millis, at: At, task: u32) {
        let Some(gone) = self.service(at).remove(task) else { return };
        self.happened.push(Happened::Gone { service: at.1 });
        let Resources { database, pool, .. } = &mut self.environments[at.0];
        if let Some(database) = database
            && *pool
            && gone.state == (TaskState::Draining { was_running: true })
        {
            database.disconnect(now);
        }
        self.conclude_deployments(now, at.0);
    }

    /// ECS reports a steady state some minutes after a deployment has nothing left to do.
    fn conclude_deployments(&mut self, now: Millis, environment: usize) {
        for service in 0..self.environments[environment].services.len() {
            let at = (environment, service);
            if self.service(at).is_deployed() {
                let steady = now + self.dice.between(60..360) * SECOND;
                let what = What::Steady(self.service(at).deployments);
                self.later(steady, at, what);
            }
        }
    }

    fn steady(&mut self, at: At, deployment: u32) {
        let service = self.service(at);
        if service.deployments == deployment && service.is_deployed() {
            service.complete();
            self.happened.push(Happened::Deployed);
        }
    }
}
