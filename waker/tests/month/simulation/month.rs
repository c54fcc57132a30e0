//! A month of one environment, event by event.

use waker::{config::Environment, environment::snapshot::RouteTarget};

use super::{
    calendar::{self, MONTH},
    cloud::{
        account::Account,
        client::PROGRAM_REDIRECTS,
        clock::{MINUTE, Millis, SECOND, millis},
        delays::{Delay, Delays},
        dice::Dice,
        faults::{Chance, Faults},
        rates::Rates,
        resources::Resources,
        sandbox::{Sandbox, Sandboxes},
        scaling::AutoScaling,
        service::TaskState,
        spans::Spans,
        world::{Event as AwsEvent, World},
    },
    conditions::Conditions,
    designs::Design,
    invocation::{Invocation, Owner},
    judge::Judge,
    metrics::{Metrics, Trouble},
    people::{self, Hand},
    sums::{Breach, Sums},
    ticks::Ticker,
    trace::Trace,
    visitors::{self, Client},
};

/// The index of the month's environment in its account.
pub const ONLY: usize = 0;

#[derive(Debug)]
pub enum Event {
    Tick,
    /// An alarm's action is retried.
    Alarm {
        retries: u32,
    },
    /// An invocation goes on.
    Invocation(usize),
    /// A client sends a request.
    Client(usize),
    Aws(AwsEvent),
    /// The policy of Application Auto Scaling decides.
    Policy,
    Deploy,
    ByHand(Hand),
    /// A WebSocket that was opened while the app had this generation closes.
    SocketCloses {
        generation: u32,
    },
    /// A person repairs a stranded environment.
    Repair,
    /// Metrics stop and resume; the data in between may be lost.
    MetricsStop,
    MetricsCome {
        lost: bool,
    },
}

impl From<AwsEvent> for Event {
    fn from(event: AwsEvent) -> Self {
        Self::Aws(event)
    }
}

#[derive(Debug)]
pub struct Month<'a> {
    pub environment: &'a Environment,
    pub design: Design,
    pub conditions: Conditions,
    pub now: Millis,
    pub world: World<Event>,
    pub metrics: Metrics,
    /// Answers of `CloudWatch` are partial.
    pub partial: Spans,
    pub sandboxes: Sandboxes<Sandbox>,
    pub invocations: Vec<Option<Invocation>>,
    /// Indices of `invocations` that have ended.
    pub free: Vec<usize>,
    pub under_way: usize,
    pub clients: Vec<Client>,
    /// How many redirects a program follows.
    pub program_redirects: u32,
    pub ticker: Ticker,
    pub judge: Judge,
    pub trace: Trace,
    /// A person has been told that the app cannot be reached.
    pub complained: bool,
    /// Open WebSockets.
    pub sockets: u32,
    pub socket_generation: u32,
    pub socket_dice: Dice,
}

/// The first breach, and the events that led to it.
#[derive(Debug)]
pub struct Broken {
    pub breach: Breach,
    pub story: String,
}

impl<'a> Month<'a> {
    pub fn new(environment: &'a Environment, design: Design, conditions: Conditions, seed: u64) -> Self {
        let stream = |number| Dice::new(seed, number);
        let mut dice = stream(0);
        let trouble = Trouble::new(&mut stream(1));
        let ticker = Ticker::new(dice.between(0..MINUTE));
        let sleep = &environment.sleep;
        let vetoes = design == Design::Reveille;
        let judge = Judge::new(millis(sleep.idle_after), millis(sleep.metrics_delay), ticker.phase, vetoes);
        let mut month = Self {
            environment,
            design,
            conditions,
            now: 0,
            world: world(environment, conditions, seed, dice),
            metrics: Metrics::new(&trouble, &mut stream(2)),
            partial: trouble.partial.clone(),
            sandboxes: Sandboxes::default(),
            invocations: Vec::new(),
            free: Vec::new(),
            under_way: 0,
            clients: Vec::new(),
            program_redirects: PROGRAM_REDIRECTS,
            ticker,
            judge,
            trace: Trace::default(),
            complained: false,
            sockets: 0,
            socket_generation: 0,
            socket_dice: stream(7),
        };
        month.world.events.add(month.ticker.phase, Event::Tick);
        for (client, (at, state)) in visitors::plan(&mut stream(4)).into_iter().enumerate() {
            month.clients.push(state);
            month.world.events.add(at, Event::Client(client));
        }
        for (at, event) in people::plan(&mut stream(5)).into_iter().chain(trouble.events()) {
            month.world.events.add(at, event);
        }
        if design == Design::AlwaysOn {
            month.begin_awake();
        }
        month
    }

