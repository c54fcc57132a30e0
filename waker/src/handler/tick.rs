//! The scheduled tick: looks at every environment and decides whether it sleeps.
//!
//! All of them share one deadline and half of the load balancer's rate ([`super::pace`]). Those
//! for which there is no time left are the first of the next tick ([`super::rotation`]).

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

/// Environments that are looked at at the same time.
const AT_ONCE: usize = 4;

impl<C: Cloud> Waker<C> {
    /// Looks at each, as far as the time goes; one that fails is no reason to leave out the next.
    pub(super) async fn tick_all(
        &self,
        environments: Vec<&Environment>,
        limit: Duration,
    ) -> Vec<EnvironmentReport> {
        let (pace, deadline) = (&Pace::new(), Instant::now() + limit);
        let mode = self.rotation.order(&environments, SystemTime::now());
        let turns = stream::iter(mode).then(|index| {
            let environment = environments[index];
            async move { (index, environment, pace.begin(environment, deadline).await) }
        });
        let observations = turns.map(|(index, environment, turn)| async move {
            let Some(turn) = turn else { return (index, None) };
            let left = deadline.saturating_duration_since(Instant::now());
            let cloud = Paced { cloud: &self.cloud, turn };
            let report = self.tick_on(&cloud, environment, TickMode::Look, left).await;
            self.rotation.looked(environment);
            (index, Some(report))
        });
        let mut observations: Vec<_> = observations.buffer_unordered(AT_ONCE).collect().await;
        observations.sort_unstable_by_key(|(index, _)| *index);
        let left: Vec<_> = observations
            .iter()
            .filter(|(_, look)| look.is_none())
            .map(|(index, _)| environments[*index])
            .collect();
        if !left.is_empty() {
            let names: Vec<_> = left.iter().map(|environment| environment.name.as_str()).collect();
            warn!(
                count = names.len(),
                environments = names.join(" "),
                "had no time for these; the next tick begins with them"
            );
        }
        let reports = observations.into_iter().map(|(index, look)| {
            look.unwrap_or_else(|| EnvironmentReport::without_look(environments[index]))
        });
        let reports: Vec<_> = reports.collect();
        let asleep = reports.iter().filter(|report| report.state == EnvironmentState::Asleep).count();
        info!(environments = environments.len() - left.len(), asleep, "looked");
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
    /// What lasts, and is not repeated by each tick.
    fn warn_of_what_lasts(&self, environment: &Environment, run: &Run<TickOutcome>) {
        if let Some(UnknownUse { what, since }) = self.warnings.missing(environment, run, SystemTime::now()) {
            let since = Timestamp::try_from(since).map(tracing::field::display).ok();
            warn!(
                missing = what,
                since, "unknown for half an hour whether it is in use, so that it stays awake"
            );
        }
        if run.outcome == (TickOutcome::Asleep { blocked_by: Some(PauseBlocker::Replica) })
            && self.warnings.is_new_replica(environment)
        {
            warn!(
                why = PauseBlocker::Replica.sentence(),
                "the database is not stopped, and costs as much as before"
            );
        }
    }
}

/// An environment that is as it should be is no news.
fn log(run: &Run<TickOutcome>, report: &EnvironmentReport) {
    let (state, reason, why) = (report.state, report.reason, report.why);
    let (steps, observations) = (run.steps, run.observations);
    match run.outcome {
        TickOutcome::Asleep { blocked_by: Some(blocker) } if blocker != PauseBlocker::Replica => {
            warn!(?state, reason, why, "the database has not paused, and costs as much as before");
        }
        TickOutcome::GaveUp(_) => {
            error!(?state, reason, why, code = report.error, "its start has been given up");
        }
        TickOutcome::Failed(Failure::Fault(fault)) if fault.retryable() => {
            warn!(?state, reason, why, code = report.error, "looked in vain");
        }
        TickOutcome::Failed(_) => {
            error!(?state, reason, why, code = report.error, "it cannot be looked after");
        }
        TickOutcome::Would(_) => info!(?state, reason, why, "left alone, as the configuration says"),
        _ if steps > 0 => info!(?state, reason, why, steps, observations, "looked"),
        _ => debug!(?state, reason, why, observations, "looked"),
    }
}
