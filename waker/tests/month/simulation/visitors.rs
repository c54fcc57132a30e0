//! Who comes: people and programs in sessions, and crawlers.

use waker::{
    config::Hold,
    environment::{
        protocol::{Outcome, ResponseMode},
        snapshot::RouteTarget,
    },
};

use super::{
    calendar::{MONTH, is_working, poisson},
    cloud::{
        client::{BROWSER_REDIRECTS, comes_back},
        clock::{DAY, HOUR, MINUTE, Millis, SECOND},
        dice::Dice,
    },
    invocation::Owner,
    month::{Event, Month, ONLY},
    sums::Breach,
    trace::Happened,
};

/// From an answer to the client's next request.
const ROUND_TRIP: Millis = 50;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// Gets the waiting page, which comes back by itself.
    Browser,
    /// Is held, and comes back after `Retry-After`.
    Program,
    /// Never comes back for an answer that it did not get.
    Crawler,
}

#[derive(Debug)]
pub struct Client {
    kind: Kind,
    /// Times between an answer and the next request; the next one is last.
    pauses: Vec<Millis>,
    /// How long it waits for the app.
    mode: Millis,
    /// Since when it has waited.
    waits: Option<Millis>,
    redirects: u32,
}

/// Every client of the month with its arrival.
pub fn plan(dice: &mut Dice) -> Vec<(Millis, Client)> {
    let a_day = dice.between(1..7);
    let mut arrivals = Vec::new();
    let mut at = 0;
    // By day the full rate, at night and at weekends a twentieth of it.
    while at < MONTH {
        at += dice.exponential(10 * HOUR / a_day).max(1);
        if is_working(at) || dice.once_in(20) {
            let kind = if dice.once_in(4) { Kind::Program } else { Kind::Browser };
            arrivals.push((at, Client::new(kind, dice)));
        }
    }
    let crawlers = poisson(dice, 2 * DAY);
    arrivals.extend(crawlers.into_iter().map(|at| (at, Client::new(Kind::Crawler, dice))));
    arrivals.retain(|(at, _)| *at < MONTH);
    arrivals
}

impl Client {
    fn new(kind: Kind, dice: &mut Dice) -> Self {
        let mean = if kind == Kind::Crawler { 20 * SECOND } else { 5 * MINUTE };
        let mut pauses = Vec::new();
        while !dice.once_in(7) {
            pauses.push(dice.exponential(mean));
        }
        let leaves = dice.once_in(6);
        let mode = if leaves { dice.between(0..90) * SECOND } else { 20 * MINUTE };
        Self { kind, pauses, mode, waits: None, redirects: 0 }
    }

    pub fn mode(&self, hold: Hold) -> ResponseMode {
        if self.kind == Kind::Browser { ResponseMode::Page } else { ResponseMode::Rounds(hold) }
    }
}

impl Month<'_> {
    pub(super) fn request(&mut self, client: usize) {
        self.judge.used(self.now);
        self.clients[client].waits.get_or_insert(self.now);
        let landed = self.world.landing(self.now, ONLY);
        self.trace.add(self.now, Happened::Request { client, landed });
        if landed == RouteTarget::Waker {
            self.invoke(Owner::Client(client));
            return;
        }
        let app = self.resources().app();
        if app.registered() == 0 {
            self.trace.add(self.now, Happened::Bare503 { client });
            self.judge.bare_503();
            self.complain();
            self.refused(client, 10 * SECOND);
        } else if app.healthy() == 0 {
            self.judge.sums.errors += 1;
            self.refused(client, 10 * SECOND);
        } else {
            self.answered(client);
        }
    }

    fn answered(&mut self, client: usize) {
        self.trace.add(self.now, Happened::Answered { client });
        self.metrics.request(self.now);
        self.judge.answered(self.now);
        self.may_open_socket();
        self.world.touch_database(self.now, ONLY);
        let client_state = &mut self.clients[client];
        (client_state.waits, client_state.redirects) = (None, 0);
        if let Some(pause) = client_state.pauses.pop() {
            self.world.events.add(self.now + pause, Event::Client(client));
        }
    }

    /// The waker has answered.
    pub(super) fn replied(&mut self, client: usize, outcome: Outcome) {
        let state = &mut self.clients[client];
        let most = if state.kind == Kind::Browser { BROWSER_REDIRECTS } else { self.program_redirects };
        match (outcome, state.kind) {
            (Outcome::Ready | Outcome::HoldAgain(_), _) if state.redirects < most => {
                state.redirects += 1;
                self.world.events.add(self.now + ROUND_TRIP, Event::Client(client));
            }
            (Outcome::Ready | Outcome::HoldAgain(_), _) => {
                self.judge.breaks(Breach::Redirects);
                self.error(client);
            }
            (Outcome::Waiting(_) | Outcome::OverBudget | Outcome::NotStarted | Outcome::Failed(_), kind) => {
                let failed = matches!(outcome, Outcome::Failed(_));
                self.refused(client, comes_back(kind == Kind::Browser, failed));
            }
        }
    }

    /// The load balancer's own 502, after a crashed invocation for example.
    pub(super) fn error(&mut self, client: usize) {
        self.judge.sums.errors += 1;
        self.refused(client, 5 * SECOND);
    }

    /// Comes back after a while, or leaves for good.
    fn refused(&mut self, client: usize, after: Millis) {
        let state = &mut self.clients[client];
        state.redirects = 0;
        let waited = self.now - state.waits.unwrap_or(self.now);
        if state.kind == Kind::Crawler || waited >= state.mode {
            self.trace.add(self.now, Happened::Left { client });
        } else {
            self.world.events.add(self.now + after, Event::Client(client));
        }
    }
}
