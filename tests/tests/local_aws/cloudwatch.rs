//! Queries of CloudWatch.

use std::time::{Duration, SystemTime};

use aws_sdk_cloudwatch::primitives::DateTime;
use aws_sdk_cloudwatch::types::{Dimension, Metric, MetricDataQuery, MetricDataResult, MetricStat, ScanBy};

use crate::local_aws::*;

pub(crate) const ELB: &str = "AWS/ApplicationELB";

pub(crate) fn metric(namespace: &str, name: &str, dimensions: &[(&str, &str)]) -> Metric {
    let dimensions =
        dimensions.iter().map(|(name, value)| Dimension::builder().name(*name).value(*value).build());
    Metric::builder()
        .namespace(namespace)
        .metric_name(name)
        .set_dimensions(Some(dimensions.collect()))
        .build()
}

pub(crate) fn query(id: &str, metric: Metric, statistic: &str) -> MetricDataQuery {
    let stat = MetricStat::builder().metric(metric).period(60).stat(statistic).build();
    MetricDataQuery::builder().id(id).metric_stat(stat).build()
}

/// The last ten minutes of the metrics' time.
pub(crate) async fn ask(
    stack: &Stack,
    queries: Vec<MetricDataQuery>,
    order: Option<ScanBy>,
) -> Vec<MetricDataResult> {
    let now = SystemTime::now();
    let asked = stack
        .cloudwatch()
        .get_metric_data()
        .set_metric_data_queries(Some(queries))
        .start_time(DateTime::from(now - Duration::from_mins(10)))
        .end_time(DateTime::from(now + Duration::from_mins(1)))
        .set_scan_by(order)
        .send();
    asked.await.unwrap().metric_data_results.unwrap()
}

pub(crate) async fn values(stack: &Stack, metric: Metric, statistic: &str) -> Vec<f64> {
    ask(stack, vec![query("m", metric, statistic)], None).await.remove(0).values.unwrap_or_default()
}

pub(crate) async fn sum(stack: &Stack, metric: Metric) -> f64 {
    values(stack, metric, "Sum").await.iter().sum()
}

/// The load balancer's dimension and one of its target group's.
pub(crate) fn dimensions(stack: &Stack) -> (String, String) {
    // A listener's ARN ends with the load balancer's name, its id and its own.
    let listener = stack.load_balancer.listener.split_once(":listener/").unwrap().1;
    let (load_balancer, _) = listener.rsplit_once('/').unwrap();
    (load_balancer.to_owned(), stack.load_balancer.app.rsplit_once(':').unwrap().1.to_owned())
}
