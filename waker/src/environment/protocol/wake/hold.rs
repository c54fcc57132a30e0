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
        note::Note,
        observed::{Observed, RouteTarget, Scope, Seen},
        plan::Phase,
        protocol::{Action, Outcome, Protocol as _},
    },
};

/// A redirect to the app may come this long after the end of the hold: it is one that the
/// load balancer then follows. With what a look takes, still below API Gateway's 29 s.
const OVERRUN: Duration = Duration::from_secs(3);

/// From a redirect to the request that follows it.
const ROUND_TRIP: Duration = Duration::from_secs(2);

/// A wake that began earlier is no longer under way.
const FORGOTTEN: Duration = Duration::from_mins(15);
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
    /// When a client got its last redirect, which may have come too early.
    pub spent: Option<SystemTime>,
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

/// When the route was turned: as this sandbox has seen it, so that it knows which redirects came
/// after it, or as the tags say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Turn {
    At(SystemTime),
    About(SystemTime),
}

/// Of the wake, as the ledger has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Age {
    Unasked,
    Asked,
    /// It has been read, or cannot be.
    Read,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum For {
    App,
    SameAddress,
}

impl Wake {
    /// With what the sandbox's last invocation for this environment has left.
    #[must_use]
    pub fn remembering(mut self, last: Remembered) -> Self {
        let age = |time: SystemTime| self.started.duration_since(time).unwrap_or_default();
        // What was known of a wake that has come to its end says nothing of the next one.
        if last.turned.is_none_or(|turned| age(turned) <= redirects::PROPAGATION) {
            let fresh = |time: &SystemTime| age(*time) < FORGOTTEN;
            let (began, held_since) = (last.began.filter(fresh), last.held_since.filter(fresh));
            self.remembered = Remembered { began, held_since, ..last };
        }
        self
    }

    /// Everything that a redirect to the app needs has been read.
    pub(super) fn ready(&mut self, now: Duration) -> Action {
        let redirect = match self.patience {
            Patience::Page | Patience::Hold(_) if self.lagging && SETTLE < self.deadline() => SETTLE,
            Patience::Page | Patience::Hold(_) => now,
            Patience::Rounds(_) if self.is_spent() => {
                return Action::Done(Outcome::Waiting(Phase::Ready));
            }
            Patience::Rounds(hold) => match (self.turned_before(), self.turned) {
                // It was turned to and fro, and this client may have followed some redirects.
                (Some(_), Some(turned)) => turned + redirects::PROPAGATION,
                (Some(Turn::At(turned)), None) => self.redirect_of_late_comer(hold, turned),
                (Some(Turn::About(turned)), None) => self.since_start(turned + redirects::PROPAGATION),
                (None, _) if self.age != Age::Read && (self.lagging || self.remembered.began.is_none()) => {
                    return self.read_age(For::App);
                }
                // Nobody knows when it was turned: it was before this client came.
                (None, _) if self.lagging => redirects::PROPAGATION,
                (None, turned) => {
                    let left = redirects::left(self.within_limit(hold), self.beginning(), self.started);
                    turned.unwrap_or(now) + redirects::next(left, None)
                }
            },
        };
        let latest = (self.hold_end() + OVERRUN).min(self.limit.saturating_sub(SETTLE));
        if latest < redirect {
            self.remembered.spent = Some(self.started + latest);
        }
        let redirect = redirect.min(latest);
        if now < redirect { Action::Wait(redirect.saturating_sub(now)) } else { Action::Done(Outcome::Ready) }
    }

    /// When the route was turned, if that was a moment before this client came: the load
    /// balancer does not follow it yet, and what `DescribeRules` shows may lag as well.
    fn turned_before(&self) -> Option<Turn> {
        let known = self.remembered.turned.map(Turn::At).or(self.turned_about.map(Turn::About))?;
        let (Turn::At(turned) | Turn::About(turned)) = known;
        (self.started < turned + redirects::PROPAGATION).then_some(known)
    }

    fn since_start(&self, time: SystemTime) -> Duration {
        time.duration_since(self.started).unwrap_or_default()
    }

    /// Since the start.
    fn redirect_of_late_comer(&self, hold: Hold, turned: SystemTime) -> Duration {
        let since = self.started.duration_since(turned).unwrap_or_default();
        let began = self.beginning().min(turned);
        let left = redirects::left(self.within_limit(hold), began, turned);
        self.since_start(turned + redirects::next(left, Some(since)))
    }

    /// The next look would come too late.
    pub(super) fn end_of_hold(&mut self, hold: Hold, now: Duration) -> Action {
        if !self.may_be_held_again(hold) && !self.is_blind(hold) {
            return if self.age == Age::Read {
                Action::Done(Outcome::Waiting(self.phase))
            } else {
                self.read_age(For::SameAddress)
            };
        }
        if self.age_is_missing() {
            return self.read_age(For::SameAddress);
        }
        self.remembered.held_since = Some(self.beginning());
        // Of an earlier wake, as this one goes on.
        (self.turned, self.remembered.turned) = (None, None);
        let outcome = Outcome::HoldAgain(self.phase);
        // A hold that ended sooner would let a client follow more redirects than are counted.
        let mut end = self.hold_end();
        if !self.may_be_held_again(hold) {
            end = (end + OVERRUN).min(self.limit);
            self.remembered.spent = Some(self.started + end);
        }
        if end <= now {
            return Action::Done(outcome);
        }
        self.stage = Stage::Ending(outcome);
        Action::Wait(end.saturating_sub(now))
    }

