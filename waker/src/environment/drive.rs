//! Runs a protocol on a cloud, in real or virtual time.

use std::time::Duration;

use futures_util::future::join_all;
use tokio::time::{Instant, sleep, timeout_at};
use tracing::{debug, error, info, warn};

use super::{
    cloud::{Cloud, Step},
    fault::{CloudError, FaultKind},
    plan::Phase,
    protocol::{Action, Input, Protocol},
    snapshot::{PartialSnapshot, Scope},
};
use crate::{config::Environment, error_chain::chain};

/// The result of one invocation, for its line in the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run<O> {
    pub outcome: O,
    /// How far the environment was at the last observation.
    pub phase: Phase,
    pub observations: u32,
    pub steps: u32,
    pub took: Duration,
    /// The newest value of each part.
    pub latest: PartialSnapshot,
}

pub async fn drive<P: Protocol>(
    cloud: &impl Cloud,
    environment: &Environment,
    protocol: &mut P,
) -> Run<P::Outcome> {
    let start = Instant::now();
    let (mut observations, mut steps) = (0, 0);
    let mut latest = PartialSnapshot::default();
    let mut input = Input::Continue;
    loop {
        let deadline = start + protocol.deadline();
        input = match protocol.next(environment, start.elapsed(), input) {
            Action::Observe(scope) => {
                observations += 1;
                let partial = observe(cloud, environment, scope, deadline).await;
                if let Ok(partial) = &partial {
                    latest.update(partial.clone());
                }
                Input::Observed(partial)
            }
            Action::Apply(planned) => {
                steps += u32::try_from(planned.len()).unwrap_or(u32::MAX);
                let applied = planned.iter().map(|step| apply(cloud, environment, *step, deadline));
                Input::Applied(join_all(applied).await.into_iter().flatten().collect())
            }
            Action::Wait(pause) => {
                sleep(pause).await;
                Input::Continue
            }
            Action::Done(outcome) => {
                let (phase, took) = (protocol.phase(), start.elapsed());
                return Run { outcome, phase, observations, steps, took, latest };
            }
        };
    }
}

async fn observe(
    cloud: &impl Cloud,
    environment: &Environment,
    scope: Scope,
    deadline: Instant,
) -> Result<PartialSnapshot, FaultKind> {
    match timeout_at(deadline, cloud.observe(environment, scope)).await {
        Ok(Ok(partial)) => Ok(partial),
        Ok(Err(error)) => {
            log(&error, "failed to observe the environment");
            Err(error.kind)
        }
        Err(_) => {
            warn!("timed out while observing the environment");
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
                // Only for debugging: the log of a wake stays short.
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
            warn!(?step, "timed out while applying a step");
            Some((step, FaultKind::TimedOut))
        }
    }
}

/// WARN for a fault that passes by itself, ERROR for one that a person must fix.
fn log(error: &CloudError, message: &'static str) {
    let cause = chain(error);
    if error.retryable() {
        warn!(call = error.call, kind = error.kind.code(), cause, "{message}");
    } else {
        error!(call = error.call, kind = error.kind.code(), cause, "{message}");
    }
}
