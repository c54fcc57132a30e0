//! Metrics of the load balancer and of Aurora.

use std::time::{Duration, SystemTime};

use aws_config::SdkConfig;
use aws_sdk_cloudwatch::{
    Client,
    types::{Dimension, Metric, MetricDataQuery, MetricStat, StatusCode},
};
use aws_smithy_types::DateTime;
use tracing::warn;

use super::{
    error::cloud_error,
    traffic::{Figures, PERIOD, Series},
};
use crate::{
    config::{Environment, Route},
    environment::{fault::CloudError, usage::Traffic},
};

/// Beyond the idle time and the metrics' delay, so that the beginning of a run of
/// healthy targets is seen before the idle time is over.
const SLACK: Duration = Duration::from_mins(10);
/// A page holds 100,800 values: this is more than any window has.
const PAGES: usize = 4;
/// How far back the newest value of Aurora's metrics may be.
const RECENT: Duration = Duration::from_mins(15);

/// What explains bytes of the load balancer, whoever answered.
const ANSWERED: [&str; 5] = [
    "RequestCount",
    "HTTP_Fixed_Response_Count",
    "HTTP_Redirect_Count",
    "HTTPCode_ELB_4XX_Count",
    "HTTPCode_ELB_5XX_Count",
];

#[derive(Debug)]
pub(super) struct Metrics(Client);

/// What tells whether an Aurora is paused, and why not.
#[derive(Clone, Copy, Debug)]
pub(super) struct PauseFigures {
    pub(super) paused: Option<bool>,
    pub(super) connections: Option<u32>,
}

impl Metrics {
    pub(super) fn new(config: &SdkConfig) -> Self {
        Self(Client::new(config))
    }

    /// The app's traffic up to `now`; None, and a line in the log, where what came is
    /// not complete.
    pub(super) async fn traffic(
        &self,
        environment: &Environment,
        now: SystemTime,
    ) -> Result<Option<Traffic>, CloudError> {
        let sleep = &environment.sleep;
        let Some(from) = now.checked_sub(sleep.idle_after + sleep.metrics_delay + SLACK) else {
            return Ok(None);
        };
        let balancer = vec![dimension("LoadBalancer", load_balancer(&environment.route))];
        let app = [balancer.clone(), vec![dimension("TargetGroup", app(&environment.route))]].concat();
        let of_app = |name, statistic| ("AWS/ApplicationELB", name, app.clone(), statistic);
        let of_balancer = |name| ("AWS/ApplicationELB", name, balancer.clone(), "Sum");
        let mut wanted = vec![of_app("RequestCount", "Sum"), of_app("HealthyHostCount", "Maximum")];
        if sleep.websockets {
            wanted.push(of_balancer("ProcessedBytes"));
            wanted.extend(ANSWERED.map(of_balancer));
        }
        let Some(series) = self.get(wanted, from, now).await? else { return Ok(None) };
        let mut series = series.into_iter();
        let mut next = || series.next().unwrap_or_default();
        let (requests, healthy, bytes) = (next(), next(), next());
        let figures = Figures { requests, healthy, bytes, answered: series.collect() };
        Ok(Some(figures.traffic(from, now)))
    }

    pub(super) async fn pause(&self, identifier: &str, now: SystemTime) -> Result<PauseFigures, CloudError> {
        let of = |name| ("AWS/RDS", name, vec![dimension("DBClusterIdentifier", identifier)], "Maximum");
        let from = now.checked_sub(RECENT).unwrap_or(now);
        let wanted = vec![of("ServerlessDatabaseCapacity"), of("DatabaseConnections")];
        let series = self.get(wanted, from, now).await?.unwrap_or_default();
        let newest = |index: usize| series.get(index).and_then(|series| series.values().next_back());
        Ok(PauseFigures {
            paused: newest(0).map(|capacity| *capacity == 0.0),
            connections: newest(1).map(|count| whole(*count)),
        })
    }

    /// One series for each metric of `wanted`, in that order.
    async fn get(
        &self,
        wanted: Vec<(&str, &str, Vec<Dimension>, &str)>,
        from: SystemTime,
        now: SystemTime,
    ) -> Result<Option<Vec<Series>>, CloudError> {
        let mut series = vec![Series::new(); wanted.len()];
        let queries: Vec<_> = wanted.into_iter().enumerate().map(query).collect();
        let mut token = None;
        for _ in 0..PAGES {
            let get = self
                .0
                .get_metric_data()
                .set_metric_data_queries(Some(queries.clone()))
                .start_time(DateTime::from(from))
                .end_time(DateTime::from(now))
                .set_next_token(token);
            let output = get.send().await.map_err(|error| cloud_error("GetMetricData", error))?;
            for result in output.metric_data_results() {
                let index = result.id().and_then(|id| id.strip_prefix('m')?.parse::<usize>().ok());
                let Some(into) = index.and_then(|index| series.get_mut(index)) else { continue };
                let points = result.timestamps().iter().zip(result.values());
                into.extend(points.filter_map(|(at, value)| Some((u64::try_from(at.secs()).ok()?, *value))));
                // There are more pages to come, or this is all.
                let paged =
                    result.status_code() == Some(&StatusCode::PartialData) && output.next_token().is_some();
                if result.status_code() != Some(&StatusCode::Complete) && !paged {
                    let (label, status) = (result.label(), result.status_code().map(StatusCode::as_str));
                    warn!(label, status, "metrics are not complete, and so no evidence of idleness");
                    return Ok(None);
                }
            }
            token = output.next_token;
            if token.is_none() {
                return Ok(Some(series));
            }
        }
        warn!("metrics have more pages than they can have");
        Ok(None)
    }
}

fn query(
    (index, (namespace, name, dimensions, statistic)): (usize, (&str, &str, Vec<Dimension>, &str)),
) -> MetricDataQuery {
    let metric =
        Metric::builder().namespace(namespace).metric_name(name).set_dimensions(Some(dimensions)).build();
    let period = i32::try_from(PERIOD).unwrap_or_default();
    let stat = MetricStat::builder().metric(metric).period(period).stat(statistic).build();
    MetricDataQuery::builder().id(format!("m{index}")).metric_stat(stat).return_data(true).build()
}

fn dimension(name: &str, value: &str) -> Dimension {
    Dimension::builder().name(name).value(value).build()
}

/// As the metrics name it, `app/NAME/ID`: the rule's ARN holds it, and goes on with
/// the IDs of the listener and of the rule.
fn load_balancer(route: &Route) -> &str {
    let rule = route.rule_arn.split_once("listener-rule/").map_or("", |(_, rest)| rest);
    let end = rule.match_indices('/').nth(2).map_or(rule.len(), |(end, _)| end);
    &rule[..end]
}

/// `targetgroup/NAME/ID`.
fn app(route: &Route) -> &str {
    route.app_target_group_arn.rsplit_once(':').map_or("", |(_, resource)| resource)
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "`as` saturates")]
fn whole(number: f64) -> u32 {
    number.round() as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_dimensions_come_from_the_arns() {
        let of = "arn:aws:elasticloadbalancing:eu-west-1:111122223333";
        let route = Route {
            rule_arn: format!(
                "{of}:listener-rule/app/shared/50dc6c495c0c9188/f2f7dc8efc522ab2/9683b2d02a6cabee"
            ),
            app_target_group_arn: format!("{of}:targetgroup/web/73e2d6bc24d8a067"),
            waker_target_group_arn: String::new(),
        };
        assert_eq!(load_balancer(&route), "app/shared/50dc6c495c0c9188");
        assert_eq!(app(&route), "targetgroup/web/73e2d6bc24d8a067");
    }
}
