//! What must hold, and what a month costs.
//!
//! **Stranded** is a state in which the rule points to the app and no target is registered: the
//! load balancer itself answers 503. (It sends requests to a target that is registered and not
//! healthy yet.) It must end by the end of the first tick that began in it; a tick that is lost, or
//! whose invocation crashes, does not count. Only a change by hand may make a visitor meet this
//! state, with one exception, the **crossing**, which the available AWS calls cannot exclude: a
//! visitor who has seen the tasks ends a doze at the same moment at which the tick sets the count
//! to 0 and reads the route for the last time. The visitor's read-back turns the route to the waker
//! again within a second or two, and until the load balancer's nodes have followed, a next request
//! may meet an app without tasks. Crossings are counted.
//!
//! **Scaling** that the waker has suspended must be resumed by the end of the first such tick that
//! began while the app serves. What a person suspended stays suspended, and the waker sets no count
//! to 0 that a policy could raise again.
//!
//! **Cut off** is a request that the app has answered, if the waker sets the app's desired count
//! from more than 0 to 0 within the idle time after it. So is a WebSocket that is open then.
//!
//! **Ideal** is to be awake (any desired count is above 0) from a use to the first tick at or after
//! the idle time that follows the last use. A use is a request, to the app or to the waker, and a
//! wake by hand. The reasons for which Reveille vetoes the sleep of an awake environment extend it:
//!
//! - an open WebSocket, whose end is a use;
//! - a deployment, and tasks started by hand: to the first tick at or after its end and the doze
//!   (the metrics' delay, before which it is not certain that no request came);
//! - a partial answer of `CloudWatch`: the same from that moment; also data that are late as a
//!   whole;
//! - data that never come: the gap may hide a request, so its end is a use.
//!
//! A count that is set to 0 by hand ends the use and the ideal. Time awake beyond the ideal is the
//! **excess**; being asleep within the ideal never reduces it.

use super::{
    cloud::clock::{HOUR, MINUTE, Millis},
    sums::{Breach, Sums},
};

/// An excess longer than this is stuck.
const STUCK: Millis = 2 * HOUR;

#[derive(Debug)]
pub struct Judge {
    pub sums: Sums,
    /// The first breach.
    pub broken: Option<Breach>,
    idle: Millis,
    doze: Millis,
    /// How long after each full minute ticks come.
    phase: Millis,
    /// Whether the design has vetoes.
    vetoes: bool,
    awake: bool,
    mark: Millis,
    /// The end of the ideal, as far as it is known.
    until: Millis,
    /// Vetoes that have begun and not ended.
    held: u32,
    /// The excess of this period.
    excess: Millis,
    answered: Option<Millis>,
    stranded: Option<Millis>,
    unscaled: Option<Millis>,
    /// Something has been changed by hand since a target last became healthy.
    by_hand: bool,
}

impl Sums {
    pub fn add(&mut self, other: &Self) {
        self.awake += other.awake;
        self.excess += other.excess;
        self.stuck += other.stuck;
        self.stuck_time += other.stuck_time;
        self.answered += other.answered;
        self.bare_503 += other.bare_503;
        self.own_503 += other.own_503;
        self.errors += other.errors;
        self.cut_off += other.cut_off;
        self.stranded += other.stranded;
        self.stranded_longest = self.stranded_longest.max(other.stranded_longest);
        self.wakes += other.wakes;
        self.calls += other.calls;
        self.metrics += other.metrics;
    }

    /// Time awake as a multiple of the ideal.
    pub fn of_ideal(&self) -> f64 {
        self.awake as f64 / (self.awake - self.excess) as f64
    }
}

impl Judge {
    pub fn new(idle: Millis, doze: Millis, phase: Millis, vetoes: bool) -> Self {
        Self {
            sums: Sums::default(),
            broken: None,
            idle,
            doze,
            phase,
            vetoes,
            awake: false,
            mark: 0,
            until: 0,
            held: 0,
            excess: 0,
            answered: None,
            stranded: None,
            unscaled: None,
            by_hand: false,
        }
    }

    pub fn used(&mut self, now: Millis) {
        self.settle(now);
        self.until = self.until.max(self.tick_after(now + self.idle));
    }

