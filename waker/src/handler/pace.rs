//! Limits a tick to half of Elastic Load Balancing's rate.
//!
//! AWS allows bursts of 40 calls that describe load balancers and 10 a second, and for changes 20 and 3
//! (Elastic Load Balancing API reference, "Throttling"). A tick uses half of both, and leaves the other
//! half to visitors. An environment begins when the calls that it probably needs are available, and an
//! observation that needs more waits for them. A step never waits, because it must follow its
//! observation; later observations wait for the calls that it used.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::{Instant, sleep, sleep_until};

use crate::{
    config::Environment,
    environment::{
        cloud::{Cloud, Step},
        fault::CloudError,
        snapshot::{PartialSnapshot, Scope},
    },
};

/// With less time left, an environment waits for the next tick: falling asleep takes about ten calls in
/// sequence.
const LEAST_TIME: Duration = Duration::from_secs(5);
/// The usual maximum of changes per environment: a state tag, and a turn of its route.
const CHANGES: f64 = 2.0;

#[derive(Debug)]
pub(super) struct Pace(Mutex<Share>);

#[derive(Debug)]
struct Share {
    descriptions: Bucket,
    changes: Bucket,
}

/// Half of one of AWS's token buckets. A negative level is a debt.
#[derive(Debug)]
struct Bucket {
    size: f64,
    per_second: f64,
    tokens: f64,
    filled: Instant,
}

/// Numbers of calls to Elastic Load Balancing.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Calls {
    descriptions: f64,
    changes: f64,
}

impl Pace {
    pub(super) fn new() -> Self {
        let share = Share { descriptions: Bucket::new(20.0, 5.0), changes: Bucket::new(10.0, 1.5) };
        Self(Mutex::new(share))
    }

    /// Waits until the environment may begin; None if too little time would be left for it.
    pub(super) async fn begin(&self, environment: &Environment, deadline: Instant) -> Option<Turn<'_>> {
        let descriptions = f64::from(descriptions(environment, Scope::WHOLE | Scope::STATE_TAG));
        let calls = Calls { descriptions, changes: CHANGES };
        let latest = deadline.checked_sub(LEAST_TIME)?;
        let mut start = Instant::now();
        while start <= latest {
            sleep_until(start).await;
            let taken = self.share().take(calls);
            match taken {
                Ok(calls) => return Some(Turn { pace: self, left: Mutex::new(calls) }),
                Err(wait) => start = Instant::now() + wait,
            }
        }
        None
    }

    fn share(&self) -> MutexGuard<'_, Share> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Share {
    /// The calls taken, or how long to wait. Takes no more than the bucket can hold.
    fn take(&mut self, calls: Calls) -> Result<Calls, Duration> {
        let calls = Calls {
            descriptions: calls.descriptions.min(self.descriptions.size),
            changes: calls.changes.min(self.changes.size),
        };
        let wait =
            self.descriptions.time_until(calls.descriptions).max(self.changes.time_until(calls.changes));
        if !wait.is_zero() {
            return Err(wait);
        }
        self.spend(calls);
        Ok(calls)
    }

    fn spend(&mut self, calls: Calls) {
        self.descriptions.tokens -= calls.descriptions;
        self.changes.tokens -= calls.changes;
    }
}

impl Bucket {
    fn new(size: f64, per_second: f64) -> Self {
        Self { size, per_second, tokens: size, filled: Instant::now() }
    }

    /// The time until it holds that many; 0 if it does.
    fn time_until(&mut self, tokens: f64) -> Duration {
        let now = Instant::now();
        let gained = now.duration_since(self.filled).as_secs_f64() * self.per_second;
        (self.tokens, self.filled) = ((self.tokens + gained).min(self.size), now);
        if self.tokens >= tokens {
            return Duration::ZERO;
        }
        // One millisecond more: timers are no finer, and rounding must not leave it just below.
        Duration::from_secs_f64((tokens - self.tokens) / self.per_second) + Duration::from_millis(1)
    }
}

/// The turn of one environment in a tick.
#[derive(Debug)]
pub(super) struct Turn<'a> {
    pace: &'a Pace,
    /// The calls that are left of those taken at its beginning.
    left: Mutex<Calls>,
}

impl Turn<'_> {
    /// Uses what is left of the turn's calls, and returns what is missing.
    fn draw(&self, calls: Calls) -> Calls {
        let mut left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        let descriptions = calls.descriptions.min(left.descriptions);
        let changes = calls.changes.min(left.changes);
        left.descriptions -= descriptions;
        left.changes -= changes;
        Calls { descriptions: calls.descriptions - descriptions, changes: calls.changes - changes }
    }

    async fn wait_for(&self, descriptions: u32) {
        let missing = self.draw(Calls { descriptions: f64::from(descriptions), changes: 0.0 });
        if missing.descriptions <= 0.0 {
            return;
        }
        loop {
            let taken = self.pace.share().take(missing);
            match taken {
                Ok(taken) => {
                    let owed = missing.descriptions - taken.descriptions;
                    self.pace.share().spend(Calls { descriptions: owed, changes: 0.0 });
                    return;
                }
                Err(wait) => sleep(wait).await,
            }
        }
    }

    fn owe(&self, calls: Calls) {
        let missing = self.draw(calls);
        self.pace.share().spend(missing);
    }
}

