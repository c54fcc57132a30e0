//! The state of the environment, and how its parts affect one another.

use std::collections::BTreeMap;

use waker::{
    config::Environment,
    environment::{
        snapshot::RouteTarget,
        state_tag::StateTag,
        wake_history::{WakeEvent, WakeHistory},
    },
};

use super::{
    clock::{Millis, SECOND},
    database::Database,
    designs::Design,
    dice::Dice,
    month::{Event, Month},
    route::Route,
    scaling::AutoScaling,
    service::{Service, TaskState},
    trace::Happened,
};

#[derive(Debug)]
pub struct World {
    pub route: Route,
    state_tag: StateTag,
    /// The tags of the wake history.
    tags: BTreeMap<&'static str, String>,
    /// As an observation reads them.
    wake_history: WakeHistory,
    pub scaling: AutoScaling,
    pub services: Vec<Service>,
    /// The service behind the load balancer.
    pub app: usize,
    pub database: Database,
    /// ECS counts draining tasks as running.
    pub counts_draining: bool,
    /// The app keeps its database connections while it runs.
    pool: bool,
    /// The target group's deregistration delay.
    drains: Millis,
}

impl World {
    /// A world that is asleep.
    pub fn new(environment: &Environment, dice: &mut Dice, scaling: &mut Dice) -> Self {
        let services = environment.services.iter();
        let app = environment.app_services().next().unwrap_or_default();
        Self {
            route: Route::new(RouteTarget::Waker),
            state_tag: StateTag::None,
            tags: BTreeMap::new(),
            wake_history: WakeHistory::default(),
            scaling: AutoScaling::new(environment.services.len(), app, scaling),
            services: services.map(|service| Service::new(service.target_group_arn.is_some())).collect(),
            app,
            database: Database::new(),
            counts_draining: dice.once_in(2),
            pool: dice.once_in(2),
            drains: dice.time("deregistration_delay"),
        }
    }

    pub fn state_tag(&self) -> StateTag {
        self.state_tag
    }

    pub fn write_state_tag(&mut self, state_tag: StateTag) {
        self.state_tag = state_tag;
        self.read_wake_history();
    }

    pub fn wake_history(&self) -> &WakeHistory {
        &self.wake_history
    }

    pub fn record(&mut self, event: WakeEvent) {
        if let Some(next) = self.wake_history.enter(event) {
            self.tags.extend([next.tag()]);
            self.read_wake_history();
        }
    }

    /// Ticks read the tags far more often than anything changes them.
    fn read_wake_history(&mut self) {
        self.wake_history = WakeHistory::read(|key| self.tags.get(key).map(String::as_str), self.state_tag);
    }

    pub fn is_stranded(&self) -> bool {
        self.route.target() == RouteTarget::App && self.services[self.app].registered() == 0
    }

    /// Nothing runs or is starting, and the route does not point to the app.
    pub fn is_asleep(&self) -> bool {
        let empty =
            |service: &Service| service.desired == 0 && service.tasks.is_empty() && !service.deploying;
        self.route.target() == RouteTarget::Waker && self.services.iter().all(empty)
    }
}

impl Month<'_> {
    pub(super) fn turn(&mut self, to: RouteTarget) {
        self.world.route.turn(self.now, to);
        self.changed();
    }

    pub(super) fn set_desired(&mut self, service: usize, count: u32) {
        self.world.services[service].desired = count;
        self.events.add(self.now + self.dice.between(300..8_000), Event::Scheduler { service });
        self.changed();
    }

    /// ECS's scheduler runs for a service.
    pub(super) fn schedule(&mut self, service: usize) {
        let done = self.world.services[service].schedule(self.now);
        let (started, draining) = (done.started.len(), done.draining.len());
        if started + draining > 0 {
            self.trace.add(self.now, Happened::Scheduled { service, started, draining });
        }
        for task in done.started {
            let parts = ["provision", "pull_50_mb", "container_start"];
            let start: Millis = parts.into_iter().map(|part| self.dice.time(part)).sum();
            self.events.add(self.now + start, Event::TaskRuns { service, task });
        }
        for task in done.draining {
            let registered = self.world.services[service].behind_balancer;
            let drains = if registered { self.world.drains } else { 0 };
            // Few apps use all of their stop time-out.
            let stop_timeout = self.dice.time("stop_timeout");
            let stops = self.dice.between(SECOND..stop_timeout);
            self.events.add(self.now + drains + stops, Event::TaskGone { service, task });
        }
        self.conclude_deploy();
        self.changed();
    }

    pub(super) fn task_runs(&mut self, service: usize, task: u32) {
        let Some(state) = self.world.services[service].task(task) else { return };
        if state.is_draining() {
            return;
        }
        state.state = TaskState::Running;
        let connected = if self.world.pool {
            self.world.database.connect(self.now, &mut self.dice)
        } else {
            self.world.database.touch(self.now, &mut self.dice)
        };
        let checks = if self.world.services[service].behind_balancer {
            let interval = self.dice.time("health_check_interval");
            self.dice.time("target_registration") + self.dice.between(0..interval)
        } else {
            0
        };
        self.events.add(connected + checks, Event::TaskHealthy { service, task });
        self.changed();
    }

    pub(super) fn task_healthy(&mut self, service: usize, task: u32) {
        let Some(state) = self.world.services[service].task(task) else { return };
        if state.state == TaskState::Running {
            state.state = TaskState::Healthy;
            self.trace.add(self.now, Happened::Healthy { service });
            if service == self.world.app && self.world.services[service].desired > 0 {
                self.judge.reached();
            }
            // Old tasks of a deployment may stop now.
            self.schedule(service);
        }
    }

    pub(super) fn task_gone(&mut self, service: usize, task: u32) {
        let tasks = &mut self.world.services[service].tasks;
        let Some(index) = tasks.iter().position(|other| other.id == task) else { return };
        let gone = tasks.remove(index);
        self.trace.add(self.now, Happened::Gone { service });
        if self.world.pool && gone.state == (TaskState::Draining { was_running: true }) {
            self.world.database.disconnect(self.now);
        }
        self.conclude_deploy();
        self.changed();
    }

    /// Informs the judge and the metrics.
    pub(super) fn changed(&mut self) {
        let app = &self.world.services[self.world.app];
        let registered = app.registered() > 0;
        self.metrics.targets(self.now, registered.then(|| app.healthy()));
        let awake = self.world.services.iter().any(|service| service.desired > 0);
        self.judge.awake(self.now, awake);
        self.judge.stranded(self.now, self.world.is_stranded());
        if self.design == Design::Reveille {
            self.watch_scaling();
        }
    }
}
