//! The end of a hold: a redirect to the same address, to the app, or no redirect.
//!
//! ```text
//! hold over --> age known? --no--> Observe(STATE_TAG) --> redirects left? --yes--> Wait(rest) -> HoldAgain
//!                                                                        \--no---> Waiting
//! ready ------> age known? --no--> Observe(STATE_TAG) --> Wait(next redirect) -> observe -> Ready
//! ```

use std::time::{Duration, SystemTime};

use super::{
    ResponseMode, SETTLE, Wake,
    age::{RouteTurn, WakeAge},
    redirects,
    stage::{AgeUse, WakeStage},
};
use crate::{
    config::Hold,
    environment::{
        fault::FaultKind,
        plan::Phase,
        protocol::{Action, Outcome, Protocol as _},
        snapshot::PartialSnapshot,
    },
};

/// A redirect to the app may come this long after the end of the hold, so that the load balancer has
/// followed the route by then. With one more observation still below API Gateway's 29 s.
const OVERRUN: Duration = Duration::from_secs(3);

/// From a redirect to the request that follows it.
const ROUND_TRIP: Duration = Duration::from_secs(2);

impl Wake {
    /// The environment is ready: when the client is redirected to the app.
    pub(super) fn ready(&mut self, now: Duration) -> Action {
        let redirect = match self.mode {
            ResponseMode::Page | ResponseMode::Hold(_) if self.lagging && SETTLE < self.deadline() => SETTLE,
            ResponseMode::Page | ResponseMode::Hold(_) => now,
            ResponseMode::Rounds(_) if self.is_spent() => {
                return Action::Done(Outcome::Waiting(Phase::Ready));
            }
            ResponseMode::Rounds(hold) => match (self.turned_before(), self.turned) {
                // It was turned to the app and back, and this client may have followed some redirects.
                (Some(_), Some(turned)) => turned + redirects::PROPAGATION,
                (Some(RouteTurn::At(turned)), None) => self.redirect_of_late_comer(hold, turned),
                (Some(RouteTurn::About(turned)), None) => self.since_start(turned + redirects::PROPAGATION),
                (None, _) if self.age != WakeAge::Read && (self.lagging || self.memory.began.is_none()) => {
                    return self.read_age(AgeUse::App);
                }
                // It is not known when it was turned, only that it was before this client came.
                (None, _) if self.lagging => redirects::PROPAGATION,
                (None, turned) => {
                    let left = redirects::left(self.within_limit(hold), self.beginning(), self.started);
                    turned.unwrap_or(now) + redirects::next(left, None)
                }
            },
        };
        let latest = (self.hold_end() + OVERRUN).min(self.limit.saturating_sub(SETTLE));
        if latest < redirect {
            self.memory.spent = Some(self.started + latest);
        }
        let redirect = redirect.min(latest);
        if now < redirect { Action::Wait(redirect.saturating_sub(now)) } else { Action::Done(Outcome::Ready) }
    }

    fn since_start(&self, time: SystemTime) -> Duration {
        time.duration_since(self.started).unwrap_or_default()
    }

    /// When a client that came after the turn is redirected, since the start.
    fn redirect_of_late_comer(&self, hold: Hold, turned: SystemTime) -> Duration {
        let since = self.started.duration_since(turned).unwrap_or_default();
        let began = self.beginning().min(turned);
        let left = redirects::left(self.within_limit(hold), began, turned);
        self.since_start(turned + redirects::next(left, Some(since)))
    }

    /// The next observation would be too late.
    pub(super) fn end_of_hold(&mut self, hold: Hold, now: Duration) -> Action {
        if !self.may_be_held_again(hold) && !self.is_blind(hold) {
            return if self.age == WakeAge::Read {
                Action::Done(Outcome::Waiting(self.phase))
            } else {
                self.read_age(AgeUse::SameAddress)
            };
        }
        if self.age_is_missing() {
            return self.read_age(AgeUse::SameAddress);
        }
        self.memory.held_since = Some(self.beginning());
        // They belong to an earlier wake: this one is not ready.
        (self.turned, self.memory.turned) = (None, None);
        let outcome = Outcome::HoldAgain(self.phase);
        // A shorter hold would let a client follow more redirects than are counted.
        let mut end = self.hold_end();
        if !self.may_be_held_again(hold) {
            end = (end + OVERRUN).min(self.limit);
            self.memory.spent = Some(self.started + end);
        }
        if end <= now {
            return Action::Done(outcome);
        }
        self.stage = WakeStage::Ending(outcome);
        Action::Wait(end.saturating_sub(now))
    }

    /// No time is left to retry after this fault.
    pub(super) fn out_of_time(&mut self, now: Duration, fault: FaultKind) -> Action {
        match self.mode {
            _ if matches!(self.phase, Phase::Failed(_)) => self.not_ready(fault),
            // AWS refuses some of many calls: other invocations get through and wake the environment.
            ResponseMode::Rounds(hold) if self.phase != Phase::Looking || fault == FaultKind::Throttled => {
                self.age = WakeAge::Read;
                self.end_of_hold(hold, now)
            }
            _ => self.not_ready(fault),
        }
    }

    pub(super) fn age_seen(
        &mut self,
        now: Duration,
        reason: AgeUse,
        partial: Result<PartialSnapshot, FaultKind>,
    ) -> Action {
        self.stage = WakeStage::Observing;
        self.age = WakeAge::Read;
        if let Ok(partial) = partial {
            self.read(
                partial.state_tag.unwrap_or_default(),
                &partial.wake_history.unwrap_or_default(),
                self.started + now,
            );
        }
        match (reason, self.mode) {
            (AgeUse::SameAddress, ResponseMode::Rounds(hold)) => self.end_of_hold(hold, now),
            _ => self.ready(now),
        }
    }

    /// When the hold ends.
    pub(super) fn hold_end(&self) -> Duration {
        self.hold().min(self.limit)
    }

    fn may_be_held_again(&self, hold: Hold) -> bool {
        redirects::may_be_held_again(self.within_limit(hold), self.beginning(), self.started)
    }

    /// AWS refuses the calls that show the phase, and the client has its last redirect left.
    fn is_blind(&self, hold: Hold) -> bool {
        self.congestion > 0
            && hold.rounds > 1
            && !hold.time.is_zero()
            && redirects::last_is_left(self.within_limit(hold), self.beginning(), self.started)
    }

    /// The client has followed its last redirect, and the load balancer has sent it back: it is told
    /// to retry later.
    fn is_spent(&self) -> bool {
        let spent = self.memory.spent.and_then(|spent| self.started.duration_since(spent).ok());
        spent.is_some_and(|since| since < ROUND_TRIP)
    }

    /// The hold, if the function's own time-out does not end it sooner.
    fn within_limit(&self, hold: Hold) -> Hold {
        Hold { time: hold.time.min(self.limit), ..hold }
    }
}
