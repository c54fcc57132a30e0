//! How old the wake is, and when the route was turned, from the tags and from what the sandbox
//! remembers. Both show how many redirects a client may have followed.

use std::time::{Duration, SystemTime};

use super::{
    ResponseMode, Wake, redirects,
    stage::{AgeUse, WakeStage},
};
use crate::{
    config::Hold,
    environment::{
        protocol::Action,
        snapshot::{RouteTarget, Scope, Snapshot},
        state_tag::StateTag,
        wake_history::WakeHistory,
    },
};

/// A wake that began longer ago is over.
const FORGOTTEN: Duration = Duration::from_mins(15);
/// The wake history rounds a wake's beginning and its length to seconds.
const HISTORY_PRECISION: Duration = Duration::from_secs(2);

/// What a sandbox remembers of an environment's wake. It saves calls to AWS, and replaces the wake
/// history where that cannot be read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct WakeMemory {
    /// When the wake began, by the wake history, or when this sandbox's first client that waited for it
    /// came.
    pub began: Option<SystemTime>,
    /// When a client was first held, if the wake history does not say when the wake began.
    pub held_since: Option<SystemTime>,
    /// When the route was turned to the app.
    pub turned: Option<SystemTime>,
    /// When a client got its last redirect, perhaps before the load balancer followed the route.
    pub spent: Option<SystemTime>,
}

/// When the route was turned: seen by this sandbox, so that it knows which redirects came later, or by
/// the tags.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RouteTurn {
    At(SystemTime),
    About(SystemTime),
}

/// Whether the wake's age has been read from the wake history.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum WakeAge {
    Unasked,
    Asked,
    /// It has been read, or cannot be.
    Read,
}

impl Wake {
    /// With the memory of the sandbox's last invocation for this environment.
    #[must_use]
    pub fn with_memory(mut self, last: WakeMemory) -> Self {
        let age = |time: SystemTime| self.started.duration_since(time).unwrap_or_default();
        // What is known of a finished wake says nothing about the next one.
        if last.turned.is_none_or(|turned| age(turned) <= redirects::PROPAGATION) {
            let fresh = |time: &SystemTime| age(*time) < FORGOTTEN;
            let (began, held_since) = (last.began.filter(fresh), last.held_since.filter(fresh));
            self.memory = WakeMemory { began, held_since, ..last };
        }
        self
    }

    /// When the route was turned, if that was a moment before this client came: the load balancer does
    /// not follow it yet, and `DescribeRules` may lag as well.
    pub(super) fn turned_before(&self) -> Option<RouteTurn> {
        let known = self.memory.turned.map(RouteTurn::At).or(self.turned_about.map(RouteTurn::About))?;
        let (RouteTurn::At(turned) | RouteTurn::About(turned)) = known;
        (self.started < turned + redirects::PROPAGATION).then_some(known)
    }

    pub(super) fn wake_begins(&mut self, snapshot: &Snapshot, now: SystemTime) {
        // If a service that the app comes after was started before, the wake began then.
        let under_way = snapshot.running.services.iter().flatten().any(|tasks| tasks.desired > 0);
        let known = self.memory.began.or(self.memory.held_since).filter(|_| under_way);
        let sent_back = self.memory.held_since.filter(|_| self.turned_before().is_some());
        let known = [snapshot.wake_history.open(now), known, sent_back];
        let began = known.into_iter().flatten().fold(self.started, SystemTime::min);
        self.memory = WakeMemory { began: Some(began), ..WakeMemory::default() };
    }

    /// Takes over from the tags when the wake began and when the route was turned.
    pub(super) fn read(&mut self, state_tag: StateTag, wake_history: &WakeHistory, now: SystemTime) {
        self.age = WakeAge::Read;
        // The route was turned to the app and back, and the load balancer still follows both turns.
        if let StateTag::Dozing { since } = state_tag
            && self.started < since + redirects::PROPAGATION
        {
            self.turned_about = Some(since);
        }
        let last_end = wake_history.last_end();
        let of_this_wake = |time: &SystemTime| last_end.is_none_or(|end| *time > end);
        let WakeMemory { began, held_since, .. } = self.memory;
        let (began, held_since) = (began.filter(of_this_wake), held_since.filter(of_this_wake));
        // Clients may have waited before the wake began, this one included.
        let open = wake_history.open(now).map(|open| open.min(self.started));
        let began = [open, open.and(held_since), began].into_iter().flatten().min();
        self.memory = WakeMemory { began, held_since, ..self.memory };
        if let Some((began, ended)) = wake_history.last_wake()
            && self.started < ended + HISTORY_PRECISION + redirects::PROPAGATION
        {
            self.memory.began = Some(began);
            if ended <= self.started {
                self.turned_about = Some(ended + HISTORY_PRECISION);
            }
        }
    }

    /// Records when the route was turned, which decides when a client that comes back is redirected.
    pub(super) fn route_seen(&mut self, now: Duration, route: RouteTarget) {
        if route != RouteTarget::App {
            (self.turned, self.lagging) = (None, false);
            // A client that was redirected to an app that fell asleep at that moment has followed one
            // redirect.
            let counted = self.memory.held_since.is_some_and(|since| since < self.started);
            if self.turned_before().is_some() && !counted {
                self.memory.held_since = self.started.checked_sub(self.hold());
            }
        } else if !self.lagging {
            self.turned = self.turned.or(Some(now));
        }
    }

    /// For the sandbox's next invocation for this environment.
    pub fn memory(&self) -> WakeMemory {
        let turned = self.turned.map(|turned| self.started + turned);
        WakeMemory { turned: self.memory.turned.or(turned), ..self.memory }
    }

    /// When the wake began, if known; never later than the first client could have come.
    pub(super) fn beginning(&self) -> SystemTime {
        let WakeMemory { began, held_since, .. } = self.memory;
        began.into_iter().chain(held_since).min().unwrap_or(self.started)
    }

    pub(super) fn age_is_missing(&self) -> bool {
        self.memory.began.is_none() && self.age != WakeAge::Read
    }

    /// The age is read with the second observation, and, if that fails, when it is needed.
    pub(super) fn age_beside(&mut self) -> Scope {
        let rounds = matches!(self.mode, ResponseMode::Rounds(Hold { rounds: 2.., .. }));
        if !rounds
            || self.age != WakeAge::Unasked
            || !self.age_is_missing()
            || self.observations == 0
            || self.congestion > 0
        {
            return Scope::empty();
        }
        self.age = WakeAge::Asked;
        Scope::STATE_TAG
    }

    pub(super) fn read_age(&mut self, reason: AgeUse) -> Action {
        self.stage = WakeStage::ReadingAge(reason);
        Action::Observe(Scope::STATE_TAG)
    }
}
