//! The samples of one measured quantity.

use std::time::Duration;

/// Milliseconds, KiB, or another unit.
#[derive(Debug, Clone, Default)]
pub struct Samples(Vec<f64>);

impl Samples {
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    pub fn push(&mut self, sample: f64) {
        self.0.push(sample);
    }

    /// In milliseconds.
    pub fn push_time(&mut self, time: Duration) {
        self.push(time.as_secs_f64() * 1e3);
    }

    pub fn extend(&mut self, more: Self) {
        self.0.extend(more.0);
    }

    pub fn median(&self) -> f64 {
        self.percentile(50)
    }

    #[expect(clippy::cast_precision_loss, reason = "there are not that many samples")]
    pub fn mean(&self) -> f64 {
        self.0.iter().sum::<f64>() / self.0.len() as f64
    }

    pub fn p95(&self) -> f64 {
        self.percentile(95)
    }

    pub fn p99(&self) -> f64 {
        self.percentile(99)
    }

    /// The interval that contains the true median with a confidence of at least 95 %, by order
    /// statistics alone; with fewer than six samples, all of them.
    pub fn interval_of_median(&self) -> (f64, f64) {
        let samples = self.0.len();
        let mut outside = 0.5_f64.powi(samples.try_into().unwrap_or(i32::MAX));
        let mut probability = outside;
        let mut rank = 0;
        // Twice the probability that at most `rank` samples are below the median.
        while rank + 1 < samples {
            probability *= ratio(samples - rank, rank + 1);
            if 2.0 * (outside + probability) > 0.05 {
                break;
            }
            outside += probability;
            rank += 1;
        }
        let sorted = self.sorted();
        let at = |rank: usize| sorted.get(rank).copied().unwrap_or(f64::NAN);
        (at(rank), at(samples.saturating_sub(rank + 1)))
    }

    fn sorted(&self) -> Vec<f64> {
        let mut sorted = self.0.clone();
        sorted.sort_unstable_by(f64::total_cmp);
        sorted
    }

    /// By the nearest rank; NaN without samples.
    fn percentile(&self, percent: usize) -> f64 {
        let sorted = self.sorted();
        let rank = (sorted.len() * percent).div_ceil(100).saturating_sub(1);
        sorted.get(rank).copied().unwrap_or(f64::NAN)
    }
}

#[expect(clippy::cast_precision_loss, reason = "there are not that many samples")]
fn ratio(one: usize, other: usize) -> f64 {
    one as f64 / other as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_samples_by_the_nearest_rank() {
        let mut samples = Samples::default();
        assert!(samples.median().is_nan());
        for sample in (1..=20).rev() {
            samples.push(f64::from(sample));
        }
        let figures = [samples.median(), samples.p95(), samples.p99()];
        assert_eq!(figures.map(|figure| figure.to_string()), ["10", "19", "20"]);
    }

    /// <https://online.stat.psu.edu/stat415/lesson/19/19.2>
    #[test]
    fn the_interval_of_a_median_is_the_tables() {
        for (count, ranks) in [(5, (1, 5)), (6, (1, 6)), (9, (2, 8)), (20, (6, 15)), (30, (10, 21))] {
            let mut samples = Samples::new();
            for sample in 1..=count {
                samples.push(f64::from(sample));
            }
            let (from, to) = samples.interval_of_median();
            assert_eq!((from.to_string(), to.to_string()), (ranks.0.to_string(), ranks.1.to_string()));
        }
    }
}
