//! Random numbers, reproducible by seed.

use std::ops::Range;

use super::{clock::Millis, pace::Distribution};

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
        Distribution::of(quantity).sample(&mut self.0)
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
}
