//! The scheduled tick: observes every environment and decides whether it sleeps.
//!
//! All environments share one deadline and half of the load balancer's rate ([`super::pace`]). Those
//! for which no time is left come first in the next tick ([`super::rotation`]).

use std::time::{Duration, SystemTime};

use futures_util::{StreamExt as _, stream};
use jiff::Timestamp;
use tokio::time::Instant;
use tracing::{Instrument as _, debug, error, info, info_span, warn};

use super::{
    EnvironmentReport, EnvironmentState, Waker,
    pace::{Pace, Paced},
    warnings::UnknownUse,
};
use crate::{
    config::Environment,
    environment::{
        cloud::Cloud,
        drive::{Run, drive},
        failure::Failure,
        pause::PauseBlocker,
        protocol::{Tick, TickMode, TickOutcome},
    },
};

/// How many environments are observed at the same time.
const AT_ONCE: usize = 4;

impl<C: Cloud> Waker<C> {
    /// Runs a tick for each, as long as there is time; a failure does not stop the others.
    pub(super) async fn tick_all(
        &self,
        environments: Vec<&Environment>,
        limit: Duration,
    ) -> Vec<EnvironmentReport> {
        let (pace, deadline) = (&Pace::new(), Instant::now() + limit);
        let order = self.rotation.order(&environments, SystemTime::now());
        let turns = stream::iter(order).then(|index| {
            let environment = environments[index];
            async move { (index, environment, pace.begin(environment, deadline).await) }
        });
        let reports = turns.map(|(index, environment, turn)| async move {
            let Some(turn) = turn else { return (index, None) };
            let left = deadline.saturating_duration_since(Instant::now());
            let cloud = Paced { cloud: &self.cloud, turn };
            let report = self.tick_on(&cloud, environment, TickMode::Look, left).await;
            self.rotation.observed(environment);
            (index, Some(report))
        });
        let mut reports: Vec<_> = reports.buffer_unordered(AT_ONCE).collect().await;
        reports.sort_unstable_by_key(|(index, _)| *index);
        let left: Vec<_> = reports
            .iter()
            .filter(|(_, report)| report.is_none())
            .map(|(index, _)| environments[*index])
            .collect();
        if !left.is_empty() {
            let names: Vec<_> = left.iter().map(|environment| environment.name.as_str()).collect();
            warn!(
                count = names.len(),
                environments = names.join(" "),
                "no time left for these environments; the next tick begins with them"
            );
        }
        let reports = reports.into_iter().map(|(index, report)| {
            report.unwrap_or_else(|| EnvironmentReport::not_observed(environments[index]))
        });
        let reports: Vec<_> = reports.collect();
        let asleep = reports.iter().filter(|report| report.state == EnvironmentState::Asleep).count();
        info!(environments = environments.len() - left.len(), asleep, "observed all");
        reports
    }

    pub(super) async fn tick(
        &self,
        environment: &Environment,
        mode: TickMode,
        limit: Duration,
    ) -> EnvironmentReport {
        self.tick_on(&self.cloud, environment, mode, limit).await
    }

    async fn tick_on(
        &self,
        cloud: &impl Cloud,
        environment: &Environment,
        mode: TickMode,
        limit: Duration,
    ) -> EnvironmentReport {
        let span = info_span!("environment", environment = environment.name);
        async {
            let mut tick = Tick::new(mode, SystemTime::now(), limit, fastrand::u64(..));
            let run = drive(cloud, environment, &mut tick).await;
            let report = EnvironmentReport::after_tick(environment, &run, SystemTime::now());
            log(&run, &report);
            self.warn_of_what_lasts(environment, &run);
            report
        }
        .instrument(span)
        .await
    }
}

impl<C> Waker<C> {
    /// Warnings about lasting states, which not every tick repeats.
    fn warn_of_what_lasts(&self, environment: &Environment, run: &Run<TickOutcome>) {
        if let Some(UnknownUse { what, since }) = self.warnings.missing(environment, run, SystemTime::now()) {
            let since = Timestamp::try_from(since).map(tracing::field::display).ok();
            warn!(missing = what, since, "its use has been unknown for half an hour, so it stays awake");
        }
        if run.outcome == (TickOutcome::Asleep { blocked_by: Some(PauseBlocker::Replica) })
            && self.warnings.is_new_replica(environment)
        {
            warn!(
                why = PauseBlocker::Replica.sentence(),
                "the database cannot be stopped, and keeps its full cost"
            );
        }
    }
}

/// An environment without changes or problems is only a debug line.
fn log(run: &Run<TickOutcome>, report: &EnvironmentReport) {
    let (state, reason, why) = (report.state, report.reason, report.why);
    let (steps, observations) = (run.steps, run.observations);
    match run.outcome {
        TickOutcome::Asleep { blocked_by: Some(blocker) } if blocker != PauseBlocker::Replica => {
            warn!(?state, reason, why, "the database has not paused, and keeps its full cost");
        }
        TickOutcome::GaveUp(_) => {
            error!(?state, reason, why, code = report.error, "gave up its start");
        }
        TickOutcome::Failed(Failure::Fault(fault)) if fault.retryable() => {
            warn!(
                ?state,
                reason,
                why,
                code = report.error,
                "failed to observe or change it; the next tick retries"
            );
        }
        TickOutcome::Failed(_) => {
            error!(?state, reason, why, code = report.error, "cannot manage the environment");
        }
        TickOutcome::Would(_) => info!(?state, reason, why, "dry run: changed nothing"),
        _ if steps > 0 => info!(?state, reason, why, steps, observations, "changed"),
        _ => debug!(?state, reason, why, observations, "observed"),
    }
}
