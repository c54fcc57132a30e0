//! CloudWatch metrics of the load balancer and of Aurora.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::{Duration, SystemTime},
};

use aws_config::SdkConfig;
use aws_sdk_cloudwatch::{
    Client,
    types::{Dimension, Metric, MetricDataQuery, MetricStat, StatusCode},
};
use aws_smithy_types::DateTime;
use tracing::warn;

use super::error::cloud_error;
use crate::{
    config::{Environment, Route},
    environment::{
        fault::{CloudError, FaultKind},
        recent_use::RecentUse,
        sleep_decision::is_recent,
        streams::{self, Balancer, StreamRule},
        traffic::{Figures, PERIOD, Series},
        usage::{LastUse, Traffic},
    },
};

/// Added to the idle time and the metrics' delay, so that the beginning of a run of healthy targets is
/// seen before the idle time is over.
const SLACK: Duration = Duration::from_mins(10);
/// More than any window needs: a page holds 100,800 values.
const PAGES: usize = 4;
/// The greatest age of the newest value of Aurora's metrics.
const RECENT: Duration = Duration::from_mins(15);

const GET: &str = "GetMetricData";

/// Metrics of the load balancer's own answers; only the third counts redirects to a login.
const OWN_ANSWERS: [&str; 5] = [
    "HTTP_Fixed_Response_Count",
    "HTTP_Redirect_Count",
    "HTTPCode_ELB_3XX_Count",
    "HTTPCode_ELB_4XX_Count",
    "HTTPCode_ELB_5XX_Count",
];

#[derive(Debug)]
pub(super) struct Metrics {
    client: Client,
    /// By the environment's name.
    recent_uses: Mutex<HashMap<String, RecentUse>>,
}

/// Namespace, name, dimensions and statistic.
type Wanted<'a> = (&'a str, &'a str, Vec<Dimension>, &'a str);

/// Whether an Aurora cluster is paused, and why not.
#[derive(Clone, Copy, Debug)]
pub(super) struct PauseFigures {
    pub(super) paused: Option<bool>,
    pub(super) connections: Option<u32>,
}

impl Metrics {
    pub(super) fn new(config: &SdkConfig) -> Self {
        Self { client: Client::new(config), recent_uses: Mutex::default() }
    }

    /// The last use, if it alone keeps the environment from dozing at `now`. Call it once per tick.
    pub(super) fn recent(&self, environment: &Environment, now: SystemTime) -> Option<LastUse> {
        let mut recent_uses = self.recent_uses.lock().unwrap_or_else(PoisonError::into_inner);
        recent_uses.get_mut(&environment.name)?.spend(environment, now)
    }

    /// The app's traffic up to `now`. Streams are read only if no request keeps it awake.
    pub(super) async fn traffic(
        &self,
        environment: &Environment,
        now: SystemTime,
    ) -> Result<Traffic, CloudError> {
        let sleep = &environment.sleep;
        let from = before(now, sleep.idle_after + sleep.metrics_delay + SLACK);
        let dimensions = [load_balancer(&environment.route), app(&environment.route)];
        let of_app = |name, statistic| ("AWS/ApplicationELB", name, dimensions.to_vec(), statistic);
        let wanted = vec![
            of_app("RequestCount", "Sum"),
            of_app("GrpcRequestCount", "Sum"),
            of_app("HealthyHostCount", "Maximum"),
        ];
        let [requests, grpc, healthy] = self.complete(wanted, from, now).await?;
        let mut traffic = Figures { requests, grpc, healthy }.traffic(from, now);
        let mut stream = None;
        if sleep.websockets && !traffic.last_request.is_some_and(|at| is_recent(environment, at, now)) {
            let balancer = self.balancer(&environment.route, now).await?;
            let lasting = StreamRule::new(sleep.idle_after, environment.idle_timeout);
            traffic.last_stream = balancer.last_stream(lasting, now);
            // The metrics that explain the newest bytes may come later than the bytes.
            stream = balancer.last_stream(lasting, before(now, sleep.metrics_delay));
        }
        let recent_use = traffic.used(stream).and_then(|used| RecentUse::new(environment, used, now));
        let mut recent_uses = self.recent_uses.lock().unwrap_or_else(PoisonError::into_inner);
        match recent_use {
            Some(recent_use) => recent_uses.insert(environment.name.clone(), recent_use),
            None => recent_uses.remove(&environment.name),
        };
        drop(recent_uses);
        Ok(traffic)
    }

