use super::*;
use crate::environment::traffic::tests::{minute, series};

const HALF_AN_HOUR: Duration = Duration::from_mins(30);
const A_MINUTE: Duration = Duration::from_mins(1);

/// The bytes of a monitor's status request with its answer.
const STATUS: u32 = 1_400;
/// An idle WebSocket's pings and pongs in a minute.
const PINGS: u32 = 36;

/// The same value in each of so many minutes.
fn each(minutes: usize, value: u32) -> Series {
    series(&vec![Some(value); minutes])
}

/// A monitor polls the status once a minute, and nothing else happens; `times` is how often
/// `ProcessedBytes` counts a function's byte.
fn monitored(minutes: usize, times: f64) -> Balancer {
    let functions = each(minutes, STATUS);
    Balancer {
        bytes: functions.iter().map(|(minute, bytes)| (*minute, bytes * times)).collect(),
        function_bytes: functions,
        requests: each(minutes, 1),
        waker_requests: each(minutes, 1),
        own: vec![],
    }
}

/// A target other than the waker answers so many requests in that minute.
fn answers(balancer: &mut Balancer, minute: u64, requests: u32, bytes: f64) {
    *balancer.requests.entry(minute * 60).or_default() += f64::from(requests);
    *balancer.bytes.entry(minute * 60).or_default() += bytes;
}

fn passes(balancer: &mut Balancer, minutes: std::ops::Range<u64>, bytes: f64) {
    for minute in minutes {
        *balancer.bytes.entry(minute * 60).or_default() += bytes;
    }
}

fn last_stream(balancer: &Balancer) -> Option<SystemTime> {
    balancer.last_stream(StreamRule::new(HALF_AN_HOUR, A_MINUTE), minute(1_000))
}

#[test]
fn bytes_without_any_answer_are_a_stream_at_once() {
    let mut balancer = Balancer::default();
    passes(&mut balancer, 5..6, f64::from(PINGS));
    assert_eq!(last_stream(&balancer), Some(minute(6)));
    balancer.own = vec![Series::default(), series(&[None, None, None, None, None, Some(1)])];
    assert_eq!(last_stream(&balancer), None, "a redirect to a login has bytes too");
}

#[test]
fn a_monitor_that_polls_the_status_is_no_stream_however_its_bytes_are_counted() {
    for times in [0.8, 1.0, 1.1, 1.6, 2.0] {
        assert_eq!(last_stream(&monitored(60, times)), None, "{times}");
    }
}

#[test]
fn a_monitor_does_not_hide_an_idle_websocket() {
    let mut balancer = monitored(60, 1.0);
    passes(&mut balancer, 20..50, f64::from(PINGS));
    assert_eq!(last_stream(&balancer), Some(minute(50)));
    let before = |end| balancer.last_stream(StreamRule::new(HALF_AN_HOUR, A_MINUTE), minute(end));
    assert_eq!(before(40), Some(minute(40)));
    assert_eq!(before(34), None, "it must go on, and has not yet");
}

#[test]
fn a_monitor_does_not_hide_a_busy_websocket_with_more_bytes_however_they_are_counted() {
    for times in [1.0, 1.1, 1.6, 2.0] {
        let mut balancer = monitored(60, times);
        passes(&mut balancer, 1..60, 2.0 * f64::from(STATUS));
        assert_eq!(last_stream(&balancer), Some(minute(60)), "{times}");
    }
}

/// Streams that the documentation says can stay hidden.
#[test]
fn an_idle_websocket_is_hidden_by_a_monitor_where_functions_count_twice_or_it_was_open_all_day() {
    let mut twice = monitored(60, 1.6);
    passes(&mut twice, 20..60, f64::from(PINGS));
    assert_eq!(last_stream(&twice), None);
    let mut all_day = monitored(60, 1.0);
    passes(&mut all_day, 0..60, f64::from(PINGS));
    assert_eq!(last_stream(&all_day), None);
}

#[test]
fn small_requests_to_another_app_hide_no_websocket_with_more_bytes_or_with_a_minute_of_its_own() {
    let mut balancer = Balancer::default();
    for minute in 0..60 {
        answers(&mut balancer, minute, 2, 2.0 * 900.0);
    }
    assert_eq!(last_stream(&balancer), None);
    let quiet = balancer.clone();
    passes(&mut balancer, 20..60, 3_000.0);
    assert_eq!(last_stream(&balancer), Some(minute(60)));

    let mut left = quiet;
    left.requests.remove(&(30 * 60));
    left.bytes.remove(&(30 * 60));
    passes(&mut left, 20..60, f64::from(PINGS));
    assert_eq!(last_stream(&left), Some(minute(31)));
}

#[test]
fn another_apps_pages_are_no_stream_unless_they_go_on_without_a_gap() {
    let mut balancer = Balancer::default();
    for minute in (0..60).filter(|minute| minute % 10 != 9) {
        answers(&mut balancer, minute, 20, 20.0 * 80_000.0);
    }
    assert_eq!(last_stream(&balancer), None);
    for minute in [9, 19] {
        answers(&mut balancer, minute, 20, 20.0 * 80_000.0);
    }
    assert_eq!(last_stream(&balancer), Some(minute(29)));
}

#[test]
fn an_upload_is_a_stream_at_once_although_other_requests_are_answered() {
    let mut balancer = monitored(60, 1.0);
    answers(&mut balancer, 40, 3, 2_000.0);
    passes(&mut balancer, 40..41, 5.0 * LARGE);
    assert_eq!(last_stream(&balancer), Some(minute(41)));
}

#[test]
fn the_rule_for_streams_follows_the_settings() {
    let mut balancer = monitored(60, 1.0);
    for minute in [20, 22, 24, 26] {
        passes(&mut balancer, minute..minute + 1, f64::from(PINGS));
    }
    for (idle_after, idle_timeout, found) in [
        (Duration::from_mins(5), Duration::from_secs(60), None),
        (Duration::from_mins(5), Duration::from_secs(61), Some(minute(27))),
        (HALF_AN_HOUR, Duration::from_secs(120), None),
    ] {
        let lasting = StreamRule::new(idle_after, idle_timeout);
        assert_eq!(balancer.last_stream(lasting, minute(60)), found, "{lasting:?}");
    }
}

#[test]
fn a_monitor_and_another_app_together_hide_no_stream_where_the_app_leaves_a_few_minutes() {
    let mut balancer = monitored(60, 1.0);
    for minute in (0..60).filter(|minute| minute % 8 != 0) {
        answers(&mut balancer, minute, 1, 900.0);
    }
    assert_eq!(last_stream(&balancer), None);
    passes(&mut balancer, 20..45, f64::from(PINGS));
    assert_eq!(last_stream(&balancer), Some(minute(41)), "the last minute that the neighbour left");
}
