//! The listener rule, and the load balancer's nodes that follow it one by one.

use std::collections::VecDeque;

use waker::environment::{cloud::ROUTE_LOCK, snapshot::RouteTarget};

use super::{
    clock::{Millis, millis},
    pace::Pace,
};

#[derive(Debug)]
pub struct Route {
    now: RouteTarget,
    /// The last turns, each with the target before it.
    turns: VecDeque<(Millis, RouteTarget)>,
    /// When the lock ends.
    locked: Millis,
}

impl Route {
    pub fn new(target: RouteTarget) -> Self {
        Self { now: target, turns: VecDeque::new(), locked: 0 }
    }

    /// What the API says.
    pub fn target(&self) -> RouteTarget {
        self.now
    }

    /// Whether the lock keeps it from being turned to the app.
    pub fn locked(&self, now: Millis) -> bool {
        now < self.locked
    }

    pub fn lock(&mut self, now: Millis) {
        self.locked = now + millis(ROUTE_LOCK);
    }

    pub fn turn(&mut self, now: Millis, to: RouteTarget) {
        self.locked = 0;
        // No node follows later than this.
        let propagation = millis(Pace::aws().of("rule_propagation").longest());
        while self.turns.front().is_some_and(|(at, _)| at + propagation < now) {
            self.turns.pop_front();
        }
        self.turns.push_back((now, self.now));
        self.now = to;
    }

    /// Where a request goes through a node that lags by `lag`.
    pub fn landing(&self, now: Millis, lag: Millis) -> RouteTarget {
        let unknown = self.turns.iter().find(|(at, _)| at + lag > now);
        unknown.map_or(self.now, |(_, before)| *before)
    }
}