impl Drop for Turn<'_> {
    /// Returns unused calls for the next environment.
    fn drop(&mut self) {
        let left = *self.left.lock().unwrap_or_else(PoisonError::into_inner);
        self.pace.share().spend(Calls { descriptions: -left.descriptions, changes: -left.changes });
    }
}

/// The cloud, limited to the rate of a turn.
#[derive(Debug)]
pub(super) struct Paced<'a, C> {
    pub(super) cloud: &'a C,
    pub(super) turn: Turn<'a>,
}

impl<C: Cloud> Cloud for Paced<'_, C> {
    async fn observe(&self, environment: &Environment, scope: Scope) -> Result<PartialSnapshot, CloudError> {
        self.turn.wait_for(descriptions(environment, scope)).await;
        self.cloud.observe(environment, scope).await
    }

    async fn apply(&self, environment: &Environment, step: Step) -> Result<(), CloudError> {
        self.turn.owe(calls(step));
        self.cloud.apply(environment, step).await
    }
}

/// The calls that an observation makes to Elastic Load Balancing: each target group's health, the
/// route's rule and its tags.
fn descriptions(environment: &Environment, scope: Scope) -> u32 {
    let groups = environment.services.iter().filter(|service| service.target_group_arn.is_some()).count();
    let healthy = if scope.contains(Scope::HEALTHY) { u32::try_from(groups).unwrap_or(u32::MAX) } else { 0 };
    healthy + u32::from(scope.contains(Scope::ROUTE)) + u32::from(scope.contains(Scope::STATE_TAG))
}

fn calls(step: Step) -> Calls {
    let (descriptions, changes) = match step {
        Step::SetDesired { .. }
        | Step::Deploy { .. }
        | Step::SetSuspended { .. }
        | Step::StartDatabase
        | Step::TouchDatabase
        | Step::StopDatabase => (0.0, 0.0),
        Step::Write(_) | Step::WriteSuspended(_) => (0.0, 1.0),
        // They read what they change.
        Step::TurnRoute(_) | Step::LockRoute | Step::Record(_) => (1.0, 1.0),
    };
    Calls { descriptions, changes }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::tests::example;

    /// [`example`] has one target group: a whole observation with the state tag takes three calls.
    const NEEDED: f64 = 3.0;

    async fn waited(pace: &Pace, deadline: Duration) -> (Option<Turn<'_>>, Duration) {
        let start = Instant::now();
        (pace.begin(&example(), start + deadline).await, start.elapsed())
    }

    #[tokio::test(start_paused = true)]
    async fn environments_begin_at_once_and_then_at_half_of_the_rate() {
        let (pace, hour) = (Pace::new(), Duration::from_hours(1));
        for begun in 0..60 {
            let (turn, waited) = waited(&pace, hour).await;
            // Use all calls of the turn.
            turn.unwrap().wait_for(3).await;
            let free = begun < 6;
            assert_eq!(waited.is_zero(), free, "{begun}: {waited:?}");
            let (least, most) = (NEEDED / 5.0 - 0.45, NEEDED / 5.0 + 0.01);
            assert!(free || (least..most).contains(&waited.as_secs_f64()), "{begun}: {waited:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn unused_calls_are_there_for_the_next_environment() {
        let pace = Pace::new();
        for _ in 0..60 {
            let (turn, waited) = waited(&pace, Duration::from_mins(1)).await;
            turn.unwrap().wait_for(0).await;
            assert!(waited.is_zero(), "{waited:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn an_observation_that_needs_more_waits_and_a_step_makes_a_debt() {
        let pace = Pace::new();
        let (turn, _) = waited(&pace, Duration::from_mins(1)).await;
        let turn = turn.unwrap();
        let start = Instant::now();
        turn.wait_for(20).await;
        assert!(start.elapsed().is_zero(), "20 at once");
        turn.wait_for(5).await;
        assert_eq!(start.elapsed().as_secs(), 1);
        for _ in 0..10 {
            turn.owe(calls(Step::TurnRoute(crate::environment::snapshot::RouteTarget::App)));
        }
        assert_eq!(start.elapsed().as_secs(), 1, "no step waits");
        turn.wait_for(5).await;
        assert!(start.elapsed() >= Duration::from_secs(4), "{:?}", start.elapsed());
        drop(turn);
        let (turn, _) = waited(&pace, Duration::from_millis(5_500)).await;
        assert!(turn.is_none(), "what it needs is there in 0.6 s");
    }

    #[tokio::test(start_paused = true)]
    async fn an_environment_without_enough_time_left_does_not_begin() {
        let pace = Pace::new();
        assert!(waited(&pace, LEAST_TIME).await.0.is_some());
        let (turn, waited) = waited(&pace, Duration::from_millis(4_999)).await;
        assert_eq!((turn.is_none(), waited), (true, Duration::ZERO));
    }
}