    async fn balancer(&self, route: &Route, now: SystemTime) -> Result<Balancer, CloudError> {
        let balancer = load_balancer(route);
        let of = |name| ("AWS/ApplicationELB", name, vec![balancer.clone()], "Sum");
        let waker = vec![balancer.clone(), target_group(&route.waker_target_group_arn)];
        let mut wanted = vec![
            of("ProcessedBytes"),
            of("LambdaTargetProcessedBytes"),
            of("RequestCount"),
            ("AWS/ApplicationELB", "RequestCount", waker, "Sum"),
        ];
        wanted.extend(OWN_ANSWERS.map(of));
        let [bytes, function_bytes, requests, waker_requests, own @ ..]: [Series; 9] =
            self.complete(wanted, before(now, streams::LOOKBACK), now).await?;
        Ok(Balancer { bytes, function_bytes, requests, waker_requests, own: own.to_vec() })
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

    /// One series per wanted metric, or an error if they are incomplete.
    async fn complete<const N: usize>(
        &self,
        wanted: Vec<Wanted<'_>>,
        from: SystemTime,
        now: SystemTime,
    ) -> Result<[Series; N], CloudError> {
        let series = self.get(wanted, from, now).await?.and_then(|series| series.try_into().ok());
        series.ok_or_else(|| CloudError::new(FaultKind::Malformed, GET, "metrics are not complete"))
    }

    /// One series per metric of `wanted`, in that order; None, and a line in the log, if the answer is
    /// incomplete.
    async fn get(
        &self,
        wanted: Vec<Wanted<'_>>,
        from: SystemTime,
        now: SystemTime,
    ) -> Result<Option<Vec<Series>>, CloudError> {
        let mut series = vec![Series::new(); wanted.len()];
        let queries: Vec<_> = wanted.into_iter().enumerate().map(query).collect();
        let mut token = None;
        for _ in 0..PAGES {
            let get = self
                .client
                .get_metric_data()
                .set_metric_data_queries(Some(queries.clone()))
                .start_time(DateTime::from(from))
                .end_time(DateTime::from(now))
                .set_next_token(token);
            let output = get.send().await.map_err(|error| cloud_error(GET, error))?;
            for result in output.metric_data_results() {
                let index = result.id().and_then(|id| id.strip_prefix('m')?.parse::<usize>().ok());
                let Some(into) = index.and_then(|index| series.get_mut(index)) else { continue };
                let points = result.timestamps().iter().zip(result.values());
                into.extend(points.filter_map(|(at, value)| Some((u64::try_from(at.secs()).ok()?, *value))));
                // `PartialData` is expected if there is a next page.
                let paged =
                    result.status_code() == Some(&StatusCode::PartialData) && output.next_token().is_some();
                if result.status_code() != Some(&StatusCode::Complete) && !paged {
                    let (label, status) = (result.label(), result.status_code().map(StatusCode::as_str));
                    warn!(label, status, "metrics are incomplete, so the environment does not count as idle");
                    return Ok(None);
                }
            }
            token = output.next_token;
            if token.is_none() {
                return Ok(Some(series));
            }
        }
        warn!("metrics have more pages than expected");
        Ok(None)
    }
}

fn query((index, (namespace, name, dimensions, statistic)): (usize, Wanted<'_>)) -> MetricDataQuery {
    let metric =
        Metric::builder().namespace(namespace).metric_name(name).set_dimensions(Some(dimensions)).build();
    let period = i32::try_from(PERIOD).unwrap_or_default();
    let stat = MetricStat::builder().metric(metric).period(period).stat(statistic).build();
    MetricDataQuery::builder().id(format!("m{index}")).metric_stat(stat).return_data(true).build()
}

fn dimension(name: &str, value: &str) -> Dimension {
    Dimension::builder().name(name).value(value).build()
}

/// As in the metrics, `app/NAME/ID`. The rule's ARN contains it, followed by the IDs of the listener
/// and the rule.
fn load_balancer(route: &Route) -> Dimension {
    let rule = route.rule_arn.split_once("listener-rule/").map_or("", |(_, rest)| rest);
    let end = rule.match_indices('/').nth(2).map_or(rule.len(), |(end, _)| end);
    dimension("LoadBalancer", &rule[..end])
}

fn app(route: &Route) -> Dimension {
    target_group(&route.app_target_group_arn)
}

/// As in the metrics, `targetgroup/NAME/ID`.
fn target_group(arn: &str) -> Dimension {
    dimension("TargetGroup", arn.rsplit_once(':').map_or("", |(_, resource)| resource))
}

fn before(now: SystemTime, time: Duration) -> SystemTime {
    now.checked_sub(time).unwrap_or(SystemTime::UNIX_EPOCH)
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
        assert_eq!(load_balancer(&route), dimension("LoadBalancer", "app/shared/50dc6c495c0c9188"));
        assert_eq!(app(&route), dimension("TargetGroup", "targetgroup/web/73e2d6bc24d8a067"));
    }
}
