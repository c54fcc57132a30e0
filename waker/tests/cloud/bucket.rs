//! A token bucket: AWS's rate limits, as its documentation describes them.

use super::clock::{Millis, SECOND};

#[derive(Debug)]
pub struct Bucket {
    size: f64,
    per_milli: f64,
    tokens: f64,
    filled: Millis,
}

impl Bucket {
    pub fn new(size: u32, per_second: u32) -> Self {
        let per_milli = f64::from(per_second) / SECOND as f64;
        Self { size: size.into(), per_milli, tokens: size.into(), filled: 0 }
    }

    /// Whether a call may pass now. `busy`: since when other callers in the account have left only
    /// that share of the rate.
    pub fn take(&mut self, now: Millis, busy: Option<(Millis, f64)>) -> bool {
        let mut share = 1.0;
        if let Some((since, left)) = busy {
            share = left;
            if self.filled < since {
                (self.tokens, self.filled) = (0.0, since);
            }
        }
        let gained = now.saturating_sub(self.filled) as f64 * self.per_milli * share;
        self.tokens = (self.tokens + gained).min(self.size);
        self.filled = self.filled.max(now);
        let passes = self.tokens >= 1.0;
        if passes {
            self.tokens -= 1.0;
        }
        passes
    }
}

#[test]
fn a_burst_passes_and_then_the_rate() {
    let mut bucket = Bucket::new(5, 2);
    let mut passed = |now, busy| (0..9).filter(|_| bucket.take(now, busy)).count();
    assert_eq!(passed(0, None), 5);
    assert_eq!(passed(2 * SECOND, None), 4);
    assert_eq!(passed(62 * SECOND, None), 5);
    // Others take the whole bucket, and then nine tenths of the rate.
    assert_eq!(passed(122 * SECOND, Some((121 * SECOND, 0.1))), 0);
    assert_eq!(passed(131 * SECOND, Some((121 * SECOND, 0.1))), 2);
}
