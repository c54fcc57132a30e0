//! How long to wait between attempts.

use std::time::Duration;

use super::failure::Retry;

/// For failures that pass by themselves: short delays, because every wake waits for this.
const SOON: Backoff = Backoff::new(Duration::from_millis(100), Duration::from_secs(2));
/// For a server that has too many clients already.
const LATER: Backoff = Backoff::new(Duration::from_secs(1), Duration::from_secs(15));

/// Delays that double up to a cap, with jitter, so that the tasks of one wake do not retry at the
/// same moments.
#[derive(Clone, Copy, Debug)]
struct Backoff {
    first: Duration,
    cap: Duration,
}

impl Backoff {
    const fn new(first: Duration, cap: Duration) -> Self {
        assert!(!first.is_zero() && first.as_nanos() <= cap.as_nanos());
        Self { first, cap }
    }

    /// The delay after failure number `n`, from 0, before jitter.
    fn base(self, n: u32) -> Duration {
        self.first.saturating_mul(2_u32.saturating_pow(n)).min(self.cap)
    }

    /// Between half the base and all of it; `random` is from 0 to 1.
    fn jittered(self, n: u32, random: f64) -> Duration {
        let half = self.base(n) / 2;
        half + half.mul_f64(random)
    }
}

/// The delays of one wait. Another kind of failure begins a new series.
#[derive(Debug)]
pub(super) struct Pace {
    retry: Retry,
    failures: u32,
}

impl Default for Pace {
    fn default() -> Self {
        Self { retry: Retry::Soon, failures: 0 }
    }
}

impl Pace {
    /// The delay before the next attempt.
    pub(super) fn next(&mut self, retry: Retry) -> Duration {
        if retry != self.retry {
            *self = Self { retry, failures: 0 };
        }
        let backoff = match retry {
            Retry::Soon => SOON,
            Retry::Later | Retry::Never => LATER,
        };
        let delay = backoff.jittered(self.failures, fastrand::f64());
        self.failures = self.failures.saturating_add(1);
        delay
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_first_delay_is_the_first() {
        assert_eq!(SOON.base(0), Duration::from_millis(100));
        assert_eq!(SOON.base(1), Duration::from_millis(200));
        assert_eq!(SOON.base(u32::MAX), Duration::from_secs(2));
    }

    #[test]
    fn a_new_kind_of_failure_begins_a_new_series() {
        let mut pace = Pace::default();
        (0..10).for_each(|_| assert!(pace.next(Retry::Soon) <= SOON.cap));
        assert!(pace.next(Retry::Later) <= LATER.first);
        assert!(pace.next(Retry::Soon) <= SOON.first);
    }

    proptest! {
        #[test]
        fn delays_grow_to_the_cap_and_never_past_it(n in 0..1_000_u32, random in 0.0..=1.0) {
            for backoff in [SOON, LATER] {
                prop_assert!(backoff.base(n) <= backoff.base(n + 1));
                prop_assert!(backoff.base(n) >= backoff.first && backoff.base(n) <= backoff.cap);
                let jittered = backoff.jittered(n, random);
                prop_assert!(jittered >= backoff.base(n) / 2 && jittered <= backoff.base(n));
            }
        }
    }
}
