//! The Scheduler's ticks, or the alarm's evaluations in their place.
//!
//! A month has 43,200 minutes, and the environment sleeps through most: one tick at the beginning
//! of each sleep shows that ticks change nothing, and the following ones are skipped until the next
//! event.

use waker::environment::protocol::TickOutcome;

use super::{
    cloud::clock::{MINUTE, Millis, SECOND, millis},
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
    /// Of the ticks that were skipped: their calls and metrics.
    skipped: (u64, u64),
    /// The alarm's state.
    alarm: bool,
}

impl Ticker {
    pub fn new(phase: Millis) -> Self {
        Self { phase, parked: None, quiet: None, cost: None, skipped: (0, 0), alarm: true }
    }
}

impl Month<'_> {
    pub(super) fn tick(&mut self) {
        let next = self.now.saturating_sub(self.ticker.phase) / MINUTE * MINUTE + MINUTE + self.ticker.phase;
        let quiet = self.resources().is_asleep() && self.under_way == 0;
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
            Design::Reveille | Design::Trusting if self.world.dice.once_in(LOST) => {
                self.trace.add(self.now, Happened::LostTick);
            }
            Design::Reveille | Design::Trusting => {
                self.ticker.quiet = quiet.then(|| self.costs());
                self.invoke(Owner::Tick);
            }
        }
        if self.ticker.parked.is_none() {
            self.world.events.add(next + self.world.dice.between(0..2 * SECOND), Event::Tick);
        }
    }

    /// Calls and metrics so far.
    pub(super) fn costs(&self) -> (u64, u64) {
        let (account, skipped) = (&self.world.account, self.ticker.skipped);
        (account.calls() + skipped.0, account.metrics + skipped.1)
    }

    /// A tick has ended.
    pub(super) fn state_tag_fetched(&mut self, rest: TickOutcome, steps: usize) {
        let Some((calls, metrics)) = self.ticker.quiet.take() else { return };
        let asleep = self.resources().is_asleep() && self.under_way == 0;
        if asleep && steps > 0 {
            self.judge.breaks(Breach::Disturbed);
        }
        if asleep && matches!(rest, TickOutcome::Asleep { .. }) {
            let (calls_now, metrics_now) = self.costs();
            let cost = (calls_now - calls, metrics_now - metrics);
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
        // One in an hour also checks the database's pause.
        let pauses = if self.design == Design::Reveille { skipped / 60 * 2 } else { 0 };
        self.ticker.skipped.0 += skipped * calls + pauses;
        self.ticker.skipped.1 += skipped * metrics + pauses;
        let next = (minutes(at) + 1) * MINUTE + self.ticker.phase;
        self.world.events.add(next + self.world.dice.between(0..2 * SECOND), Event::Tick);
    }
}
