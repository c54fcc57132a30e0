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
    Standing, State, Waker,
    pace::{Pace, Paced},
    told::Missing,
};
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

/// Environments that are looked at at the same time.
const AT_ONCE: usize = 4;

impl<C: Cloud> Waker<C> {
    /// Looks at each, as far as the time goes; one that fails is no reason to leave out the next.
    pub(super) async fn look(&self, environments: Vec<&Environment>, limit: Duration) -> Vec<Standing> {
        let (pace, deadline) = (&Pace::new(), Instant::now() + limit);
        let order = self.rotation.order(&environments, SystemTime::now());
        let turns = stream::iter(order).then(|index| {
            let environment = environments[index];
            async move { (index, environment, pace.begin(environment, deadline).await) }
        });
        let looks = turns.map(|(index, environment, turn)| async move {
            let Some(turn) = turn else { return (index, None) };
            let left = deadline.saturating_duration_since(Instant::now());
            let cloud = Paced { cloud: &self.cloud, turn };
            let standing = self.tick_on(&cloud, environment, Order::Look, left).await;
            self.rotation.looked(environment);
            (index, Some(standing))
        });
        let mut looks: Vec<_> = looks.buffer_unordered(AT_ONCE).collect().await;
        looks.sort_unstable_by_key(|(index, _)| *index);
        let left: Vec<_> =
            looks.iter().filter(|(_, look)| look.is_none()).map(|(index, _)| environments[*index]).collect();
        if !left.is_empty() {
            let names: Vec<_> = left.iter().map(|environment| environment.name.as_str()).collect();
            warn!(
                count = names.len(),
                environments = names.join(" "),
                "had no time for these; the next tick begins with them"
            );
        }
        let standings = looks
            .into_iter()
            .map(|(index, look)| look.unwrap_or_else(|| Standing::without_look(environments[index])));
        let standings: Vec<_> = standings.collect();
        let asleep = standings.iter().filter(|standing| standing.state == State::Asleep).count();
        info!(environments = environments.len() - left.len(), asleep, "looked");
        standings
    }

    pub(super) async fn tick(&self, environment: &Environment, order: Order, limit: Duration) -> Standing {
        self.tick_on(&self.cloud, environment, order, limit).await
    }

    async fn tick_on(
        &self,
        cloud: &impl Cloud,
        environment: &Environment,
        order: Order,
        limit: Duration,
    ) -> Standing {
        let span = info_span!("environment", environment = environment.name);
        async {
            let mut tick = Tick::new(order, SystemTime::now(), limit, fastrand::u64(..));
            let report = drive(cloud, environment, &mut tick).await;
            let standing = Standing::after_tick(environment, &report, SystemTime::now());
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
    let (state, reason, why) = (standing.state, standing.reason, standing.why);
    let (steps, looks) = (report.steps, report.looks);
    match report.outcome {
        Rest::Asleep { held_by: Some(holder) } if holder != Holder::Replica => {
            warn!(?state, reason, why, "the database has not paused, and costs as much as before");
        }
        Rest::GaveUp(_) => error!(?state, reason, why, code = standing.error, "its start has been given up"),
        Rest::Failed(Failure::Fault(fault)) if fault.retryable() => {
            warn!(?state, reason, why, code = standing.error, "looked in vain");
        }
        Rest::Failed(_) => error!(?state, reason, why, code = standing.error, "it cannot be looked after"),
        Rest::Would(_) => info!(?state, reason, why, "left alone, as the configuration says"),
        _ if steps > 0 => info!(?state, reason, why, steps, looks, "looked"),
        _ => debug!(?state, reason, why, looks, "looked"),
    }
}
