//! CloudWatch's metrics of the load balancer and the database, on a clock that can be sped up.

use std::time::{Duration, SystemTime};

use aws_sdk_cloudwatch::error::ProvideErrorMetadata;
use aws_sdk_cloudwatch::primitives::DateTime;
use aws_sdk_cloudwatch::types::{MetricDataResult, ScanBy, StatusCode};
use aws_sdk_elasticloadbalancingv2::types::{
    ActionTypeEnum, RedirectActionConfig, RedirectActionStatusCodeEnum,
};
use reveille_tests::gate::Status;
use reveille_tests::ministack::Settings;

use crate::local_aws::cloudwatch::{ELB, ask, dimensions, metric, query, sum, values};
use crate::local_aws::*;

const MINUTE: i64 = 60;

async fn app_running(options: &Options) -> Stack {
    let stack = stack(options).await;
    stack.set_desired_count(1).await.unwrap();
    stack.log().wait_for("target_healthy", LIMIT).await.unwrap();
    stack
}

#[tokio::test]
#[expect(clippy::float_cmp, reason = "these are whole numbers")]
async fn requests_are_counted_where_a_target_was_chosen() {
    let stack = stack(&options(app())).await;
    let (balancer, app) = dimensions(&stack);
    let of_both = |name| metric(ELB, name, &[("LoadBalancer", &balancer), ("TargetGroup", &app)]);
    let of_balancer = |name| metric(ELB, name, &[("LoadBalancer", &balancer)]);
    // No traffic, no datapoint.
    assert!(values(&stack, of_both("RequestCount"), "Sum").await.is_empty());
    assert!(values(&stack, of_balancer("ProcessedBytes"), "Sum").await.is_empty());

    route_to(&stack, &stack.load_balancer.app).await;
    assert_eq!(reqwest::get(stack.url()).await.unwrap().status(), 503);
    assert!(values(&stack, of_both("RequestCount"), "Sum").await.is_empty());
    assert!(sum(&stack, of_balancer("ProcessedBytes")).await > 100.0);

    stack.set_desired_count(1).await.unwrap();
    stack.log().wait_for("target_healthy", LIMIT).await.unwrap();
    for _ in 0..3 {
        assert_eq!(reqwest::get(stack.url()).await.unwrap().status(), 200);
    }
    route_to(&stack, &stack.load_balancer.waker).await;
    assert_eq!(reqwest::get(stack.url()).await.unwrap().status(), 207);
    assert_eq!(sum(&stack, of_both("RequestCount")).await, 3.0);
    let averages = values(&stack, of_both("RequestCount"), "Average").await;
    assert!(averages.iter().all(|average| *average == 1.0), "{averages:?}");
    assert_eq!(sum(&stack, of_balancer("RequestCount")).await, 4.0);
    assert!(sum(&stack, of_balancer("LambdaTargetProcessedBytes")).await > 100.0);
}

#[tokio::test]
async fn the_load_balancers_own_answers_are_counted() {
    let stack = stack(&options(app())).await;
    let LoadBalancer { listener, route, .. } = &stack.load_balancer;
    let (balancer, _) = dimensions(&stack);
    let redirect = RedirectActionConfig::builder()
        .status_code(RedirectActionStatusCodeEnum::Http302)
        .path("/to/#{path}")
        .build();
    let redirect = aws_sdk_elasticloadbalancingv2::types::Action::builder()
        .r#type(ActionTypeEnum::Redirect)
        .redirect_config(redirect)
        .build();
    let from = stack.log().end();
    stack.elb().modify_rule().rule_arn(route).actions(redirect).send().await.unwrap();
    stack.log().find(from, LIMIT, |event| event.name == "rule_followed").await.unwrap();
    let answer = reveille_tests::raw_http::get(stack.load_balancer.port, "/a?b=c", &[]).await.unwrap();
    assert_eq!(answer.status, 302);
    let location = format!("http://127.0.0.1:{}/to/a?b=c", stack.load_balancer.port);
    assert_eq!(answer.header("location"), Some(location.as_str()));
    stack.elb().delete_rule().rule_arn(route).send().await.unwrap();
    assert_eq!(reqwest::get(stack.url()).await.unwrap().status(), 404, "{listener}'s default");
    for name in ["HTTP_Redirect_Count", "HTTP_Fixed_Response_Count"] {
        assert_eq!(values(&stack, metric(ELB, name, &[("LoadBalancer", &balancer)]), "Sum").await, [1.0]);
    }
    assert!(
        values(&stack, metric(ELB, "RequestCount", &[("LoadBalancer", &balancer)]), "Sum").await.is_empty()
    );
}

