//! Random numbers, reproducible by seed.

use std::ops::Range;

use super::{
    clock::{MONTH, Millis, is_working, millis},
    pace::{Distribution, Pace},
};

#[derive(Debug)]
pub struct Dice(fastrand::Rng);

impl Dice {
    /// The streams of a seed are independent of each other, so that a difference between two
    /// designs does not change the rest of the month.
    pub fn new(seed: u64, stream: u64) -> Self {
        Self(fastrand::Rng::with_seed(seed.wrapping_mul(1_000_003).wrapping_add(stream)))
    }

    pub fn between(&mut self, range: Range<Millis>) -> Millis {
        self.0.u64(range)
    }

    /// A random time from AWS's pace.
    pub fn time(&mut self, quantity: &str) -> Millis {
        self.sample(Pace::aws().of(quantity))
    }

    pub fn sample(&mut self, distribution: Distribution) -> Millis {
        millis(distribution.sample(&mut self.0))
    }

    /// True once in `times`, on average.
    pub fn once_in(&mut self, times: u32) -> bool {
        self.0.u32(0..times) == 0
    }

    pub fn seed(&mut self) -> u64 {
        self.0.u64(..)
    }

    pub fn index(&mut self, len: usize) -> usize {
        self.0.usize(0..len)
    }

    /// The time to the next event of a Poisson process with that mean.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        clippy::cast_sign_loss,
        reason = "no time here is longer than a few months"
    )]
    pub fn exponential(&mut self, mean: Millis) -> Millis {
        (-(1.0 - self.0.f64()).ln() * mean as f64) as Millis
    }

    /// The moments of a Poisson process in the month, one event in `mean` on average.
    pub fn poisson(&mut self, mean: Millis) -> Vec<Millis> {
        let mut moments = Vec::new();
        let mut at = self.exponential(mean);
        while at < MONTH {
            moments.push(at);
            at += self.exponential(mean).max(1);
        }
        moments
    }

    /// About `count` moments, all in working hours.
    pub fn at_work(&mut self, count: Millis) -> Vec<Millis> {
        // A week has 50 working hours.
        let mut moments = self.poisson(MONTH * 50 / 168 / count);
        moments.retain(|at| is_working(*at));
        moments
    }

    /// About `count` spans of time that begin in working hours, in order.
    pub fn spans(&mut self, count: Millis, length: Range<Millis>) -> Spans {
        let mut spans: Vec<Range<Millis>> = Vec::new();
        for from in self.at_work(count) {
            let from = spans.last().map_or(from, |last| from.max(last.end));
            spans.push(from..from + self.between(length.clone()));
        }
        Spans { spans, next: 0 }
    }
}

/// Queried in the order of time, within a few seconds.
#[derive(Clone, Debug, Default)]
pub struct Spans {
    spans: Vec<Range<Millis>>,
    next: usize,
}

impl Spans {
    pub fn around(&mut self, at: Millis) -> Option<Range<Millis>> {
        while self.spans.get(self.next).is_some_and(|span| span.end <= at) {
            self.next += 1;
        }
        self.spans.get(self.next).filter(|span| span.start <= at).cloned()
    }

    pub fn all(&self) -> &[Range<Millis>] {
        &self.spans
    }
}
