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
        observed::{RouteTarget, Scope, Seen},
        plan::Phase,
        protocol::{Action, Outcome, Protocol as _},
    },
};

/// A redirect to the app may come this long after the end of the hold: it is one that the
/// load balancer then follows. With what a look takes, still below API Gateway's 29 s.
const OVERRUN: Duration = Duration::from_secs(3);

/// What a sandbox remembers of the wake of an environment. It spares calls of AWS, and takes
/// the place of the ledger where AWS refuses to let it be read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Remembered {
    /// When the wake began, by the ledger.
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
            Patience::Rounds(hold) if self.lagging => self.redirect_of_late_comer(hold),
            Patience::Rounds(_) if self.age_is_missing() => return self.read_age(For::App),
            Patience::Rounds(hold) => {
                let left = redirects::left(self.within_limit(hold), self.beginning(), self.started);
                self.turned.unwrap_or(now) + redirects::next(left, Duration::ZERO)
            }
        };
        let redirect = redirect.min(self.hold_end() + OVERRUN).min(self.limit.saturating_sub(SETTLE));
        if now < redirect { Action::Wait(redirect - now) } else { Action::Done(Outcome::Ready) }
    }

    /// Of a client that has reached the waker although the route points to the app, since the
    /// start.
    fn redirect_of_late_comer(&self, hold: Hold) -> Duration {
        let turned = self.remembered.turned.and_then(|turned| {
            let since = self.started.duration_since(turned).ok()?;
            (since < redirects::PROPAGATION).then_some((turned, since))
        });
        // Where nobody knows when the route was turned, it was just before this client came.
        let Some((turned, since)) = turned else { return redirects::PROPAGATION };
        let began = self.remembered.began.unwrap_or(turned);
        let left = redirects::left(self.within_limit(hold), began, turned);
        redirects::next(left, since).saturating_sub(since)
    }

    /// The next look would come too late.
    pub(super) fn end_of_hold(&mut self, hold: Hold, now: Duration) -> Action {
        if self.age_is_missing() || (!self.age_read && !self.may_be_held_again(hold)) {
            return self.read_age(For::SameAddress);
        }
        if !self.may_be_held_again(hold) {
            return Action::Done(Outcome::Waiting(self.phase));
        }
        self.remembered.held_since = Some(self.beginning());
        let outcome = Outcome::HoldAgain(self.phase);
        // A hold that ended sooner would let a client follow more redirects than are counted.
        let rest = self.hold_end().saturating_sub(now);
        if rest.is_zero() {
            return Action::Done(outcome);
        }
        self.stage = Stage::Ending(outcome);
        Action::Wait(rest)
    }

    /// A fault for which there is no time left.
    pub(super) fn out_of_time(&mut self, now: Duration, fault: FaultKind) -> Action {
        match self.patience {
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
            let ledger = seen.ledger.unwrap_or_default();
            self.remembered.began = ledger.open(self.started + now);
        }
        match (reason, self.patience) {
            (For::SameAddress, Patience::Rounds(hold)) => self.end_of_hold(hold, now),
            _ => self.ready(now),
        }
    }

    /// The route as it has been read; the time of its turn matters to a client that comes back.
    pub(super) fn route_seen(&mut self, now: Duration, route: RouteTarget) {
        match route {
            RouteTarget::App if self.lagging => {}
            RouteTarget::App => self.turned = self.turned.or(Some(now)),
            RouteTarget::Waker | RouteTarget::Elsewhere => {
                (self.turned, self.remembered.turned) = (None, None);
            }
        }
    }

    /// For the sandbox's next invocation for this environment.
    pub fn remembered(&self) -> Remembered {
        let turned = self.turned.map(|turned| self.started + turned);
        Remembered { turned: turned.or(self.remembered.turned), ..self.remembered }
    }

    /// Until when a client is held.
    pub(super) fn hold_end(&self) -> Duration {
        self.hold().min(self.limit)
    }

    fn may_be_held_again(&self, hold: Hold) -> bool {
        redirects::may_be_held_again(self.within_limit(hold), self.beginning(), self.started)
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