#[tokio::test]
async fn hosts_are_counted_while_there_are_any() {
    let stack = stack(&options(app())).await;
    let (balancer, app) = dimensions(&stack);
    let hosts = |name| metric(ELB, name, &[("LoadBalancer", &balancer), ("TargetGroup", &app)]);
    assert!(values(&stack, hosts("HealthyHostCount"), "Maximum").await.is_empty());
    stack.set_desired_count(1).await.unwrap();
    stack.log().wait_for("target_healthy", LIMIT).await.unwrap();
    let maximum = |values: Vec<f64>| values.into_iter().reduce(f64::max);
    assert_eq!(maximum(values(&stack, hosts("HealthyHostCount"), "Maximum").await), Some(1.0));
    let average = values(&stack, hosts("HealthyHostCount"), "Average").await;
    assert!(average.iter().all(|average| (0.0..=1.0).contains(average)), "{average:?}");
    assert!(!values(&stack, hosts("UnHealthyHostCount"), "Minimum").await.is_empty());
}

#[tokio::test]
async fn a_real_second_is_a_minute_and_the_newest_comes_first() {
    let mut options = options(app());
    options.settings.metrics_speed = Some(60.0);
    let stack = app_running(&options).await;
    let (balancer, app) = dimensions(&stack);
    route_to(&stack, &stack.load_balancer.app).await;
    let requests = metric(ELB, "RequestCount", &[("LoadBalancer", &balancer), ("TargetGroup", &app)]);
    reqwest::get(stack.url()).await.unwrap();
    // Until the first request is more than a minute old.
    let both = async {
        loop {
            reqwest::get(stack.url()).await.unwrap();
            let descending = ask(&stack, vec![query("m", requests.clone(), "Sum")], None).await.remove(0);
            if descending.timestamps().len() > 1 {
                let order = Some(ScanBy::TimestampAscending);
                let ascending = ask(&stack, vec![query("m", requests.clone(), "Sum")], order).await.remove(0);
                return (descending, ascending);
            }
        }
    };
    let (descending, ascending) = tokio::time::timeout(LIMIT, both).await.unwrap();
    let seconds =
        |result: &MetricDataResult| result.timestamps().iter().map(DateTime::secs).collect::<Vec<_>>();
    assert!(seconds(&descending).is_sorted_by(|newer, older| newer > older), "{descending:?}");
    assert!(seconds(&ascending).is_sorted(), "{ascending:?}");
    assert!(seconds(&descending).iter().all(|second| second % MINUTE == 0), "{descending:?}");

    // And until the whole last five minutes have passed without one.
    let end = || DateTime::from(SystemTime::now());
    let start = || DateTime::from(SystemTime::now() - Duration::from_mins(5));
    let gone = async {
        loop {
            let asked = stack.cloudwatch().get_metric_data().start_time(start()).end_time(end());
            let asked = asked.metric_data_queries(query("m", requests.clone(), "Sum")).send().await.unwrap();
            if asked.metric_data_results()[0].values().is_empty() {
                return;
            }
        }
    };
    let began = std::time::Instant::now();
    tokio::time::timeout(LIMIT, gone).await.unwrap();
    assert!(began.elapsed() > Duration::from_secs(3), "{:?}", began.elapsed());
}

