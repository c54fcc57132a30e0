//! AWS's rate limits: token buckets, as its documentation describes them, which the
//! whole account shares.

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
