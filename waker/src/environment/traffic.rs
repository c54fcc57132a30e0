//! The use of an app, from the metrics of its target group.

use std::{
    collections::BTreeMap,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use super::usage::Traffic;

/// The period of the load balancer's metrics, in seconds.
pub const PERIOD: u32 = 60;

/// The sum or maximum of each period, by the period's beginning in seconds since the epoch. A period
/// without events has no value.
pub type Series = BTreeMap<u64, f64>;

/// The metrics of the target group; an empty series if nothing happened.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Figures {
    /// Requests that reached it.
    pub requests: Series,
    /// gRPC requests have a metric of their own; AWS does not say whether `RequestCount` includes them.
    pub grpc: Series,
    /// Healthy targets. They are reported without any request, so they show how far the metrics have
    /// come.
    pub healthy: Series,
}

impl Figures {
    /// Streams are not in it: they come from the load balancer's metrics.
    pub fn traffic(&self, from: SystemTime, now: SystemTime) -> Traffic {
        let until = self.healthy.keys().next_back().map_or(from, |newest| end(*newest).min(now));
        let (healthy_since, known_before) = self.healthy_since();
        Traffic {
            until,
            healthy_since,
            known_before,
            last_request: newest(&self.requests).max(newest(&self.grpc)),
            last_stream: None,
        }
    }

    /// The beginning of the newest run of periods with a healthy target, if it still goes on, and the
    /// end of the last known period before it, if there is a gap between.
    fn healthy_since(&self) -> (Option<SystemTime>, Option<SystemTime>) {
        let mut since: Option<u64> = None;
        for (&minute, &count) in self.healthy.iter().rev() {
            if since.is_some_and(|since| minute + u64::from(PERIOD) != since) {
                return (since.map(time), Some(end(minute)));
            }
            if count <= 0.0 {
                break;
            }
            since = Some(minute);
        }
        (since.map(time), None)
    }
}

/// The end of the newest period with a value above 0.
fn newest(series: &Series) -> Option<SystemTime> {
    series.iter().rev().find(|(_, count)| **count > 0.0).map(|(minute, _)| end(*minute))
}

pub(super) fn time(seconds: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(seconds)
}

pub(super) fn end(minute: u64) -> SystemTime {
    time(minute + u64::from(PERIOD))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A value for each minute since the epoch; None if there is no data.
    pub fn series(values: &[Option<u32>]) -> Series {
        let minutes = values.iter().enumerate();
        minutes.filter_map(|(minute, value)| Some((minute as u64 * 60, f64::from((*value)?)))).collect()
    }

    pub fn minute(minute: u64) -> SystemTime {
        time(minute * 60)
    }

    fn traffic(figures: &Figures) -> Traffic {
        figures.traffic(minute(0), minute(10))
    }

    pub const NONE: Option<u32> = None;

    #[test]
    fn a_request_counts_to_the_end_of_its_minute() {
        let requests = series(&[Some(1), NONE, Some(3), Some(0)]);
        let figures = Figures { requests, ..Figures::default() };
        assert_eq!(traffic(&figures).last_request, Some(minute(3)));
        assert_eq!(traffic(&Figures::default()).last_request, None);
    }

    #[test]
    fn a_grpc_request_counts_although_no_other_does() {
        let (requests, grpc) = (series(&[Some(1)]), series(&[NONE, NONE, Some(1)]));
        let figures = Figures { requests: requests.clone(), grpc, ..Figures::default() };
        assert_eq!(traffic(&figures).last_request, Some(minute(3)));
        let figures = Figures { grpc: requests, requests: series(&[NONE, Some(1)]), ..Figures::default() };
        assert_eq!(traffic(&figures).last_request, Some(minute(2)));
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
        for (healthy, since, known_before) in [
            (vec![Some(1), Some(1), Some(1)], Some(0), None),
            (vec![NONE, Some(1), Some(1)], Some(1), None),
            (vec![Some(1), Some(0), Some(1)], Some(2), None),
            (vec![Some(1), NONE, Some(2), Some(1)], Some(2), Some(1)),
            (vec![Some(1), Some(0), NONE, NONE, Some(1)], Some(4), Some(2)),
            (vec![Some(1), Some(1), Some(0)], None, None),
            (vec![], None, None),
        ] {
            let figures = Figures { healthy: series(&healthy), ..Figures::default() };
            let found = traffic(&figures);
            assert_eq!(found.healthy_since, since.map(minute), "{healthy:?}");
            assert_eq!(found.known_before, known_before.map(minute), "{healthy:?}");
        }
    }
}
