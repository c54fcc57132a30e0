//! One invocation: from the load balancer's event to its answer.

use std::{
    panic::AssertUnwindSafe,
    sync::atomic::{AtomicU32, Ordering},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use aws_lambda_events::alb::AlbTargetGroupResponse;
use futures_util::FutureExt as _;
use lambda_runtime::LambdaEvent;
use serde_json::Value;
use tracing::{Instrument as _, error, info, info_span, warn};

use crate::{
    config::{Config, Environment},
    environment::{
        cloud::Cloud,
        drive::{chain, drive},
        protocol::{Patience, Wake},
    },
    event::{EventError, Request},
    reply::{self, Client, Problem, Reply},
};

/// Kept back from the invocation's deadline: Lambda ends the function at that
/// moment, and the visitor would get a 502.
const MARGIN: Duration = Duration::from_secs(1);

/// What the function is, from its start to its end.
#[derive(Debug)]
pub struct Waker<C> {
    config: Config,
    cloud: C,
    /// How congested AWS was for the last invocation: the one thing that is kept
    /// between two, and only to spare AWS calls that it would refuse.
    congestion: AtomicU32,
}

impl<C: Cloud> Waker<C> {
    pub fn new(config: Config, cloud: C) -> Self {
        Self { config, cloud, congestion: AtomicU32::new(0) }
    }

    /// Answers every request of a load balancer; only an event of another origin
    /// is an error.
    pub async fn handle(&self, event: LambdaEvent<Value>) -> Result<AlbTargetGroupResponse, EventError> {
        let span = info_span!(
            "invocation",
            request_id = event.context.request_id,
            environment = tracing::field::Empty
        );
        let limit = time_left(event.context.deadline).saturating_sub(MARGIN);
        async {
            match Request::from_event(event.payload) {
                Ok(request) => {
                    // A panic would be a 502 to the visitor. Nothing is left half done by it:
                    // every invocation starts from what it observes.
                    let answer = AssertUnwindSafe(self.answer(&request, limit)).catch_unwind().await;
                    let reply = answer.unwrap_or_else(|_| {
                        error!("panicked; this is a defect of the waker");
                        Problem::internal()
                    });
                    Ok(reply.into_response(request.multi_value))
                }
                Err(EventError::Unreadable { multi_value, source }) => {
                    warn!(cause = chain(&source), "refused a request that cannot be read");
                    Ok(Problem::unreadable_request().into_response(multi_value))
                }
                Err(error @ EventError::Foreign) => {
                    error!("{error}");
                    Err(error)
                }
            }
        }
        .instrument(span)
        .await
    }

    async fn answer(&self, request: &Request, limit: Duration) -> Reply {
        let Some(environment) = self.config.environment_for(request.host()) else {
            info!(method = %request.method, why = "no environment answers for the host", "answered");
            return Problem::unknown_host();
        };
        tracing::Span::current().record("environment", &environment.name);
        let client = reply::classify(request);
        let congestion = self.congestion.load(Ordering::Relaxed);
        let wake = Wake::new(patience(environment, client), limit, fastrand::u64(..), congestion);
        let report = drive(&self.cloud, environment, wake).await;
        self.congestion.store(report.congestion, Ordering::Relaxed);
        let reply = reply::reply(environment, request, client, report.outcome);
        info!(
            method = %request.method,
            ?client,
            status = reply.status.as_u16(),
            phase = report.phase.code(),
            outcome = ?report.outcome,
            looks = report.looks,
            steps = report.steps,
            took_ms = u64::try_from(report.took.as_millis()).unwrap_or(u64::MAX),
            why = report.phase.sentence(),
            "answered"
        );
        reply
    }
}

fn patience(environment: &Environment, client: Client) -> Patience {
    match client {
        Client::Navigation => Patience::Page,
        Client::Other => Patience::Hold(environment.hold),
    }
}

/// From now to `deadline`, in milliseconds since the epoch.
fn time_left(deadline: u64) -> Duration {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Duration::from_millis(deadline).saturating_sub(now)
}

#[cfg(test)]
mod tests;
