//! The Scheduler's ticks, or the alarm's evaluations in their place.
//!
//! A month has 43,200 minutes, and the environment sleeps through most: one tick at the beginning
//! of each sleep shows that ticks change nothing, and the following ones are skipped until the next
//! event.

use waker::environment::protocol::TickOutcome;

use super::{
    clock::{MINUTE, Millis, SECOND, millis},
    designs::Design,
    invocation::Owner,
    month::{Event, Month},
    sums::Breach,
    trace::Happened,
};

const LOST: u32 = 500;
/// Lambda retries an asynchronous invocation twice.
const RETRIES: u32 = 2;

#[derive(Debug)]
pub struct Ticker {
    /// Ticks come so long after each full minute, or up to two seconds later.
    pub phase: Millis,
    /// Ticks are skipped from here on.
    parked: Option<Millis>,
    /// The tick under way found a sleeping environment and no other invocation; with the calls and
    /// metrics before it.
    quiet: Option<(u64, u64)>,
    /// The cost of a tick that finds the environment asleep.
    cost: Option<(u64, u64)>,
    /// The alarm's state.
    alarm: bool,
}

impl Ticker {
    pub fn new(phase: Millis) -> Self {
        Self { phase, parked: None, quiet: None, cost: None, alarm: true }
    }
}

impl Month<'_> {
    pub(super) fn tick(&mut self) {
        let next = self.now.saturating_sub(self.ticker.phase) / MINUTE * MINUTE + MINUTE + self.ticker.phase;
        let quiet = self.world.is_asleep() && self.under_way == 0;
        match self.design {
            Design::AlwaysOn => return,
            Design::Alarm => {
                let minutes = millis(self.environment.sleep.idle_after) / MINUTE;
                let breaches = self.metrics.breaches(minutes as usize, self.now);
                let changed = breaches && !self.ticker.alarm;
                self.ticker.alarm = breaches;
                if changed {
                    self.invoke(Owner::Alarm { retries: RETRIES });
                } else if quiet && breaches {
                    self.ticker.parked = Some(next);
                    return;
                }
            }
            Design::Reveille | Design::Trusting if self.dice.once_in(LOST) => {
                self.trace.add(self.now, Happened::LostTick);
            }
            Design::Reveille | Design::Trusting => {
                self.ticker.quiet = quiet.then_some((self.account.calls, self.account.metrics));
                self.invoke(Owner::Tick);
            }
        }
        if self.ticker.parked.is_none() {
            self.events.add(next + self.dice.between(0..2 * SECOND), Event::Tick);
        }
    }

    /// A tick has ended.
    pub(super) fn state_tag_fetched(&mut self, rest: TickOutcome, steps: usize) {
        let Some((calls, metrics)) = self.ticker.quiet.take() else { return };
        let asleep = self.world.is_asleep() && self.under_way == 0;
        if asleep && steps > 0 {
            self.judge.breaks(Breach::Disturbed);
        }
        if asleep && matches!(rest, TickOutcome::Asleep { .. }) {
            let cost = (self.account.calls - calls, self.account.metrics - metrics);
            self.ticker.cost = Some(self.ticker.cost.map_or(cost, |known| known.min(cost)));
            self.ticker.parked = Some(0);
        }
    }

    /// An event is about to happen at `at`.
    pub(super) fn unpark(&mut self, at: Millis) {
        if self.ticker.parked.take().is_none() {
            return;
        }
        let minutes = |at: Millis| at.saturating_sub(self.ticker.phase) / MINUTE;
        let skipped = minutes(at) - minutes(self.now);
        let (calls, metrics) = self.ticker.cost.unwrap_or_default();
        self.account.count(skipped * calls, skipped * metrics);
        if self.design == Design::Reveille {
            // The tick also checks the database's pause.
            self.account.count(skipped / 60 * 2, skipped / 60 * 2);
        }
        let next = (minutes(at) + 1) * MINUTE + self.ticker.phase;
        self.events.add(next + self.dice.between(0..2 * SECOND), Event::Tick);
    }
}
