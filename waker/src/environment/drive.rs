//! Carries out what the protocol says, on a cloud and in real or virtual time.

use std::{error::Error, fmt::Write as _, time::Duration};

use futures_util::future::join_all;
use tokio::time::{Instant, sleep, timeout_at};
use tracing::{debug, error, info, warn};

use super::{
    cloud::{Cloud, Step},
    fault::{CloudError, FaultKind},
    observed::{Scope, Seen},
    plan::Phase,
    protocol::{Action, Came, Protocol},
};
use crate::config::Environment;

/// What one invocation came to, for its line in the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report<O> {
    pub outcome: O,
    /// How far the environment was when it was last seen.
    pub phase: Phase,
    pub looks: u32,
    pub steps: u32,
    pub took: Duration,
    /// The latest of each part.
    pub seen: Seen,
}

/// Runs one invocation to its end.
pub async fn drive<P: Protocol>(
    cloud: &impl Cloud,
    environment: &Environment,
    protocol: &mut P,
) -> Report<P::Outcome> {
    let start = Instant::now();
    let (mut looks, mut steps) = (0, 0);
    let mut latest = Seen::default();
    let mut came = Came::Nothing;
    loop {
        let deadline = start + protocol.deadline();
        came = match protocol.next(environment, start.elapsed(), came) {
            Action::Observe(scope) => {
                looks += 1;
                let seen = observe(cloud, environment, scope, deadline).await;
                if let Ok(seen) = &seen {
                    latest.update(seen.clone());
                }
                Came::Seen(seen)
            }
            Action::Apply(planned) => {
                steps += u32::try_from(planned.len()).unwrap_or(u32::MAX);
                let applied = planned.iter().map(|step| apply(cloud, environment, *step, deadline));
                Came::Applied(join_all(applied).await.into_iter().flatten().collect())
            }
            Action::Wait(pause) => {
                sleep(pause).await;
                Came::Nothing
            }
            Action::Done(outcome) => {
                let (phase, took) = (protocol.phase(), start.elapsed());
                return Report { outcome, phase, looks, steps, took, seen: latest };
            }
        };
    }
}

async fn observe(
    cloud: &impl Cloud,
    environment: &Environment,
    scope: Scope,
    deadline: Instant,
) -> Result<Seen, FaultKind> {
    match timeout_at(deadline, cloud.observe(environment, scope)).await {
        Ok(Ok(seen)) => Ok(seen),
        Ok(Err(error)) => {
            log(&error, "failed to look at the environment");
            Err(error.kind)
        }
        Err(_) => {
            warn!("gave up looking at the environment: the time is over");
            Err(FaultKind::TimedOut)
        }
    }
}

/// The step with its fault, if it failed.
async fn apply(
    cloud: &impl Cloud,
    environment: &Environment,
    step: Step,
    deadline: Instant,
) -> Option<(Step, FaultKind)> {
    match timeout_at(deadline, cloud.apply(environment, step)).await {
        Ok(Ok(())) => {
            if let Step::Record(_) = step {
                // Nobody who looks for what became of a visitor asks for it.
                debug!(?step, "applied");
            } else {
                info!(?step, "applied");
            }
            None
        }
        Ok(Err(error)) => {
            log(&error, "failed to apply a step");
            Some((step, error.kind))
        }
        Err(_) => {
            warn!(?step, "gave up applying a step: the time is over");
            Some((step, FaultKind::TimedOut))
        }
    }
}

/// What passes by itself is a warning; what a person must mend is an error.
fn log(error: &CloudError, message: &'static str) {
    let cause = chain(error);
    if error.retryable() {
        warn!(call = error.call, kind = error.kind.code(), cause, "{message}");
    } else {
        error!(call = error.call, kind = error.kind.code(), cause, "{message}");
    }
}

/// The whole chain of sources in one line, for the log only.
pub(crate) fn chain(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        // Writing to a String cannot fail.
        let _ = write!(text, ": {cause}");
        source = cause.source();
    }
    text
}
