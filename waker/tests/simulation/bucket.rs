//! AWS's rate limits: token buckets, as its documentation describes them.

use tokio::time::Instant;

#[derive(Debug)]
pub struct Bucket {
    size: f64,
    per_second: f64,
    tokens: f64,
    filled: Instant,
}

impl Bucket {
    pub fn new(size: u32, per_second: u32) -> Self {
        Self { size: size.into(), per_second: per_second.into(), tokens: size.into(), filled: Instant::now() }
    }

    /// Whether a call may pass now.
    pub fn take(&mut self) -> bool {
        let now = Instant::now();
        let gained = (now - self.filled).as_secs_f64() * self.per_second;
        self.tokens = (self.tokens + gained).min(self.size);
        self.filled = now;
        let passes = self.tokens >= 1.0;
        if passes {
            self.tokens -= 1.0;
        }
        passes
    }
}

#[tokio::test(start_paused = true)]
async fn a_burst_passes_and_then_the_rate() {
    let mut bucket = Bucket::new(5, 2);
    let passed = |bucket: &mut Bucket, calls: usize| (0..calls).filter(|_| bucket.take()).count();
    assert_eq!(passed(&mut bucket, 9), 5);
    tokio::time::advance(std::time::Duration::from_secs(2)).await;
    assert_eq!(passed(&mut bucket, 9), 4);
    tokio::time::advance(std::time::Duration::from_secs(60)).await;
    assert_eq!(passed(&mut bucket, 9), 5);
}
