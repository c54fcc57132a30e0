//! Open WebSockets, long uploads and gRPC streams, as far as metrics show them.
//!
//! None has a metric of its own, and none counts as a recently answered request. Their bytes are in
//! `ProcessedBytes`, which counts the load balancer as a whole:
//!
//! > The total number of bytes processed by the load balancer over IPv4 and IPv6 (HTTP
//! > header and HTTP payload). This count includes traffic to and from clients and Lambda
//! > functions, traffic over Websocket connections, and traffic from an Identity Provider
//! > (IdP) if user authentication is enabled.
//! > ([CloudWatch metrics for your Application Load Balancer][metrics])
//!
//! So bytes show a stream if nothing else in the same minute explains them. Three things may:
//!
//! - **Answers of Lambda functions**, such as the status that a monitor polls. They have a metric,
//!   `LambdaTargetProcessedBytes`. The documentation does not say whether `ProcessedBytes` counts them
//!   once, or on both sides of the load balancer. So the load balancer's own past decides: of 1, 1¼ and
//!   2 times, the smallest that explains all bytes of some minute of the last day. (Twice is enough:
//!   all that a client sends and gets is in the JSON that the function gets and returns.)
//! - **Answers of other targets**, and the load balancer's own. Their number is known, their bytes are
//!   not. A small one explains [`SMALL`] bytes, and any one [`LARGE`].
//! - Bytes between `SMALL` and `LARGE` per answer may be a stream or large answers of another target. A
//!   stream goes on: the load balancer closes a connection on which nothing passes for its idle
//!   time-out. So these bytes count if they go on without a gap; or without a gap among the minutes in
//!   which no other target answered.
//!
//! [metrics]: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html

use std::time::{Duration, SystemTime};

use super::traffic::{PERIOD, Series, end, time};

/// The bytes of a small request and its answer: those of monitors and health pages have 500 to 2,000
/// bytes, headers included.
pub const SMALL: f64 = 2_048.0;
/// More bytes than nearly every answer of an app. Uploads, downloads and media streams have more.
pub const LARGE: f64 = 1_048_576.0;
/// How far back the factor of functions' bytes is looked for. The price of a metric does not depend on
/// it.
pub const LOOKBACK: Duration = Duration::from_hours(24);
/// A stream that has gone on for this long counts, however long the idle time is.
const LASTING: Duration = Duration::from_mins(15);
/// How often `ProcessedBytes` may count a byte of a function.
const SHARES: [f64; 3] = [1.0, 1.25, 2.0];

/// The load balancer's metrics, for all of its target groups.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Balancer {
    /// `ProcessedBytes`.
    pub bytes: Series,
    /// `LambdaTargetProcessedBytes`.
    pub function_bytes: Series,
    /// `RequestCount`: answers of targets, functions among them.
    pub requests: Series,
    /// Those of [`Self::requests`] that the waker answered.
    pub waker_requests: Series,
    /// Answers of the load balancer itself, by metric.
    pub own: Vec<Series>,
}

/// How a stream among other answers is recognised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StreamRule {
    /// How long it must have gone on.
    time: Duration,
    /// The longest time without bytes.
    every: Duration,
}

impl StreamRule {
    /// A stream must be recognised within the idle time `idle_after`; a connection is closed when
    /// nothing passes for `idle_timeout`.
    pub fn new(idle_after: Duration, idle_timeout: Duration) -> Self {
        let minutes = idle_timeout.as_secs().div_ceil(u64::from(PERIOD)).max(1);
        Self { time: (idle_after / 2).min(LASTING), every: Duration::from_secs(minutes * u64::from(PERIOD)) }
    }
}

/// The first and the last period of an unbroken run.
#[derive(Clone, Copy, Debug, Default)]
struct Run(Option<(u64, u64)>);

impl Run {
    fn see(&mut self, minute: u64, unexplained: bool, lasting: StreamRule) {
        match (&mut self.0, unexplained) {
            (Some((_, last)), true) => *last = minute,
            (None, true) => self.0 = Some((minute, minute)),
            (Some((_, last)), false) if time(minute) < time(*last) + lasting.every => {}
            (_, false) => self.0 = None,
        }
    }

    fn lasts(self, lasting: StreamRule) -> bool {
        self.0.is_some_and(|(first, last)| end(last) >= time(first) + lasting.time)
    }
}

impl Balancer {
    /// The end of the newest period with a stream, of those that ended by `before`.
    pub fn last_stream(&self, lasting: StreamRule, before: SystemTime) -> Option<SystemTime> {
        let share = self.share();
        let mut newest = None;
        // Runs of all periods, and of those in which no other target answered.
        let (mut all, mut clear) = (Run::default(), Run::default());
        let mut last = None;
        for (&minute, &bytes) in self.bytes.iter().take_while(|(minute, _)| end(**minute) <= before) {
            if last.replace(minute).is_some_and(|last| time(minute) > time(last) + lasting.every) {
                (all, clear) = (Run::default(), Run::default());
            }
            let function_bytes = at(&self.function_bytes, minute);
            let beyond = bytes - share * function_bytes;
            let own: f64 = self.own.iter().map(|series| at(series, minute)).sum();
            let answers = at(&self.requests, minute) + own;
            let others = answers - at(&self.waker_requests, minute).min(at(&self.requests, minute));
            let any_answer = if function_bytes > 0.0 { answers.max(1.0) } else { answers };
            let unexplained = beyond > SMALL * others;
            all.see(minute, unexplained, lasting);
            if others <= 0.0 {
                clear.see(minute, unexplained, lasting);
            }
            if unexplained && (beyond > LARGE * any_answer || all.lasts(lasting) || clear.lasts(lasting)) {
                newest = Some(end(minute));
            }
        }
        newest
    }

    /// How often `ProcessedBytes` counts the bytes of functions, by the period that they explain best.
    fn share(&self) -> f64 {
        let functions = self.function_bytes.iter().filter(|(_, bytes)| **bytes > 0.0);
        let ratios = functions.map(|(minute, functions)| at(&self.bytes, *minute) / functions);
        let least = ratios.fold(f64::INFINITY, f64::min);
        SHARES.into_iter().find(|share| least <= *share).unwrap_or(SHARES[2])
    }
}

fn at(series: &Series, minute: u64) -> f64 {
    series.get(&minute).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests;
