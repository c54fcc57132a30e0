//! A look at environments that nobody has asked for: it is time to.

use std::time::{Duration, SystemTime};

use futures_util::{StreamExt as _, stream};
use jiff::Timestamp;
use tracing::{Instrument as _, debug, error, info, info_span, warn};

use super::{Standing, State, Waker, told::Missing};
use crate::{
    config::Environment,
    environment::{
        cloud::Cloud,
        drive::{Report, drive},
        failure::Failure,
        pause::Holder,
        protocol::{Order, Rest, Tick},
    },
};

/// Environments that are looked at at the same time: AWS lets ten descriptions of
/// load balancers a second pass in the long run, and visitors need them too.
const AT_ONCE: usize = 4;

impl<C: Cloud> Waker<C> {
    /// Looks at each; one that fails is no reason to leave out the next.
    pub(super) async fn look(&self, environments: Vec<&Environment>, limit: Duration) -> Vec<Standing> {
        let count = environments.len();
        let looks = environments.into_iter().map(|environment| self.tick(environment, Order::Look, limit));
        let standings: Vec<_> = stream::iter(looks).buffered(AT_ONCE).collect().await;
        let asleep = standings.iter().filter(|standing| standing.state == State::Asleep).count();
        info!(environments = count, asleep, "looked");
        standings
    }

    pub(super) async fn tick(&self, environment: &Environment, order: Order, limit: Duration) -> Standing {
        let span = info_span!("environment", environment = environment.name);
        async {
            let mut tick = Tick::new(order, SystemTime::now(), limit, fastrand::u64(..));
            let report = drive(&self.cloud, environment, &mut tick).await;
            let standing = Standing::after_tick(environment, report.outcome, report.steps);
            log(&report, &standing);
            self.tell(environment, &report);
            standing
        }
        .instrument(span)
        .await
    }
}

impl<C> Waker<C> {
    /// What lasts, and is not repeated by each tick.
    fn tell(&self, environment: &Environment, report: &Report<Rest>) {
        if let Some(Missing { what, since }) = self.told.missing(environment, report, SystemTime::now()) {
            let since = Timestamp::try_from(since).map(tracing::field::display).ok();
            warn!(
                missing = what,
                since, "unknown for half an hour whether it is in use, so that it stays awake"
            );
        }
        if report.outcome == (Rest::Asleep { held_by: Some(Holder::Replica) })
            && self.told.is_new_replica(environment)
        {
            warn!(
                why = Holder::Replica.sentence(),
                "the database is not stopped, and costs as much as before"
            );
        }
    }
}

/// An environment that is as it should be is no news.
fn log(report: &Report<Rest>, standing: &Standing) {
    let (state, why, steps, looks) = (standing.state, standing.why, report.steps, report.looks);
    match report.outcome {
        Rest::Asleep { held_by: Some(holder) } if holder != Holder::Replica => {
            warn!(?state, why, "the database has not paused, and costs as much as before");
        }
        Rest::GaveUp(_) => error!(?state, why, code = standing.error, "its start has been given up"),
        Rest::Failed(Failure::Fault(fault)) if fault.retryable() => {
            warn!(?state, why, code = standing.error, "looked in vain");
        }
        Rest::Failed(_) => error!(?state, why, code = standing.error, "it cannot be looked after"),
        Rest::Would(_) => info!(?state, why, "left alone, as the configuration says"),
        _ if steps > 0 => info!(?state, why, steps, looks, "looked"),
        _ => debug!(?state, why, looks, "looked"),
    }
}
