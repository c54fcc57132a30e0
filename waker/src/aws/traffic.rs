//! What the load balancer's metrics say of the app's use.

use std::{
    collections::BTreeMap,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use crate::environment::usage::Traffic;

/// The period of the load balancer's metrics, in seconds.
pub(super) const PERIOD: u32 = 60;

/// The sum or maximum of each period that has one, by the period's beginning in
/// seconds since the epoch. A metric of which nothing happened has none.
pub(super) type Series = BTreeMap<u64, f64>;

/// All that is asked for; an empty series where nothing happened.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Figures {
    /// Requests that reached the app's target group.
    pub(super) requests: Series,
    /// Its healthy targets. They are reported without any request, so that they tell
    /// how far the metrics have come.
    pub(super) healthy: Series,
    /// Of the load balancer as a whole.
    pub(super) bytes: Series,
    /// What explains bytes: requests, and answers that the load balancer gave itself.
    pub(super) answered: Vec<Series>,
}

impl Figures {
    /// None where not even the healthy targets have been reported, although there
    /// may be some.
    pub(super) fn traffic(&self, from: SystemTime, now: SystemTime) -> Traffic {
        let until = self.healthy.keys().next_back().map_or(from, |newest| end(*newest).min(now));
        let explained = |minute: &u64| self.answered.iter().any(|series| happened(series, *minute));
        let streams = self.bytes.iter().filter(|(minute, bytes)| **bytes > 0.0 && !explained(minute));
        let requests = self.requests.iter().filter(|(_, count)| **count > 0.0);
        Traffic {
            until,
            healthy_since: self.healthy_since(),
            last_request: requests.map(|(minute, _)| end(*minute)).next_back(),
            last_stream: streams.map(|(minute, _)| end(*minute)).next_back(),
        }
    }

    /// The beginning of the newest run of periods with a healthy target. It must not
    /// have ended.
    fn healthy_since(&self) -> Option<SystemTime> {
        let mut since = None;
        let mut expected = None;
        for (&minute, &count) in self.healthy.iter().rev() {
            if count <= 0.0 || expected.is_some_and(|expected| minute != expected) {
                break;
            }
            since = Some(minute);
            expected = minute.checked_sub(u64::from(PERIOD));
        }
        since.map(time)
    }
}

fn happened(series: &Series, minute: u64) -> bool {
    series.get(&minute).is_some_and(|count| *count > 0.0)
}

fn time(seconds: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(seconds)
}

fn end(minute: u64) -> SystemTime {
    time(minute + u64::from(PERIOD))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A value for each minute since the epoch; None where there is no data.
    fn series(values: &[Option<u32>]) -> Series {
        let minutes = values.iter().enumerate();
        minutes.filter_map(|(minute, value)| Some((minute as u64 * 60, f64::from((*value)?)))).collect()
    }

    fn minute(minute: u64) -> SystemTime {
        time(minute * 60)
    }

    fn traffic(figures: &Figures) -> Traffic {
        figures.traffic(minute(0), minute(10))
    }

    const NONE: Option<u32> = None;

    #[test]
    fn a_request_counts_to_the_end_of_its_minute() {
        let requests = series(&[Some(1), NONE, Some(3), Some(0)]);
        let figures = Figures { requests, ..Figures::default() };
        assert_eq!(traffic(&figures).last_request, Some(minute(3)));
        assert_eq!(traffic(&Figures::default()).last_request, None);
    }

    #[test]
    fn healthy_targets_tell_how_far_the_metrics_have_come() {
        let healthy = series(&[Some(1), Some(1), Some(2)]);
        let figures = Figures { healthy, ..Figures::default() };
        assert_eq!(traffic(&figures).until, minute(3));
        assert_eq!(figures.traffic(minute(0), minute(2)).until, minute(2), "never further than now");
        assert_eq!(traffic(&Figures::default()).until, minute(0));
    }

    #[test]
    fn it_has_been_healthy_since_the_last_gap() {
        for (healthy, since) in [
            (vec![Some(1), Some(1), Some(1)], Some(0)),
            (vec![Some(1), Some(0), Some(1)], Some(2)),
            (vec![Some(1), NONE, Some(2), Some(1)], Some(2)),
            (vec![Some(1), Some(1), Some(0)], None),
            (vec![], None),
        ] {
            let figures = Figures { healthy: series(&healthy), ..Figures::default() };
            assert_eq!(traffic(&figures).healthy_since, since.map(minute), "{healthy:?}");
        }
    }

    #[test]
    fn bytes_that_nothing_explains_are_a_stream() {
        let bytes = series(&[Some(9), Some(9), Some(9), Some(9), Some(0)]);
        let figures = |requests, redirects| Figures {
            bytes: bytes.clone(),
            answered: vec![series(requests), series(redirects)],
            ..Figures::default()
        };
        let explained = [Some(1), Some(1), Some(1), Some(1)];
        assert_eq!(traffic(&figures(&explained, &[])).last_stream, None);
        assert_eq!(traffic(&figures(&explained[..3], &[])).last_stream, Some(minute(4)));
        assert_eq!(traffic(&figures(&explained[..3], &explained)).last_stream, None);
        assert_eq!(traffic(&figures(&[Some(1), NONE, Some(1), Some(1)], &[])).last_stream, Some(minute(2)));
    }
}
