//! What the looks of one round have gathered towards a whole observation.
//!
//! A round starts with nothing and ends with a plan. Where AWS refuses calls, the
//! parts are looked at one after the other and kept for a while: two calls that
//! draw on the same exhausted rate would never pass together.

use std::time::Duration;

use crate::{
    config::Environment,
    environment::{
        failure::StartFailure,
        observed::{Healthy, Observed, RouteTarget, Scope, Seen},
    },
};

/// Older than this, the first part of a round no longer fits the last.
const STALE: Duration = Duration::from_secs(5);

/// When the note is part of a round.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum NoteCounts {
    #[default]
    Never,
    /// Of a sleeping environment, where it can decide whether that is woken.
    Asleep,
    /// Also of one whose route leads to the waker, after the route: a tick writes the note
    /// before it turns the route.
    AtWaker,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Round {
    /// Of the look that came first.
    since: Duration,
    seen: Seen,
    /// From the round before, for what cannot decide anything in this one.
    known_route: Option<RouteTarget>,
    /// The load balancer mattered in the round before, or this is the first.
    expected: Option<bool>,
    note_counts: NoteCounts,
}

impl Round {
    pub fn with_note(note_counts: NoteCounts) -> Self {
        Self { note_counts, ..Self::default() }
    }

    /// What to look at next; None when the round is complete.
    pub fn scope(&self, environment: &Environment, in_turn: bool) -> Option<Scope> {
        let running = self.seen.running.as_ref();
        let reached = running.map(|running| running.reaches_balancer(environment));
        let balancer = reached.or(self.expected).unwrap_or(true);
        // They decide whether a sleeping environment is woken, and say what else sleeps.
        let asleep = running.is_some_and(|running| !running.awake(environment));
        let mut missing = Scope::empty();
        missing.set(Scope::RUNNING, running.is_none());
        missing.set(Scope::HEALTHY, balancer && self.seen.healthy.is_none());
        missing.set(Scope::ROUTE, (balancer || self.known_route.is_none()) && self.seen.route.is_none());
        let at_waker = self.seen.route.or(self.known_route) == Some(RouteTarget::Waker);
        let note_counts = match self.note_counts {
            NoteCounts::Never => false,
            NoteCounts::Asleep => asleep,
            NoteCounts::AtWaker => {
                running.is_some() && !missing.contains(Scope::ROUTE) && (asleep || at_waker)
            }
        };
        missing.set(Scope::NOTE, note_counts && self.seen.note.is_none());
        if in_turn {
            return missing.iter().next();
        }
        (!missing.is_empty()).then_some(missing)
    }

    /// Adds what a look at `now` has found.
    pub fn add(&mut self, now: Duration, seen: Seen) {
        if self.seen == Seen::default() {
            self.since = now;
        }
        self.seen.update(seen);
    }

    /// Starts over if what has been gathered is too old by `now`.
    pub fn refresh(&mut self, now: Duration) {
        if now.saturating_sub(self.since) > STALE {
            self.seen = Seen::default();
        }
    }

    /// The whole observation of a complete round, and the start of the next one.
    /// None while something is missing.
    pub fn complete(&mut self, environment: &Environment) -> Option<Observed> {
        if self.scope(environment, false).is_some() {
            return None;
        }
        let seen = std::mem::take(&mut self.seen);
        let running = seen.running?;
        let route = seen.route.or(self.known_route)?;
        let reached = running.reaches_balancer(environment);
        (self.known_route, self.expected) = (Some(route), Some(reached));
        let healthy = seen.healthy.filter(|_| reached).unwrap_or_else(|| no_target(environment));
        let (note, ledger) = (seen.note.unwrap_or_default(), seen.ledger.unwrap_or_default());
        let suspended = seen.suspended.unwrap_or_default();
        Some(Observed { running, healthy, route, note, ledger, suspended })
    }

    /// Why a service that the environment needs does not start, as far as that has been looked at.
    pub fn start_failure(&self, environment: &Environment) -> Option<StartFailure> {
        let running = self.seen.running.as_ref()?;
        let mut services = environment.services.iter().zip(&running.services);
        services
            .find_map(|(service, tasks)| tasks.and_then(|tasks| tasks.failure).filter(|_| !service.optional))
    }

    /// Adds the note to what this round has seen. False if it has been a part of it.
    pub fn ask_for_note(&mut self, now: Duration, observed: &Observed) -> bool {
        if self.note_counts == NoteCounts::AtWaker {
            self.note_counts = NoteCounts::Asleep;
            return false;
        }
        self.note_counts = NoteCounts::AtWaker;
        let (running, healthy) = (Some(observed.running.clone()), Some(observed.healthy.clone()));
        self.add(now, Seen { running, healthy, route: Some(observed.route), ..Seen::default() });
        true
    }

    /// Forgets the route, which is being turned: it must be read back.
    pub fn turned(&mut self) {
        self.known_route = None;
    }
}

fn no_target(environment: &Environment) -> Healthy {
    Healthy(environment.services.iter().map(|service| service.target_group_arn.as_ref().map(|_| 0)).collect())
}
