//! Waits for the app's dependencies.
//!
//! One loop ([`until_ready`]) makes attempts, each with its own time-out, until one succeeds, fails
//! for good, or the time is up; each kind of target defines its attempt in its own file.

mod attempt;
mod backoff;
mod database;
mod failure;
mod login;
mod login_guard;
mod progress;

use std::time::Duration;

use futures_util::future::try_join_all;
use thiserror::Error;
use tokio::time::{Instant, sleep_until, timeout};

pub(crate) use database::again;
pub use failure::{Failure, Retry};
pub(crate) use login::connect;

use crate::config::{Limits, Target};
use crate::net::resolve::Resolver;
use crate::resolved_settings::ResolvedSettings;
use backoff::Pace;
use progress::Progress;

/// A target is not ready, and the wait is over.
#[derive(Debug, Error)]
pub enum WaitError {
    #[error("{target} did not come up within {} s: {last}", limit.as_secs())]
    TimedOut { target: String, limit: Duration, last: Failure },
    #[error("{target} refuses, and waiting does not help: {failure}")]
    Refused { target: String, failure: Failure },
}

/// The deadline, and the total time that it was computed from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Deadline {
    pub(crate) at: Instant,
    pub(crate) limits: Limits,
}

impl Deadline {
    pub(crate) fn from_now(limits: Limits) -> Self {
        Self { at: Instant::now() + limits.total, limits }
    }
}

/// Waits for all targets at the same time. The database's login may be read again during the wait.
pub(crate) async fn all(
    targets: &[Target],
    prepared: &mut ResolvedSettings,
    resolver: &Resolver,
    deadline: Deadline,
) -> Result<(), WaitError> {
    let dependencies = targets.iter().filter_map(|target| match target {
        Target::Database => None,
        Target::Dependency(dependency) => Some(dependency),
    });
    let others = try_join_all(dependencies.map(|dependency| {
        until_ready(dependency.to_string(), deadline, async || {
            attempt::attempt(dependency, resolver, deadline.limits.attempt).await
        })
    }));
    if targets.contains(&Target::Database) {
        tokio::try_join!(database::wait(prepared, resolver, deadline), others)?;
    } else {
        others.await?;
    }
    Ok(())
}

/// Makes attempts until one succeeds.
pub(crate) async fn until_ready<T>(
    target: String,
    deadline: Deadline,
    mut attempt: impl AsyncFnMut() -> Result<T, Failure>,
) -> Result<T, WaitError> {
    let limit = deadline.limits.total;
    let mut progress = Progress::start(&target);
    let mut pace = Pace::default();
    loop {
        let left = deadline.at.saturating_duration_since(Instant::now());
        let failure = match timeout(left.min(deadline.limits.attempt), attempt()).await {
            Ok(Ok(ready)) => {
                progress.over();
                return Ok(ready);
            }
            Ok(Err(failure)) => failure,
            Err(_) => Failure::TimedOut,
        };
        let retry = failure.retry();
        if retry == Retry::Never {
            return Err(WaitError::Refused { target, failure });
        }
        progress.not_yet(&failure);
        let next = Instant::now() + pace.next(retry);
        if next >= deadline.at {
            return Err(WaitError::TimedOut { target, limit, last: failure });
        }
        sleep_until(next).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits { total: Duration::from_mins(3), attempt: Duration::from_secs(30) };

    async fn wait(attempt: impl AsyncFnMut() -> Result<u8, Failure>) -> Result<u8, WaitError> {
        until_ready("db".into(), Deadline::from_now(LIMITS), attempt).await
    }

    #[tokio::test(start_paused = true)]
    async fn attempts_go_on_until_one_succeeds() {
        let mut script = vec![Ok(7), Err(Failure::Rotated), Err(Failure::Crowded(String::new()))];
        assert_eq!(wait(async || script.pop().unwrap()).await.unwrap(), 7);
        assert!(script.is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn a_failure_for_good_ends_it_at_once() {
        let started = Instant::now();
        let error = wait(async || Err(Failure::TlsNotOffered)).await.unwrap_err();
        assert!(matches!(error, WaitError::Refused { failure: Failure::TlsNotOffered, .. }));
        assert_eq!(started.elapsed(), Duration::ZERO);
    }

    #[tokio::test(start_paused = true)]
    async fn an_attempt_that_hangs_is_given_up_and_tried_again() {
        let started = Instant::now();
        let mut attempts = 0;
        let ready = wait(async || {
            attempts += 1;
            if attempts == 1 { std::future::pending().await } else { Ok(attempts) }
        });
        assert_eq!(ready.await.unwrap(), 2);
        assert!(started.elapsed() >= LIMITS.attempt && started.elapsed() < LIMITS.attempt * 2);
    }

    #[tokio::test(start_paused = true)]
    async fn the_whole_time_is_a_bound_and_the_last_reason_is_told() {
        let started = Instant::now();
        let mut attempts = 0_u32;
        let error = wait(async || {
            attempts += 1;
            Err(Failure::Status(503))
        });
        let error = error.await.unwrap_err();
        assert_eq!(error.to_string(), "db did not come up within 180 s: the answer has the status 503");
        assert!(
            started.elapsed() <= LIMITS.total && LIMITS.total < started.elapsed() + Duration::from_secs(3)
        );
        // After the first few, attempts are one to two seconds apart.
        assert!((90..=190).contains(&attempts), "{attempts}");
    }

    #[tokio::test(start_paused = true)]
    async fn an_attempt_is_cut_at_the_whole_time() {
        let started = Instant::now();
        let error = wait(async || std::future::pending().await).await.unwrap_err();
        assert!(matches!(error, WaitError::TimedOut { last: Failure::TimedOut, .. }));
        assert!(started.elapsed() <= LIMITS.total);
    }
}
