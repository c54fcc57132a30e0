//! `CloudWatch`'s metrics of the load balancer: minute by minute, late, and sometimes
//! lost.

use std::time::Duration;

use waker::{
    config::Sleep,
    environment::{
        streams::{self, Balancer},
        traffic::Series,
        usage::Traffic,
    },
};

use super::{
    calendar::{self, MONTH},
    cloud::{
        clock::{HOUR, MINUTE, Millis, millis, wall},
        dice::Dice,
        spans::Spans,
    },
    conditions::Beside,
    month::Event,
};

/// The window of a read is this much longer than the idle time and the metrics' delay.
const SLACK: Duration = Duration::from_mins(10);
/// Bytes of a request to the app and its answer.
const ANSWER: f64 = 5_000.0;
const LOST: Millis = Millis::MAX;

#[derive(Debug)]
pub struct Metrics {
    minutes: Vec<Minute>,
    /// Healthy targets from here on; None while no target is registered, when nothing is reported.
    healthy: Option<u32>,
    since: usize,
}

#[derive(Clone, Copy, Debug)]
struct Minute {
    requests: u32,
    /// Bytes of WebSockets.
    bytes: f64,
    healthy: Option<u32>,
    /// When all of its data are available.
    comes: Millis,
}

/// Faults of `CloudWatch`.
#[derive(Clone, Debug)]
pub struct Trouble {
    /// Data of these times never come, although answers are complete.
    pub lost: Spans,
    /// Data of these times come when the time is over.
    pub late: Spans,
    /// Answers at these times are partial.
    pub partial: Spans,
}

impl Trouble {
    pub fn new(dice: &mut Dice) -> Self {
        Self {
            lost: calendar::spans(dice, 2, MINUTE..20 * MINUTE),
            late: calendar::spans(dice, 2, 5 * MINUTE..20 * MINUTE),
            partial: calendar::spans(dice, 2, MINUTE..30 * MINUTE),
        }
    }
}

impl Trouble {
    pub fn events(&self) -> impl Iterator<Item = (Millis, Event)> {
        let of = |spans: &Spans, lost| {
            let spans = spans.all().to_vec().into_iter();
            spans.flat_map(move |span| {
                [(span.start, Event::MetricsStop), (span.end + MINUTE, Event::MetricsCome { lost })]
            })
        };
        of(&self.lost, true).chain(of(&self.late, false))
    }
}

impl Metrics {
    pub fn new(trouble: &Trouble, dice: &mut Dice) -> Self {
        let (mut lost, mut late) = (trouble.lost.clone(), trouble.late.clone());
        let minutes = (0..(MONTH + 2 * HOUR) / MINUTE).map(|minute| {
            let at = minute * MINUTE;
            let very_late = if dice.once_in(300) { dice.between(0..5 * MINUTE) } else { 0 };
            let usual = at + MINUTE + dice.time("metrics_delay") + very_late;
            let comes = match (lost.around(at), late.around(at)) {
                (Some(_), _) => LOST,
                (None, Some(late)) => usual.max(late.end),
                (None, None) => usual,
            };
            Minute { requests: 0, bytes: 0.0, healthy: None, comes }
        });
        Self { minutes: minutes.collect(), healthy: None, since: 0 }
    }

    /// The app has answered a request.
    pub fn request(&mut self, now: Millis) {
        self.minutes[index(now)].requests += 1;
    }

    /// An open WebSocket, with so many bytes in each minute.
    pub fn socket(&mut self, from: Millis, until: Millis, bytes: f64) {
        let minutes = &mut self.minutes;
        let end = minutes.len().min(index(until) + 1);
        minutes[index(from)..end].iter_mut().for_each(|minute| minute.bytes += bytes);
    }

    /// No WebSocket is open any more.
    pub fn hang_up(&mut self, now: Millis) {
        self.minutes[index(now) + 1..].iter_mut().for_each(|minute| minute.bytes = 0.0);
    }

