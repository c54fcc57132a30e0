//! A month of one environment, event by event.

use waker::{config::Environment, environment::snapshot::RouteTarget};

use super::{
    account::Account,
    clock::{Events, MINUTE, MONTH, Millis, millis},
    conditions::Conditions,
    designs::Design,
    dice::{Dice, Spans},
    invocation::{Invocation, Owner},
    judge::Judge,
    metrics::{Metrics, Trouble},
    people::{self, Hand},
    sandbox::Sandboxes,
    service::TaskState,
    sums::{Breach, Sums},
    ticks::Ticker,
    trace::Trace,
    visitors::{self, Client},
    world::World,
};

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
    /// ECS's scheduler runs for a service.
    Scheduler {
        service: usize,
    },
    TaskRuns {
        service: usize,
        task: u32,
    },
    TaskHealthy {
        service: usize,
        task: u32,
    },
    TaskGone {
        service: usize,
        task: u32,
    },
    /// The policy of Application Auto Scaling decides.
    Policy,
    Deploy,
    Deployed {
        generation: u32,
    },
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

#[derive(Debug)]
pub struct Month<'a> {
    pub environment: &'a Environment,
    pub design: Design,
    pub conditions: Conditions,
    pub now: Millis,
    pub events: Events<Event>,
    pub world: World,
    pub metrics: Metrics,
    /// Answers of `CloudWatch` are partial.
    pub partial: Spans,
    pub account: Account,
    pub sandboxes: Sandboxes,
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
    pub dice: Dice,
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
            events: Events::new(),
            world: World::new(environment, &mut dice, &mut stream(6)),
            metrics: Metrics::new(&trouble, &mut stream(2)),
            partial: trouble.partial.clone(),
            account: Account::new(stream(3), conditions.failing, stream(6)),
            sandboxes: Sandboxes::default(),
            invocations: Vec::new(),
            free: Vec::new(),
            under_way: 0,
            clients: Vec::new(),
            program_redirects: visitors::PROGRAM_REDIRECTS,
            ticker,
            judge,
            trace: Trace::default(),
            complained: false,
            sockets: 0,
            socket_generation: 0,
            socket_dice: stream(7),
            dice,
        };
        month.events.add(month.ticker.phase, Event::Tick);
        for (client, (at, state)) in visitors::plan(&mut stream(4)).into_iter().enumerate() {
            month.clients.push(state);
            month.events.add(at, Event::Client(client));
        }
        for (at, event) in people::plan(&mut stream(5)).into_iter().chain(trouble.events()) {
            month.events.add(at, event);
        }
        if design == Design::AlwaysOn {
            month.begin_awake();
        }
        month
    }

    fn begin_awake(&mut self) {
        self.world.route.turn(0, RouteTarget::App);
        for (service, configured) in self.world.services.iter_mut().zip(&self.environment.services) {
            service.desired = configured.count;
            service.schedule(0);
            for task in &mut service.tasks {
                task.state = TaskState::Healthy;
                self.world.database.connect(0, &mut self.dice);
            }
        }
        self.changed();
    }

    /// Runs to the end of the month, or, if `must_hold`, to the first breach.
    pub fn run(mut self, must_hold: bool) -> Result<Sums, Broken> {
        while let Some((at, event)) = self.events.pop() {
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
        Ok(Sums { calls: self.account.calls, metrics: self.account.metrics, ..sums })
    }

    fn handle(&mut self, event: &Event) {
        match *event {
            Event::Tick => self.tick(),
            Event::Alarm { retries } => self.invoke(Owner::Alarm { retries }),
            Event::Invocation(id) => self.resume(id),
            Event::Client(client) => self.request(client),
            Event::Scheduler { service } => self.schedule(service),
            Event::TaskRuns { service, task } => self.task_runs(service, task),
            Event::TaskHealthy { service, task } => self.task_healthy(service, task),
            Event::TaskGone { service, task } => self.task_gone(service, task),
            Event::Policy => self.decide(),
            Event::Deploy => self.deploy(),
            Event::Deployed { generation } => self.deployed(generation),
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
