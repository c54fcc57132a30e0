//! The end of a hold: a redirect to the same address, to the app, or neither.
//!
//! ```text
//! hold over ---> age known? --no--> Observe(note) --> young enough? --yes--> Wait(rest) -> HoldAgain
//!                                                                  \--no---> Waiting
//! ready -------> age known? --no--> Observe(note) --> Wait(next redirect) -> look again -> Ready
//! ```

use std::time::{Duration, SystemTime};

use super::{Patience, SETTLE, Wake, redirects};
use crate::{
    config::Hold,
    environment::{
        fault::FaultKind,
        ledger::Ledger,
        observed::{RouteTarget, Scope, Seen},
        plan::Phase,
        protocol::{Action, Outcome, Protocol as _},
    },
};

/// A redirect to the app may come this long after the end of the hold: it is one that the
/// load balancer then follows. With what a look takes, still below API Gateway's 29 s.
const OVERRUN: Duration = Duration::from_secs(3);

/// The ledger has whole seconds, both of the beginning of a wake and of its length.
const LEDGER_PRECISION: Duration = Duration::from_secs(2);

/// What a sandbox remembers of the wake of an environment. It spares calls of AWS, and takes
/// the place of the ledger where AWS refuses to let it be read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Remembered {
    /// When the wake began, by the ledger, or a client of this sandbox came that waited for it.
    pub began: Option<SystemTime>,
    /// When a client was first held, where the ledger does not say when the wake began.
    pub held_since: Option<SystemTime>,
    /// When the route was turned to the app.
    pub turned: Option<SystemTime>,
}

/// What the next result is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Stage {
    /// To find out how far the environment is.
    Observing,
    /// The wake's age decides about the redirect to the app, or about another hold.
    ReadingAge(For),
    /// The rest of the hold, and then this outcome.
    Ending(Outcome),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum For {
    App,
    SameAddress,
}

impl Wake {
    /// Everything that a redirect to the app needs has been read.
    pub(super) fn ready(&mut self, now: Duration) -> Action {
        let redirect = match self.patience {
            Patience::Page | Patience::Hold(_) if self.lagging && SETTLE < self.deadline() => SETTLE,
            Patience::Page | Patience::Hold(_) => now,
            Patience::Rounds(hold) if self.is_spent(hold) => {
                return Action::Done(Outcome::Waiting(Phase::Ready));
            }
            Patience::Rounds(hold) => match self.turned_before() {
                Some(turned) => self.redirect_of_late_comer(hold, turned),
                None if !self.age_read && (self.lagging || self.remembered.began.is_none()) => {
                    return self.read_age(For::App);
                }
                // Nobody knows when the route was turned: it was before this client came.
                None if self.lagging => redirects::PROPAGATION,
                None => {
                    let left = redirects::left(self.within_limit(hold), self.beginning(), self.started);
                    self.turned.unwrap_or(now) + redirects::next(left, Duration::ZERO)
                }
            },
        };
        let redirect = redirect.min(self.hold_end() + OVERRUN).min(self.limit.saturating_sub(SETTLE));
        if now < redirect { Action::Wait(redirect - now) } else { Action::Done(Outcome::Ready) }
    }

    /// When the route was turned, if that was a moment before this client came: the load
    /// balancer does not follow it yet, and what `DescribeRules` shows may lag as well.
    fn turned_before(&self) -> Option<SystemTime> {
        let turned = self.remembered.turned?;
        (self.started < turned + redirects::PROPAGATION).then_some(turned)
    }

    /// Since the start.
    fn redirect_of_late_comer(&self, hold: Hold, turned: SystemTime) -> Duration {
        // The redirect at the turn itself has been spent.
        let since = self.started.duration_since(turned).unwrap_or_default().max(Duration::from_millis(1));
        let began = self.remembered.began.unwrap_or(turned);
        let left = redirects::left(self.within_limit(hold), began, turned);
        redirects::next(left, since).saturating_sub(since)
    }

