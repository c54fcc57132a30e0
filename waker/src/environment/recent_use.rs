//! What a sandbox remembers of an environment's last use, to save metric reads that could not lead to a
//! doze yet. CloudWatch bills each read.
//!
//! It changes no decision: a past use stays a fact, so the read would have kept the environment awake
//! as well. A new sandbox, which remembers nothing, reads once more.

use std::time::{Duration, SystemTime};

use super::{sleep_decision::is_recent, usage::LastUse};
use crate::config::Environment;

/// The time between two ticks.
const TICK: Duration = Duration::from_mins(1);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecentUse {
    used: LastUse,
    /// How many ticks come before the first that could start a doze. More frequent ticks only read
    /// sooner. Ticks are counted because a test's metrics may have a faster clock than this one.
    ticks: u64,
}

impl RecentUse {
    /// After a read at `now` that showed this use; None if the use is too old to save a read.
    pub fn new(environment: &Environment, used: LastUse, now: SystemTime) -> Option<Self> {
        let sleep = &environment.sleep;
        let doze = (used.at + sleep.idle_after).checked_sub(sleep.metrics_delay)?;
        let ticks = doze.duration_since(now).ok()?.as_secs() / TICK.as_secs();
        (ticks > 0).then_some(Self { used, ticks })
    }

    /// For one tick at `now`: the use, if no read could lead to a doze.
    pub fn spend(&mut self, environment: &Environment, now: SystemTime) -> Option<LastUse> {
        self.ticks = self.ticks.checked_sub(1)?;
        Some(self.used).filter(|used| is_recent(environment, used.at, now))
    }
}

#[cfg(test)]
mod tests {
    use std::time::UNIX_EPOCH;

    use super::*;
    use crate::config::tests::example;

    fn at(minute: u64) -> SystemTime {
        UNIX_EPOCH + Duration::from_mins(minute)
    }

    const USED: LastUse = LastUse { at: UNIX_EPOCH, stream: false };

    /// The idle time is 30 minutes, and the doze begins 3 minutes before its end.
    #[test]
    fn every_tick_before_the_first_that_could_doze_saves_its_read() {
        let mut recent_use = RecentUse::new(&example(), USED, at(2)).unwrap();
        let spared = (3..40).filter(|minute| recent_use.spend(&example(), at(*minute)).is_some());
        assert_eq!(spared.collect::<Vec<_>>(), (3..27).collect::<Vec<_>>());
    }

    #[test]
    fn a_tick_that_could_doze_reads() {
        assert_eq!(RecentUse::new(&example(), USED, at(27)), None);
        assert_eq!(RecentUse::new(&example(), USED, at(50)), None);
        let mut seldom = RecentUse::new(&example(), USED, at(2)).unwrap();
        assert_eq!(seldom.spend(&example(), at(26)), Some(USED));
        assert_eq!(seldom.spend(&example(), at(27)), None, "ticks that come too seldom");
    }

    #[test]
    fn more_frequent_ticks_read_sooner() {
        let mut recent_use = RecentUse::new(&example(), USED, at(2)).unwrap();
        let spared = (0..100).filter(|_| recent_use.spend(&example(), at(3)).is_some());
        assert_eq!(spared.count(), 25);
    }
}
