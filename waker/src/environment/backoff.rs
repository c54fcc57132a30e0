use std::time::Duration;

/// Delays that double up to a cap, with jitter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Backoff {
    first: Duration,
    cap: Duration,
}

impl Backoff {
    /// None unless `first` is more than zero and not above `cap`.
    pub const fn new(first: Duration, cap: Duration) -> Option<Self> {
        if first.is_zero() || first.as_nanos() > cap.as_nanos() { None } else { Some(Self { first, cap }) }
    }

    /// The delay after `n` failed tries in a row before this one: `first` for 0, never more than `cap`.
    pub fn base(self, n: u32) -> Duration {
        let factor = 2_u32.checked_pow(n).unwrap_or(u32::MAX);
        self.first.saturating_mul(factor).min(self.cap)
    }

    /// Between half of the base and the base, so that visitors who were refused together do not retry
    /// together. `unit` is from 0 to 1.
    pub fn delay(self, n: u32, unit: f64) -> Duration {
        let base = self.base(n);
        (base / 2) + (base / 2).mul_f64(unit.clamp(0.0, 1.0))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn any_backoff() -> impl Strategy<Value = Backoff> {
        (1_u64..10_000, 1_u64..10_000).prop_map(|(a, b)| {
            Backoff::new(Duration::from_millis(a.min(b)), Duration::from_millis(a.max(b))).unwrap()
        })
    }

    proptest! {
        #[test]
        fn it_starts_with_the_first_delay_never_shrinks_and_keeps_to_the_cap(
            backoff in any_backoff(), n in 0_u32..100,
        ) {
            prop_assert_eq!(backoff.base(0), backoff.first);
            prop_assert!(backoff.base(n) <= backoff.base(n + 1));
            prop_assert!(backoff.base(n) <= backoff.cap);
            prop_assert_eq!(backoff.base(u32::MAX), backoff.cap);
        }

        #[test]
        fn jitter_stays_between_half_and_whole(backoff in any_backoff(), n in 0_u32..100, unit in 0.0..=1.0_f64) {
            let delay = backoff.delay(n, unit);
            prop_assert!(delay >= backoff.base(n) / 2);
            prop_assert!(delay <= backoff.base(n));
        }
    }

    #[test]
    fn impossible_bounds_are_refused() {
        assert_eq!(Backoff::new(Duration::ZERO, Duration::from_secs(1)), None);
        assert_eq!(Backoff::new(Duration::from_secs(2), Duration::from_secs(1)), None);
    }
}