    /// So many targets are healthy from now on; None if none is registered.
    pub fn targets(&mut self, now: Millis, healthy: Option<u32>) {
        if healthy != self.healthy {
            self.advance(now);
            self.healthy = healthy;
        }
    }

    fn advance(&mut self, now: Millis) {
        if self.healthy.is_some() {
            for minute in &mut self.minutes[self.since..=index(now)] {
                minute.healthy = minute.healthy.max(self.healthy);
            }
        }
        self.since = index(now);
    }

    /// What `waker::aws` reads from a complete answer: the end of the newest minute that has a
    /// count of healthy targets; the beginning of the run of such minutes that ends there; the end
    /// of the newest minute with a request. Minutes count from the beginning of the requested
    /// window.
    pub fn traffic(&mut self, sleep: &Sleep, now: Millis) -> Traffic {
        self.advance(now);
        let from = now.saturating_sub(millis(sleep.idle_after + sleep.metrics_delay + SLACK));
        let mut traffic = Traffic {
            until: wall(from),
            healthy_since: None,
            known_before: None,
            last_request: None,
            last_stream: None,
        };
        let mut newest = None;
        let mut run = true;
        // Nothing is known of the minute before the run of healthy ones.
        let mut gap = false;
        for minute in (index(from)..index(now)).rev() {
            let Minute { requests, healthy, comes, .. } = self.minutes[minute];
            let known = comes <= now;
            if known && requests > 0 && traffic.last_request.is_none() {
                traffic.last_request = Some(end(minute));
            }
            match healthy.filter(|_| known) {
                Some(count) => {
                    newest = newest.or(Some(minute));
                    if std::mem::take(&mut gap) {
                        traffic.known_before = Some(end(minute));
                    }
                    run = run && count > 0;
                    if run {
                        traffic.healthy_since = Some(beginning(minute));
                    }
                }
                None if run && newest.is_some() => (run, gap) = (false, true),
                None => {}
            }
            if !run && !gap && traffic.last_request.is_some() {
                break;
            }
        }
        if let Some(newest) = newest {
            traffic.until = end(newest).min(wall(now));
        }
        traffic
    }

    /// What the load balancer as a whole has counted, as far as the data have come.
    pub fn balancer(&self, beside: Beside, now: Millis) -> Balancer {
        let mut balancer = Balancer::default();
        let from = index(now.saturating_sub(millis(streams::LOOKBACK)));
        for minute in (from..index(now)).filter(|minute| self.minutes[*minute].comes <= now) {
            let Minute { requests, bytes, .. } = self.minutes[minute];
            let passing = beside.passing(minute as Millis * MINUTE);
            let add = |series: &mut Series, value: f64| {
                if value > 0.0 {
                    let since = beginning(minute).duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
                    series.insert(since.as_secs(), value);
                }
            };
            add(&mut balancer.bytes, passing.bytes + bytes + f64::from(requests) * ANSWER);
            add(&mut balancer.function_bytes, passing.function_bytes);
            add(&mut balancer.requests, f64::from(passing.requests + requests));
            add(&mut balancer.waker_requests, f64::from(passing.waker_requests));
        }
        balancer
    }

    /// Whether an alarm over the last `minutes` finds no request, missing data counted as none.
    pub fn breaches(&self, minutes: usize, now: Millis) -> bool {
        let last = index(now);
        let partial = &self.minutes[last.saturating_sub(minutes)..last];
        partial.iter().all(|minute| minute.requests == 0 || minute.comes > now)
    }
}

fn index(at: Millis) -> usize {
    (at / MINUTE) as usize
}

fn beginning(minute: usize) -> std::time::SystemTime {
    wall(minute as Millis * MINUTE)
}

fn end(minute: usize) -> std::time::SystemTime {
    wall((minute as Millis + 1) * MINUTE)
}