    /// A veto that ends at this moment.
    pub fn vetoed(&mut self, now: Millis) {
        self.settle(now);
        if self.vetoes && self.awake {
            self.until = self.until.max(self.tick_after(now + self.doze));
        }
    }

    /// Metrics that have not come by this moment never will.
    pub fn gap(&mut self, now: Millis) {
        if self.vetoes && self.awake {
            self.used(now);
        }
    }

    pub fn hold(&mut self, now: Millis) {
        self.settle(now);
        self.held += u32::from(self.vetoes);
    }

    pub fn release(&mut self, now: Millis) {
        self.vetoed(now);
        self.held = self.held.saturating_sub(1);
    }

    pub fn answered(&mut self, now: Millis) {
        self.sums.answered += 1;
        self.answered = Some(now);
    }

    pub fn emptied_by_hand(&mut self, now: Millis) {
        self.settle(now);
        self.until = self.until.min(now);
        self.answered = None;
    }

    pub fn changed_by_hand(&mut self) {
        self.by_hand = true;
    }

    /// The waker has set the app's desired count from more than 0 to 0, with so many WebSockets
    /// open.
    pub fn emptied(&mut self, now: Millis, sockets: u32) {
        if sockets > 0 {
            self.sums.cut_off += 1;
            self.breaks(Breach::CutOff { after: 0 });
            return;
        }
        let Some(answered) = self.answered.filter(|answered| now < answered + self.idle) else { return };
        self.sums.cut_off += 1;
        self.breaks(Breach::CutOff { after: now - answered });
    }

    /// A target has become healthy.
    pub fn reached(&mut self) {
        self.by_hand = false;
    }

    pub fn awake(&mut self, now: Millis, awake: bool) {
        if awake == self.awake {
            return;
        }
        self.settle(now);
        self.awake = awake;
        if awake {
            self.sums.wakes += 1;
        } else {
            self.end_of_period();
        }
    }

    pub fn stranded(&mut self, now: Millis, stranded: bool) {
        match (self.stranded, stranded) {
            (None, true) => {
                self.stranded = Some(now);
                self.sums.stranded += 1;
            }
            (Some(since), false) => {
                self.sums.stranded_longest = self.sums.stranded_longest.max(now - since);
                self.stranded = None;
            }
            (None, false) | (Some(_), true) => {}
        }
    }

    /// Whether scaling is suspended while the app serves.
    pub fn unscaled(&mut self, now: Millis, unscaled: bool) {
        self.unscaled = unscaled.then(|| self.unscaled.unwrap_or(now));
    }

    pub fn answered_within(&self, now: Millis, time: Millis) -> bool {
        self.answered.is_some_and(|answered| now < answered + time)
    }

    /// A tick has ended; not called for a lost or crashed one.
    pub fn ticked(&mut self, began: Millis, now: Millis) {
        if let Some(since) = self.stranded.filter(|since| *since <= began) {
            self.breaks(Breach::Stranded { since: now - since });
        }
        if let Some(since) = self.unscaled.filter(|since| *since <= began) {
            self.breaks(Breach::Unscaled { since: now - since });
        }
    }

    pub fn bare_503(&mut self) {
        self.sums.bare_503 += 1;
        if self.by_hand {
            return;
        }
        self.sums.own_503 += 1;
        self.breaks(Breach::Bare503);
    }

    pub fn breaks(&mut self, breach: Breach) {
        self.broken.get_or_insert(breach);
    }

    pub fn finish(&mut self, now: Millis) -> Sums {
        self.settle(now);
        self.end_of_period();
        self.stranded(now, false);
        self.sums
    }

    fn settle(&mut self, now: Millis) {
        if self.awake {
            self.sums.awake += now.saturating_sub(self.mark);
            if self.held == 0 {
                let excess = now.saturating_sub(self.until.max(self.mark));
                self.sums.excess += excess;
                self.excess += excess;
            }
        }
        self.mark = self.mark.max(now);
    }

    fn end_of_period(&mut self) {
        if self.excess > STUCK {
            self.sums.stuck += 1;
            self.sums.stuck_time += self.excess;
        }
        self.excess = 0;
    }

    fn tick_after(&self, at: Millis) -> Millis {
        at.saturating_sub(self.phase).div_ceil(MINUTE) * MINUTE + self.phase
    }
}