#[tokio::test]
async fn data_may_be_late_partial_or_lost() {
    let mut stack = app_running(&options(app())).await;
    let (balancer, app) = dimensions(&stack);
    route_to(&stack, &stack.load_balancer.app).await;
    reqwest::get(stack.url()).await.unwrap();
    let requests = metric(ELB, "RequestCount", &[("LoadBalancer", &balancer), ("TargetGroup", &app)]);
    let asked = vec![query("requests", requests, "Sum")];
    let result = ask(&stack, asked.clone(), None).await.remove(0);
    assert_eq!((result.id(), result.label()), (Some("requests"), Some("RequestCount")));
    assert_eq!((result.status_code(), result.values()), (Some(&StatusCode::Complete), &[1.0][..]));

    let settings = |status: &str, lost, delay| Settings {
        metrics_status: Some(status.into()),
        metrics_lost: Some(lost),
        metrics_delay_seconds: Some(delay),
        ..Settings::default()
    };
    for (change, status, values) in [
        (settings("PartialData", false, 0.0), StatusCode::PartialData, 1),
        (settings("InternalError", false, 0.0), StatusCode::InternalError, 0),
        (settings("Complete", true, 0.0), StatusCode::Complete, 0),
        (settings("Complete", false, 600.0), StatusCode::Complete, 0),
        (settings("Complete", false, 0.0), StatusCode::Complete, 1),
    ] {
        stack.ministack.change(&change).await.unwrap();
        let result = ask(&stack, asked.clone(), None).await.remove(0);
        assert_eq!((result.status_code(), result.values().len()), (Some(&status), values), "{change:?}");
    }
}

/// No page promises that datapoints are complete or when they come:
/// <https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html>
#[tokio::test]
#[expect(clippy::float_cmp, reason = "these are whole numbers")]
async fn what_happens_while_a_metric_is_missing_is_never_known_and_what_is_late_is_known_later() {
    let mut stack = app_running(&options(app())).await;
    let (balancer, app) = dimensions(&stack);
    let of_both = |name| metric(ELB, name, &[("LoadBalancer", &balancer), ("TargetGroup", &app)]);
    route_to(&stack, &stack.load_balancer.app).await;
    let change = async |stack: &mut Stack, missing: &[&str], late: Option<f64>| {
        let settings = Settings {
            metrics_missing: Some(missing.iter().map(ToString::to_string).collect()),
            metrics_late: Some(late.map(|delay| ("RequestCount".to_owned(), delay)).into_iter().collect()),
            ..Settings::default()
        };
        stack.ministack.change(&settings).await.unwrap();
    };
    let visit = async |stack: &Stack| assert_eq!(reqwest::get(stack.url()).await.unwrap().status(), 200);

    visit(&stack).await;
    change(&mut stack, &["RequestCount"], None).await;
    visit(&stack).await;
    // Only that metric is missing.
    assert!(sum(&stack, metric(ELB, "ProcessedBytes", &[("LoadBalancer", &balancer)])).await > 100.0);
    change(&mut stack, &[], Some(600.0)).await;
    visit(&stack).await;
    visit(&stack).await;
    assert_eq!(sum(&stack, of_both("RequestCount")).await, 1.0);
    // Data that began late stay late.
    change(&mut stack, &[], None).await;
    visit(&stack).await;
    assert_eq!(sum(&stack, of_both("RequestCount")).await, 2.0);
    change(&mut stack, &[], Some(2.0)).await;
    visit(&stack).await;
    let known = async { while sum(&stack, of_both("RequestCount")).await != 3.0 {} };
    tokio::time::timeout(LIMIT, known).await.unwrap();
}

#[tokio::test]
async fn a_hole_in_a_count_of_hosts_is_a_minute_without_a_datapoint() {
    let mut options = options(app());
    options.settings.metrics_speed = Some(60.0);
    let mut stack = app_running(&options).await;
    let (balancer, app) = dimensions(&stack);
    let hosts = metric(ELB, "HealthyHostCount", &[("LoadBalancer", &balancer), ("TargetGroup", &app)]);
    let missing = |names: &[&str]| Settings {
        metrics_missing: Some(names.iter().map(ToString::to_string).collect()),
        ..Settings::default()
    };
    // Until there are a datapoint before, a whole minute without one, and a datapoint after it.
    let holed = async |stack: &Stack| {
        let asked = ask(stack, vec![query("m", hosts.clone(), "Maximum")], None).await.remove(0);
        let times: Vec<_> = asked.timestamps().iter().map(DateTime::secs).collect();
        times.windows(2).any(|pair| pair[0] - pair[1] > MINUTE)
    };
    assert!(!holed(&stack).await);
    stack.ministack.change(&missing(&["HealthyHostCount"])).await.unwrap();
    let newest = async |stack: &Stack| {
        let asked = ask(stack, vec![query("m", hosts.clone(), "Maximum")], None).await.remove(0);
        asked.timestamps().first().map_or(0, DateTime::secs)
    };
    let now = || SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs();
    let old = async { while newest(&stack).await > i64::try_from(now()).unwrap() - 3 * MINUTE {} };
    tokio::time::timeout(LIMIT, old).await.unwrap();
    stack.ministack.change(&missing(&[])).await.unwrap();
    tokio::time::timeout(LIMIT, async { while !holed(&stack).await {} }).await.unwrap();
}