    fn begin_awake(&mut self) {
        let World { environments, delays, dice, .. } = &mut self.world;
        let resources = &mut environments[ONLY];
        resources.route.turn(0, RouteTarget::App);
        for (service, configured) in resources.services.iter_mut().zip(&self.environment.services) {
            service.set_desired(configured.count);
            service.schedule(0);
            for task in &mut service.tasks {
                task.state = TaskState::Healthy;
                if let Some(database) = &mut resources.database {
                    database.connect(0, delays, dice);
                }
            }
        }
        resources.changed(0);
        self.changed();
    }

    /// Runs to the end of the month, or, if `must_hold`, to the first breach.
    pub fn run(mut self, must_hold: bool) -> Result<Sums, Broken> {
        while let Some((at, event)) = self.world.events.pop() {
            if at > MONTH {
                break;
            }
            self.unpark(at);
            self.now = self.now.max(at);
            self.handle(&event);
            if let Some(breach) = self.judge.broken.take_if(|_| must_hold) {
                return Err(Broken { breach, story: self.trace.story() });
            }
        }
        self.unpark(MONTH);
        let sums = self.judge.finish(MONTH);
        let (calls, metrics) = self.costs();
        Ok(Sums { calls, metrics, ..sums })
    }

    fn handle(&mut self, event: &Event) {
        match *event {
            Event::Tick => self.tick(),
            Event::Alarm { retries } => self.invoke(Owner::Alarm { retries }),
            Event::Invocation(id) => self.resume(id),
            Event::Client(client) => self.request(client),
            Event::Aws(event) => self.aws(event),
            Event::Policy => self.decide(),
            Event::Deploy => self.deploy(),
            Event::ByHand(hand) => self.by_hand(hand),
            Event::SocketCloses { generation } => self.socket_closes(generation),
            Event::Repair => self.repair_by_hand(),
            Event::MetricsStop => self.judge.hold(self.now),
            Event::MetricsCome { lost } => {
                self.judge.release(self.now);
                if lost {
                    self.judge.gap(self.now);
                }
            }
        }
    }

    /// How long a task keeps the environment awake after its start.
    pub(super) fn grace(&self) -> Millis {
        let sleep = &self.environment.sleep;
        millis(sleep.min_awake.max(sleep.metrics_delay))
    }
}

/// An account with the environment, which is asleep.
fn world(environment: &Environment, conditions: Conditions, seed: u64, mut dice: Dice) -> World<Event> {
    let stream = |number| Dice::new(seed, number);
    let mut calls = stream(3);
    let busy = calendar::spans(&mut calls, 3, MINUTE..20 * MINUTE);
    let trouble = calendar::spans(&mut calls, 3, 10 * SECOND..5 * MINUTE);
    let chance = Chance { trouble, failing: conditions.failing, failing_dice: stream(6) };
    let faults = Faults::by_chance(chance);
    // No answer is stale. ECS's may be: then a tick that has set the counts to 0 takes the old ones for
    // a wake, and turns the route to tasks that stop.
    let delays = Delays { ecs_lag: Delay::NONE, elb_lag: Delay::NONE, ..Delays::AWS };
    let app = environment.app_services().next().unwrap_or_default();
    let scaling = AutoScaling::perhaps(environment.services.len(), app, &mut stream(6));
    let resources = Resources::new(environment, scaling, &mut dice);
    let account = Account::new(delays.call, Rates::new(busy), faults, calls);
    let mut world = World::new(delays, account, dice);
    world.environments.push(resources);
    world
}