    /// The next look would come too late.
    pub(super) fn end_of_hold(&mut self, hold: Hold, now: Duration) -> Action {
        if !self.may_be_held_again(hold) && !self.is_blind(hold) {
            return if self.age_read {
                Action::Done(Outcome::Waiting(self.phase))
            } else {
                self.read_age(For::SameAddress)
            };
        }
        if self.age_is_missing() {
            return self.read_age(For::SameAddress);
        }
        self.remembered.held_since = Some(self.beginning());
        let outcome = Outcome::HoldAgain(self.phase);
        // A hold that ended sooner would let a client follow more redirects than are counted.
        let overrun = if self.may_be_held_again(hold) { Duration::ZERO } else { OVERRUN };
        let rest = (self.hold_end() + overrun).min(self.limit).saturating_sub(now);
        if rest.is_zero() {
            return Action::Done(outcome);
        }
        self.stage = Stage::Ending(outcome);
        Action::Wait(rest)
    }

    /// A fault for which there is no time left.
    pub(super) fn out_of_time(&mut self, now: Duration, fault: FaultKind) -> Action {
        match self.patience {
            _ if matches!(self.phase, Phase::Failed(_)) => self.not_ready(fault),
            // AWS refuses some of many calls: others are let through and wake the environment.
            Patience::Rounds(hold) if self.phase != Phase::Looking || fault == FaultKind::Throttled => {
                self.age_read = true;
                self.end_of_hold(hold, now)
            }
            _ => self.not_ready(fault),
        }
    }

    pub(super) fn age_seen(&mut self, now: Duration, reason: For, seen: Result<Seen, FaultKind>) -> Action {
        self.stage = Stage::Observing;
        self.age_read = true;
        if let Ok(seen) = seen {
            self.read(&seen.ledger.unwrap_or_default(), self.started + now);
        }
        match (reason, self.patience) {
            (For::SameAddress, Patience::Rounds(hold)) => self.end_of_hold(hold, now),
            _ => self.ready(now),
        }
    }

    /// What the ledger says of the wake that this client has waited for.
    fn read(&mut self, ledger: &Ledger, now: SystemTime) {
        if let Some(began) = ledger.open(now) {
            // This client may have waited before the wake began.
            self.remembered.began = Some(began.min(self.started));
        }
        let Some((began, ended)) = ledger.last_wake() else { return };
        // What is remembered is of an earlier wake. (Of a later one AWS has refused the entry.)
        self.remembered.began = self.remembered.began.filter(|began| *began > ended);
        if self.started < ended + LEDGER_PRECISION + redirects::PROPAGATION {
            self.remembered.began = Some(began);
            if ended <= self.started {
                self.remembered.turned = Some(ended + LEDGER_PRECISION);
            }
        }
    }

    /// The route as it has been read; the time of its turn matters to a client that comes back.
    pub(super) fn route_seen(&mut self, now: Duration, route: RouteTarget) {
        if route != RouteTarget::App {
            self.turned = None;
        } else if !self.lagging {
            self.turned = self.turned.or(Some(now));
        }
    }

    /// For the sandbox's next invocation for this environment.
    pub fn remembered(&self) -> Remembered {
        let turned = self.turned.map(|turned| self.started + turned);
        Remembered { turned: self.turned_before().or(turned), ..self.remembered }
    }

    /// Until when a client is held.
    pub(super) fn hold_end(&self) -> Duration {
        self.hold().min(self.limit)
    }

    fn may_be_held_again(&self, hold: Hold) -> bool {
        redirects::may_be_held_again(self.within_limit(hold), self.beginning(), self.started)
    }

    /// AWS refuses to be asked how far the environment is, and the last redirect is left.
    fn is_blind(&self, hold: Hold) -> bool {
        self.congestion > 0
            && hold.rounds > 1
            && !hold.time.is_zero()
            && redirects::last_is_left(self.within_limit(hold), self.beginning(), self.started)
    }

    /// The client may have followed all redirects already, the last one while AWS refused to be
    /// asked: it is told to come again.
    fn is_spent(&self, hold: Hold) -> bool {
        self.arrived_congested
            && !redirects::last_is_left(self.within_limit(hold), self.beginning(), self.started)
    }

    /// Where the function's own time-out ends a hold sooner.
    fn within_limit(&self, hold: Hold) -> Hold {
        Hold { time: hold.time.min(self.limit), ..hold }
    }

    /// When the wake began, as far as that is known: never later than a client could have come.
    fn beginning(&self) -> SystemTime {
        self.remembered.began.or(self.remembered.held_since).unwrap_or(self.started)
    }

    fn age_is_missing(&self) -> bool {
        self.remembered.began.is_none() && !self.age_read
    }

    fn read_age(&mut self, reason: For) -> Action {
        self.stage = Stage::ReadingAge(reason);
        Action::Observe(Scope::NOTE)
    }
}
