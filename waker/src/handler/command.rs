//! Commands of operators and CI jobs.

use std::time::{Duration, SystemTime};

use futures_util::{StreamExt as _, stream};
use tokio::time::{Instant, sleep_until, timeout_at};
use tracing::info;

use super::{EnvironmentReport, EnvironmentState, Status, Waker};
use crate::{
    config::Environment,
    environment::{
        cloud::Cloud,
        drive::drive,
        protocol::{ResponseMode, TickMode, Wake},
        snapshot::{PartialSnapshot, Scope},
    },
};

const AT_ONCE: usize = 4;
/// The time between two observations of stopping tasks.
const POLL: Duration = Duration::from_secs(1);

impl<C: Cloud> Waker<C> {
    pub(super) async fn wake(
        &self,
        environment: &Environment,
        wait: bool,
        limit: Duration,
    ) -> EnvironmentReport {
        let mode = if wait { ResponseMode::Hold(limit) } else { ResponseMode::Page };
        let mut wake = Wake::new(mode, SystemTime::now(), limit, fastrand::u64(..), 0).ignore_give_up();
        let run = drive(&self.cloud, environment, &mut wake).await;
        let report = EnvironmentReport::after_wake(environment, run.outcome, run.steps);
        let name = &environment.name;
        info!(environment = name, state = ?report.state, phase = report.phase, "woken by command");
        report
    }

    pub(super) async fn sleep(
        &self,
        environment: &Environment,
        wait: bool,
        limit: Duration,
    ) -> EnvironmentReport {
        let deadline = Instant::now() + limit;
        let report = self.tick(environment, TickMode::Sleep, limit).await;
        let name = &environment.name;
        info!(environment = name, state = ?report.state, "put to sleep by command");
        if wait && report.state == EnvironmentState::Asleep && !self.stopped(environment, deadline).await {
            return report.while_tasks_stop();
        }
        report
    }

    /// Whether all tasks have stopped by the deadline.
    async fn stopped(&self, environment: &Environment, deadline: Instant) -> bool {
        loop {
            let partial = timeout_at(deadline, self.cloud.observe(environment, Scope::RUNNING)).await;
            if let Ok(Ok(PartialSnapshot { running: Some(running), .. })) = &partial
                && running.services.iter().flatten().all(|tasks| tasks.running == 0)
            {
                return true;
            }
            let next = Instant::now() + POLL;
            if next >= deadline {
                return false;
            }
            sleep_until(next).await;
        }
    }

    pub(super) async fn status(&self, environments: Vec<&Environment>, limit: Duration) -> Vec<Status> {
        let observations = environments.into_iter().map(|environment| self.fetch_status(environment, limit));
        stream::iter(observations).buffered(AT_ONCE).collect().await
    }
}
