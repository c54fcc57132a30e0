//! The simulated account in tokio's virtual time, and its sandboxes: the waker's [`Cloud`].

use std::{
    cell::{Cell, RefCell, RefMut},
    collections::BTreeMap,
    rc::Rc,
    time::{Duration, SystemTime},
};

use tokio::time::{Instant, sleep_until};
use waker::{
    config::Environment,
    environment::{
        cloud::{Cloud, Step},
        fault::CloudError,
        protocol::WakeMemory,
        snapshot::{PartialSnapshot, RouteTarget, Scope},
    },
};

use crate::cloud::{
    account::{self, Call},
    calls::Calls,
    clock::{HOUR, Millis, millis, wall},
    delays::Delays,
    dice::Dice,
    faults::{Fault, Faults},
    rates::Rates,
    resources::Resources,
    sandbox::{self, Sandboxes},
    scaling::AutoScaling,
    spans::Spans,
    world::{Event, World},
};

/// Databases have paused by then.
const BEGINNING: Millis = HOUR;

pub struct Account {
    world: RefCell<World<Event>>,
    /// The names of the environments, by index.
    names: Vec<String>,
    began: Instant,
    idle: RefCell<Sandboxes<Sandbox>>,
    /// Sandboxes that were created.
    pub sandboxes: Cell<u32>,
    /// The duration of all invocations together.
    pub busy: Cell<Duration>,
    /// The highest number of `UpdateService` calls of one sandbox for one service.
    pub most_updates: Cell<u32>,
}

impl Account {
    pub fn new(environment: &Environment, delays: Delays) -> Rc<Self> {
        Self::with_all(std::slice::from_ref(environment), delays)
    }

    /// All environments are asleep.
    pub fn with_all(environments: &[Environment], delays: Delays) -> Rc<Self> {
        let rates = Rates::new(Spans::default());
        let account = account::Account::new(delays.call, rates, Faults::default(), Dice::new(1, 1));
        let mut world = World::new(delays, account, Dice::new(1, 0));
        for environment in environments {
            let scaling = AutoScaling::none(environment.services.len());
            let resources = Resources::new(environment, scaling, &mut world.dice);
            world.environments.push(resources);
        }
        Rc::new(Self {
            world: RefCell::new(world),
            names: environments.iter().map(|environment| environment.name.clone()).collect(),
            began: Instant::now(),
            idle: RefCell::default(),
            sandboxes: Cell::default(),
            busy: Cell::default(),
            most_updates: Cell::default(),
        })
    }

    pub fn now(&self) -> Millis {
        BEGINNING + millis(self.began.elapsed())
    }

    /// The time of day.
    pub fn time(&self) -> SystemTime {
        wall(self.now())
    }

    /// As it is now.
    pub fn world(&self) -> RefMut<'_, World<Event>> {
        let mut world = self.world.borrow_mut();
        world.advance(self.now());
        world
    }

    fn index(&self, environment: &Environment) -> usize {
        self.names.iter().position(|name| *name == environment.name).unwrap()
    }

    pub fn resources(&self, environment: &Environment) -> RefMut<'_, Resources> {
        RefMut::map(self.world(), |world| &mut world.environments[self.index(environment)])
    }

    pub fn landing(&self, environment: &Environment) -> RouteTarget {
        self.world().landing(self.now(), self.index(environment))
    }

    pub fn database_up(&self, environment: &Environment) -> bool {
        self.resources(environment).database.as_ref().is_none_or(|database| database.is_up(self.now()))
    }

    /// Whether a start has failed for good, and every observation shows it.
    pub fn wake_has_failed(&self, environment: &Environment) -> bool {
        let shown = self.now() - self.world().delays.ecs_lag.longest();
        let resources = self.resources(environment);
        resources.services.iter().any(|service| service.at(shown).tasks.failure.is_some())
    }

    /// Makes the next call of that operation fail, after those that already will.
    pub fn fail(&self, call: Call, fault: Fault) {
        self.world().account.faults.add(call, fault);
    }

    pub fn called(&self, call: Call) -> u64 {
        self.world().account.called(call)
    }

    pub fn calls(&self) -> u64 {
        self.world().account.calls()
    }

    pub fn throttled(&self) -> u32 {
        self.world().account.throttled
    }

    /// An idle sandbox, or else a new one, as in Lambda.
    pub fn sandbox(self: &Rc<Self>) -> Sandbox {
        let idle = self.idle.borrow_mut().take(self.now());
        idle.unwrap_or_else(|| {
            self.sandboxes.set(self.sandboxes.get() + 1);
            Sandbox { account: Rc::clone(self), state: RefCell::default(), updates: RefCell::default() }
        })
    }

    /// Returns the sandbox after an invocation that took so long.
    pub fn give_back(&self, sandbox: Sandbox, took: Duration) {
        self.busy.set(self.busy.get() + took);
        self.idle.borrow_mut().give_back(self.now(), sandbox);
    }
}

/// One Lambda sandbox.
pub struct Sandbox {
    account: Rc<Account>,
    state: RefCell<sandbox::Sandbox>,
    /// `UpdateService` calls by environment and service.
    updates: RefCell<BTreeMap<(usize, usize), u32>>,
}

impl Cloud for Sandbox {
    async fn observe(&self, environment: &Environment, scope: Scope) -> Result<PartialSnapshot, CloudError> {
        let environment = self.account.index(environment);
        let mut calls = Calls::default();
        {
            let (now, mut world) = (self.account.now(), self.account.world());
            calls.begin(now);
            for part in scope.iter() {
                world.read(now, environment, part, &mut calls);
            }
            calls.planned(now, Millis::MAX);
        }
        self.run(environment, &mut calls).await;
        calls.observed().map_err(|kind| CloudError::new(kind, "observe", "simulated"))
    }

    async fn apply(&self, environment: &Environment, step: Step) -> Result<(), CloudError> {
        let environment = self.account.index(environment);
        if let Step::SetDesired { service, .. } = step {
            self.count_update(environment, service);
        }
        let mut calls = Calls::default();
        self.account.world().apply(self.account.now(), &[step], Millis::MAX, &mut calls);
        self.run(environment, &mut calls).await;
        let fault = calls.faults.first();
        fault.map_or(Ok(()), |(_, kind)| Err(CloudError::new(*kind, "apply", "simulated")))
    }
}

impl Sandbox {
    /// Makes each effect of the calls happen at its time, until they are over.
    async fn run(&self, environment: usize, calls: &mut Calls) {
        while let Some((at, effect)) = calls.effects.pop() {
            self.sleep_until(at).await;
            let mut state = self.state.borrow_mut();
            self.account.world().effect(self.account.now(), environment, effect, &mut state, calls);
        }
        self.sleep_until(calls.ends).await;
    }

    async fn sleep_until(&self, at: Millis) {
        sleep_until(self.account.began + Duration::from_millis(at - BEGINNING)).await;
    }

    fn count_update(&self, environment: usize, service: usize) {
        let mut updates = self.updates.borrow_mut();
        let updates = updates.entry((environment, service)).or_default();
        *updates += 1;
        self.account.most_updates.set(self.account.most_updates.get().max(*updates));
    }

    /// What it remembers for a wake of the environment.
    pub fn remembers(&self, environment: &Environment) -> (u32, WakeMemory) {
        let mut state = self.state.borrow_mut();
        (state.congestion, state.of(self.account.index(environment)).wake)
    }

    pub fn remember(&self, environment: &Environment, congestion: u32, wake: WakeMemory) {
        let mut state = self.state.borrow_mut();
        state.congestion = congestion;
        state.of(self.account.index(environment)).wake = wake;
    }
}
