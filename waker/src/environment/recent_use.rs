//! What a sandbox remembers of an environment's use, to spare reads that could not let it
//! doze yet. Metrics are paid for by the read.
//!
//! It decides nothing: a use stays one, whatever comes after it, so that the read would have
//! kept it awake as well. Without it, as in a new sandbox, there is only one read more.

use std::time::{Duration, SystemTime};

use super::{sleep_decision::is_recent, usage::LastUse};
use crate::config::Environment;

/// Between two ticks.
const TICK: Duration = Duration::from_mins(1);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecentUse {
    used: LastUse,
    /// So many ticks come before the first one that could let it doze. Ticks that come more
    /// often only read sooner; each is counted because the metrics of a test may have a
    /// clock that is faster than this one.
    ticks: u64,
}

impl RecentUse {
    /// After a read at `now` that has shown that use; None if it is too long ago.
    pub fn new(environment: &Environment, used: LastUse, now: SystemTime) -> Option<Self> {
        let sleep = &environment.sleep;
        let doze = (used.at + sleep.idle_after).checked_sub(sleep.metrics_delay)?;
        let ticks = doze.duration_since(now).ok()?.as_secs() / TICK.as_secs();
        (ticks > 0).then_some(Self { used, ticks })
    }

    /// For one tick at `now`: the use, if no read could let it doze.
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

    /// The idle time is 30 minutes, and the doze begins 3 before it is over.
    #[test]
    fn it_spares_every_tick_before_the_first_that_could_let_it_doze() {
        let mut recent_use = RecentUse::new(&example(), USED, at(2)).unwrap();
        let spared = (3..40).filter(|minute| recent_use.spend(&example(), at(*minute)).is_some());
        assert_eq!(spared.collect::<Vec<_>>(), (3..27).collect::<Vec<_>>());
    }

    #[test]
    fn nothing_is_spared_that_could() {
        assert_eq!(RecentUse::new(&example(), USED, at(27)), None);
        assert_eq!(RecentUse::new(&example(), USED, at(50)), None);
        let mut seldom = RecentUse::new(&example(), USED, at(2)).unwrap();
        assert_eq!(seldom.spend(&example(), at(26)), Some(USED));
        assert_eq!(seldom.spend(&example(), at(27)), None, "ticks that come too seldom");
    }

    #[test]
    fn ticks_that_come_more_often_read_sooner() {
        let mut recent_use = RecentUse::new(&example(), USED, at(2)).unwrap();
        let spared = (0..100).filter(|_| recent_use.spend(&example(), at(3)).is_some());
        assert_eq!(spared.count(), 25);
    }
}
