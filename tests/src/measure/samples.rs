//! The figures of one thing that was measured many times.

use std::time::Duration;

/// Milliseconds, KiB, or whatever was counted.
#[derive(Debug, Clone, Default)]
pub struct Samples(Vec<f64>);

impl Samples {
    pub fn push(&mut self, sample: f64) {
        self.0.push(sample);
    }

    /// In milliseconds.
    pub fn push_time(&mut self, time: Duration) {
        self.push(time.as_secs_f64() * 1e3);
    }

    pub fn median(&self) -> f64 {
        self.percentile(50)
    }

    pub fn p95(&self) -> f64 {
        self.percentile(95)
    }

    pub fn p99(&self) -> f64 {
        self.percentile(99)
    }

    pub fn least(&self) -> f64 {
        self.percentile(0)
    }

    pub fn most(&self) -> f64 {
        self.percentile(100)
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// By the nearest rank; NaN if nothing was measured.
    fn percentile(&self, percent: usize) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_unstable_by(f64::total_cmp);
        let rank = (sorted.len() * percent).div_ceil(100).saturating_sub(1);
        sorted.get(rank).copied().unwrap_or(f64::NAN)
    }
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
        let figures = [samples.least(), samples.median(), samples.p95(), samples.p99(), samples.most()];
        assert_eq!(figures.map(f64::to_string), ["1", "10", "19", "20", "20"]);
    }
}