/// Status codes: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDataResult.html>, errors:
/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CommonErrors.html>
#[tokio::test]
async fn a_share_of_the_calls_fails() {
    let mut stack = app_running(&options(app())).await;
    let (balancer, app) = dimensions(&stack);
    let hosts = metric(ELB, "HealthyHostCount", &[("LoadBalancer", &balancer), ("TargetGroup", &app)]);
    let failing = |shares: &[(&str, f64)]| Settings {
        metrics_failures: Some(shares.iter().map(|(name, share)| ((*name).to_owned(), *share)).collect()),
        ..Settings::default()
    };
    // Without retries, which would hide it.
    let retries = aws_sdk_cloudwatch::config::retry::RetryConfig::disabled();
    let config = stack.cloudwatch().config().to_builder().retry_config(retries).build();
    let cloudwatch = aws_sdk_cloudwatch::Client::from_conf(config);
    let asked = async || {
        let now = SystemTime::now();
        let asked = cloudwatch.get_metric_data().start_time(DateTime::from(now - Duration::from_mins(10)));
        let asked = asked.end_time(DateTime::from(now + Duration::from_mins(1)));
        match asked.metric_data_queries(query("m", hosts.clone(), "Maximum")).send().await {
            Ok(answer) => answer.metric_data_results()[0].status_code().unwrap().as_str().to_owned(),
            Err(error) => error.code().unwrap().to_owned(),
        }
    };
    for outcome in
        ["PartialData", "InternalError", "InternalFailure", "ServiceUnavailable", "ThrottlingException"]
    {
        stack.ministack.change(&failing(&[(outcome, 1.0)])).await.unwrap();
        assert_eq!(asked().await, outcome);
    }
    // With a share of a half, 200 calls all succeed or all fail once in 2^199 times.
    stack.ministack.change(&failing(&[("InternalFailure", 0.5)])).await.unwrap();
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..200 {
        seen.insert(asked().await);
    }
    assert_eq!(seen.into_iter().collect::<Vec<_>>(), ["Complete", "InternalFailure"]);
}

#[tokio::test]
async fn a_window_that_ends_before_it_begins_is_refused() {
    let stack = stack(&options(app())).await;
    let now = DateTime::from(SystemTime::now());
    let requests = metric(ELB, "RequestCount", &[("LoadBalancer", "app/demo/0")]);
    let asked = stack.cloudwatch().get_metric_data().metric_data_queries(query("m", requests, "Sum"));
    let refused = asked.start_time(now).end_time(now).send().await.unwrap_err();
    assert_eq!(refused.code(), Some("ValidationError"));
}

#[tokio::test]
async fn a_paused_aurora_has_no_capacity_and_a_stopped_one_no_data() {
    let mut options = options(app());
    options.settings.metrics_speed = Some(60.0);
    let stack = stack(&options).await;
    let capacity = metric("AWS/RDS", "ServerlessDatabaseCapacity", &[("DBClusterIdentifier", NAME)]);
    let newest = async |expected: Option<f64>| {
        let reached = async {
            loop {
                let asked = ask(&stack, vec![query("m", capacity.clone(), "Maximum")], None).await.remove(0);
                // A stopped database's last datapoint stays, and grows old.
                let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs();
                let old = i64::try_from(now).unwrap() - 3 * MINUTE;
                let recent = asked.timestamps().first().is_some_and(|newest| newest.secs() > old);
                if recent.then(|| asked.values()[0]) == expected {
                    return;
                }
            }
        };
        tokio::time::timeout(LIMIT, reached).await.unwrap();
    };
    newest(Some(0.0)).await;
    stack.gate.turn(Status::Up);
    newest(Some(0.5)).await;
    stack.gate.turn(Status::Paused);
    newest(Some(0.0)).await;
    stack.gate.turn(Status::Stopped);
    newest(None).await;
    let other = metric("AWS/RDS", "ServerlessDatabaseCapacity", &[("DBClusterIdentifier", "other")]);
    assert!(values(&stack, other, "Maximum").await.is_empty());
}
