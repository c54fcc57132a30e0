//! What operators and CI jobs ask for.

use std::time::{Duration, SystemTime};

use futures_util::{StreamExt as _, stream};
use tokio::time::{Instant, sleep_until, timeout_at};
use tracing::info;

use super::{Standing, State, Status, Waker};
use crate::{
    config::Environment,
    environment::{
        cloud::Cloud,
        drive::drive,
        observed::{Scope, Seen},
        protocol::{Order, Patience, Wake},
    },
};

const AT_ONCE: usize = 4;
/// Between two looks at tasks that stop.
const POLL: Duration = Duration::from_secs(1);

impl<C: Cloud> Waker<C> {
    pub(super) async fn wake(&self, environment: &Environment, wait: bool, limit: Duration) -> Standing {
        let patience = if wait { Patience::Hold(limit) } else { Patience::Page };
        let mut wake = Wake::new(patience, SystemTime::now(), limit, fastrand::u64(..), 0).insisting();
        let report = drive(&self.cloud, environment, &mut wake).await;
        let standing = Standing::after_wake(environment, report.outcome, report.steps);
        let name = &environment.name;
        info!(environment = name, state = ?standing.state, phase = standing.phase, "woken by command");
        standing
    }

    pub(super) async fn sleep(&self, environment: &Environment, wait: bool, limit: Duration) -> Standing {
        let deadline = Instant::now() + limit;
        let standing = self.tick(environment, Order::Sleep, limit).await;
        let name = &environment.name;
        info!(environment = name, state = ?standing.state, "put to sleep by command");
        if wait && standing.state == State::Asleep && !self.stopped(environment, deadline).await {
            return standing.while_tasks_stop();
        }
        standing
    }

    /// Whether all tasks have stopped by the deadline.
    async fn stopped(&self, environment: &Environment, deadline: Instant) -> bool {
        loop {
            let seen = timeout_at(deadline, self.cloud.observe(environment, Scope::RUNNING)).await;
            if let Ok(Ok(Seen { running: Some(running), .. })) = &seen
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
        let looks = environments.into_iter().map(|environment| self.look_up(environment, limit));
        stream::iter(looks).buffered(AT_ONCE).collect().await
    }
}