    /// A fault for which there is no time left.
    pub(super) fn out_of_time(&mut self, now: Duration, fault: FaultKind) -> Action {
        match self.patience {
            _ if matches!(self.phase, Phase::Failed(_)) => self.not_ready(fault),
            // AWS refuses some of many calls: others are let through and wake the environment.
            Patience::Rounds(hold) if self.phase != Phase::Looking || fault == FaultKind::Throttled => {
                self.age = Age::Read;
                self.end_of_hold(hold, now)
            }
            _ => self.not_ready(fault),
        }
    }

    pub(super) fn age_seen(&mut self, now: Duration, reason: For, seen: Result<Seen, FaultKind>) -> Action {
        self.stage = Stage::Observing;
        self.age = Age::Read;
        if let Ok(seen) = seen {
            self.read(seen.note.unwrap_or_default(), &seen.ledger.unwrap_or_default(), self.started + now);
        }
        match (reason, self.patience) {
            (For::SameAddress, Patience::Rounds(hold)) => self.end_of_hold(hold, now),
            _ => self.ready(now),
        }
    }

    /// This invocation starts a service of a sleeping app.
    pub(super) fn wake_begins(&mut self, observed: &Observed, now: SystemTime) {
        // What the app comes after has been started before; the wake began with that.
        let under_way = observed.running.services.iter().flatten().any(|tasks| tasks.desired > 0);
        let known = self.remembered.began.or(self.remembered.held_since).filter(|_| under_way);
        let sent_back = self.remembered.held_since.filter(|_| self.turned_before().is_some());
        let known = [observed.ledger.open(now), known, sent_back];
        let began = known.into_iter().flatten().fold(self.started, SystemTime::min);
        self.remembered = Remembered { began: Some(began), ..Remembered::default() };
    }

    /// What the tags say of the wake that this client has waited for.
    pub(super) fn read(&mut self, note: Note, ledger: &Ledger, now: SystemTime) {
        self.age = Age::Read;
        // The route was turned to and fro, and the load balancer follows both turns.
        if let Note::Dozing { since } = note
            && self.started < since + redirects::PROPAGATION
        {
            self.turned_about = Some(since);
        }
        let last_end = ledger.last_end();
        let of_this_wake = |time: &SystemTime| last_end.is_none_or(|end| *time > end);
        let Remembered { began, held_since, .. } = self.remembered;
        let (began, held_since) = (began.filter(of_this_wake), held_since.filter(of_this_wake));
        // Clients may have waited before the wake began, this one among them.
        let open = ledger.open(now).map(|open| open.min(self.started));
        let began = [open, open.and(held_since), began].into_iter().flatten().min();
        self.remembered = Remembered { began, held_since, ..self.remembered };
        if let Some((began, ended)) = ledger.last_wake()
            && self.started < ended + LEDGER_PRECISION + redirects::PROPAGATION
        {
            self.remembered.began = Some(began);
            if ended <= self.started {
                self.turned_about = Some(ended + LEDGER_PRECISION);
            }
        }
    }

    /// The route as it has been read; the time of its turn matters to a client that comes back.
    pub(super) fn route_seen(&mut self, now: Duration, route: RouteTarget) {
        if route != RouteTarget::App {
            (self.turned, self.lagging) = (None, false);
            // A client that was sent to an app that fell asleep at that moment has followed a redirect.
            let counted = self.remembered.held_since.is_some_and(|since| since < self.started);
            if self.turned_before().is_some() && !counted {
                self.remembered.held_since = self.started.checked_sub(self.hold());
            }
        } else if !self.lagging {
            self.turned = self.turned.or(Some(now));
        }
    }

    /// For the sandbox's next invocation for this environment.
    pub fn remembered(&self) -> Remembered {
        let turned = self.turned.map(|turned| self.started + turned);
        Remembered { turned: self.remembered.turned.or(turned), ..self.remembered }
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

    /// The client has followed its last redirect, and the load balancer has sent it back: it is
    /// told to come again.
    fn is_spent(&self) -> bool {
        let spent = self.remembered.spent.and_then(|spent| self.started.duration_since(spent).ok());
        spent.is_some_and(|since| since < ROUND_TRIP)
    }

    /// Where the function's own time-out ends a hold sooner.
    fn within_limit(&self, hold: Hold) -> Hold {
        Hold { time: hold.time.min(self.limit), ..hold }
    }

    /// When the wake began, as far as that is known: never later than a client could have come.
    fn beginning(&self) -> SystemTime {
        let Remembered { began, held_since, .. } = self.remembered;
        began.into_iter().chain(held_since).min().unwrap_or(self.started)
    }

    fn age_is_missing(&self) -> bool {
        self.remembered.began.is_none() && self.age != Age::Read
    }

    /// The age is read beside the second look, and, where that fails, when it matters.
    pub(super) fn age_beside(&mut self) -> Scope {
        let rounds = matches!(self.patience, Patience::Rounds(Hold { rounds: 2.., .. }));
        if !rounds
            || self.age != Age::Unasked
            || !self.age_is_missing()
            || self.looks == 0
            || self.congestion > 0
        {
            return Scope::empty();
        }
        self.age = Age::Asked;
        Scope::NOTE
    }

    fn read_age(&mut self, reason: For) -> Action {
        self.stage = Stage::ReadingAge(reason);
        Action::Observe(Scope::NOTE)
    }
}
