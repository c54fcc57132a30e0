//! A request that the load balancer has sent here, because the app sleeps.

use std::{
    sync::atomic::Ordering,
    time::{Duration, SystemTime},
};

use tracing::info;

use super::Waker;
use crate::{
    config::Environment,
    environment::{
        cloud::Cloud,
        drive::drive,
        protocol::{Patience, Wake},
    },
    event::Request,
    reply::{self, Client, Problem, Reply},
};

impl<C: Cloud> Waker<C> {
    pub(super) async fn visit(&self, request: &Request, limit: Duration) -> Reply {
        let Some(environment) = self.config.environment_for(request.host()) else {
            info!(method = %request.method, why = "no environment answers for the host", "answered");
            return Problem::unknown_host();
        };
        tracing::Span::current().record("environment", &environment.name);
        let client = reply::classify(request);
        let congestion = self.congestion.load(Ordering::Relaxed);
        let patience = patience(environment, client);
        let mut wake = Wake::new(patience, SystemTime::now(), limit, fastrand::u64(..), congestion);
        let report = drive(&self.cloud, environment, &mut wake).await;
        self.congestion.store(wake.congestion(), Ordering::Relaxed);
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
