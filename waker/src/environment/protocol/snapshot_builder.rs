//! Collects the parts of a snapshot from several observations.
//!
//! Where AWS refuses calls, the parts are read one after the other and kept for a while: two calls that
//! share an exhausted rate limit would never succeed together.

use std::time::Duration;

use crate::{
    config::Environment,
    environment::{
        failure::StartFailure,
        snapshot::{Healthy, PartialSnapshot, RouteTarget, Scope, Snapshot},
    },
};

/// The first part of a snapshot may be this much older than the last.
const STALE: Duration = Duration::from_secs(5);

/// When the state tag is part of a snapshot.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum StateTagScope {
    #[default]
    Never,
    /// For a sleeping environment, where the tag can decide whether it is woken.
    Asleep,
    /// Also where the route points to the waker, and read after the route: a tick writes the tag before
    /// it turns the route.
    AtWaker,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct SnapshotBuilder {
    /// When the first part was read.
    since: Duration,
    partial: PartialSnapshot,
    /// From the last snapshot, where the route cannot decide anything in this one.
    known_route: Option<RouteTarget>,
    /// Whether the load balancer mattered in the last snapshot; None for the first.
    expected: Option<bool>,
    state_tag_scope: StateTagScope,
}

impl SnapshotBuilder {
    pub fn with_state_tag(state_tag_scope: StateTagScope) -> Self {
        Self { state_tag_scope, ..Self::default() }
    }

    /// The parts to read next; None when the snapshot is complete.
    pub fn scope(&self, environment: &Environment, in_turn: bool) -> Option<Scope> {
        let running = self.partial.running.as_ref();
        let reached = running.map(|running| running.reaches_balancer(environment));
        let balancer = reached.or(self.expected).unwrap_or(true);
        // The tags decide whether a sleeping environment is woken, and the status shows them.
        let asleep = running.is_some_and(|running| !running.awake(environment));
        let mut missing = Scope::empty();
        missing.set(Scope::RUNNING, running.is_none());
        missing.set(Scope::HEALTHY, balancer && self.partial.healthy.is_none());
        missing.set(Scope::ROUTE, (balancer || self.known_route.is_none()) && self.partial.route.is_none());
        let at_waker = self.partial.route.or(self.known_route) == Some(RouteTarget::Waker);
        let state_tag_scope = match self.state_tag_scope {
            StateTagScope::Never => false,
            StateTagScope::Asleep => asleep,
            StateTagScope::AtWaker => {
                running.is_some() && !missing.contains(Scope::ROUTE) && (asleep || at_waker)
            }
        };
        missing.set(Scope::STATE_TAG, state_tag_scope && self.partial.state_tag.is_none());
        if in_turn {
            return missing.iter().next();
        }
        (!missing.is_empty()).then_some(missing)
    }

    /// Adds the parts of an observation at `now`.
    pub fn add(&mut self, now: Duration, partial: PartialSnapshot) {
        if self.partial == PartialSnapshot::default() {
            self.since = now;
        }
        self.partial.update(partial);
    }

    /// Starts over if the parts are too old at `now`.
    pub fn refresh(&mut self, now: Duration) {
        if now.saturating_sub(self.since) > STALE {
            self.partial = PartialSnapshot::default();
        }
    }

    /// The complete snapshot; the next one starts empty. None while a part is missing.
    pub fn complete(&mut self, environment: &Environment) -> Option<Snapshot> {
        if self.scope(environment, false).is_some() {
            return None;
        }
        let partial = std::mem::take(&mut self.partial);
        let running = partial.running?;
        let route = partial.route.or(self.known_route)?;
        let reached = running.reaches_balancer(environment);
        (self.known_route, self.expected) = (Some(route), Some(reached));
        let healthy = partial.healthy.filter(|_| reached).unwrap_or_else(|| no_target(environment));
        let (state_tag, wake_history) =
            (partial.state_tag.unwrap_or_default(), partial.wake_history.unwrap_or_default());
        let suspended = partial.suspended.unwrap_or_default();
        Some(Snapshot { running, healthy, route, state_tag, wake_history, suspended })
    }

    /// Why a required service does not start, as far as the parts show it.
    pub fn start_failure(&self, environment: &Environment) -> Option<StartFailure> {
        let running = self.partial.running.as_ref()?;
        let mut services = environment.services.iter().zip(&running.services);
        services
            .find_map(|(service, tasks)| tasks.and_then(|tasks| tasks.failure).filter(|_| !service.optional))
    }

    /// Adds the state tag to this snapshot's parts. False if it was one already.
    pub fn require_state_tag(&mut self, now: Duration, snapshot: &Snapshot) -> bool {
        if self.state_tag_scope == StateTagScope::AtWaker {
            self.state_tag_scope = StateTagScope::Asleep;
            return false;
        }
        self.state_tag_scope = StateTagScope::AtWaker;
        let (running, healthy) = (Some(snapshot.running.clone()), Some(snapshot.healthy.clone()));
        self.add(
            now,
            PartialSnapshot { running, healthy, route: Some(snapshot.route), ..PartialSnapshot::default() },
        );
        true
    }

    /// Forgets the route, which is about to be turned: it must be read back.
    pub fn turned(&mut self) {
        self.known_route = None;
    }
}

fn no_target(environment: &Environment) -> Healthy {
    Healthy(environment.services.iter().map(|service| service.target_group_arn.as_ref().map(|_| 0)).collect())
}
