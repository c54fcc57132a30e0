//! The listener rule, and the load balancer's nodes that follow it one by one.

use waker::environment::{cloud::ROUTE_LOCK, snapshot::RouteTarget};

use super::{
    clock::{Millis, millis},
    history::History,
};

#[derive(Debug)]
pub struct Route(History<Rule>);

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rule {
    pub target: RouteTarget,
    /// When the lock ends.
    locked: Millis,
}

impl Rule {
    /// Whether the lock keeps it from being turned to the app.
    pub fn is_locked(self, now: Millis) -> bool {
        now < self.locked
    }
}

impl Route {
    pub fn new(target: RouteTarget) -> Self {
        Self(History::new(Rule { target, locked: 0 }))
    }

    pub fn target(&self) -> RouteTarget {
        self.0.now().target
    }

    /// What a stale read says, and where a node sends a request that has not followed since.
    pub fn at(&self, at: Millis) -> Rule {
        self.0.at(at)
    }

    pub fn turn(&mut self, now: Millis, to: RouteTarget) {
        self.0.set(now, Rule { target: to, locked: 0 });
    }

    /// Sends visitors to the waker, and keeps it so for a time.
    pub fn lock(&mut self, now: Millis) {
        self.0.set(now, Rule { target: RouteTarget::Waker, locked: now + millis(ROUTE_LOCK) });
    }
}
