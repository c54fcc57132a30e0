//! The decision about an awake environment by its use: stay awake, doze or sleep.

use std::time::{Duration, SystemTime};

use super::{AwakeReason, PROPAGATION, SleepDecision, UNKNOWN};
use crate::{
    config::Environment,
    environment::{
        snapshot::{RouteTarget, Snapshot},
        state_tag::StateTag,
        usage::{FailedRead, Traffic, Usage},
    },
};

/// The metrics must show this much idle time: without it, every app would look idle until its first
/// metrics come.
const KNOWN_QUIET: Duration = Duration::from_mins(2);
/// Metrics that are later than the configured delay by this much are missing.
const OVERDUE: Duration = Duration::from_mins(2);
/// Without a healthy target for this long, it is put to sleep.
const STARTING: Duration = Duration::from_mins(30);

/// The decision about an environment that is awake and that the snapshot alone does not decide.
///
/// ```text
/// idle  = idle_after, delay = metrics_delay
/// Q     = the latest of - since when the app has had a healthy target
///                       - the end of the last minute with a request
///                       - the end of the last minute with a stream's bytes, if `websockets` is set
///                       - the beginning of the last doze, if a visitor ended it: the request of
///                         that visitor may not be in the metrics yet
///
/// it dozes when   now >= Q + idle - delay
///             and metrics reach Q + 2 min, and are at most delay + 2 min old
///             and no task was started within max(min_awake, delay)
///             and no task is protected, and both reads succeeded
///
/// it sleeps when  all of that still holds
///             and it dozes: route -> waker, tag `dozing`; since the time in the tag no task was
///                 started, and the app has had a healthy target
///             and now >= Q + idle
///             and now >= beginning of the doze + delay
///             and metrics reach the beginning of the doze + 15 s
/// ```
///
/// An app without any healthy target in the metrics sleeps after 30 min, unless a request or a stream
/// is more recent than `idle`.
///
/// The state tag must have been read after the route.
pub fn from_usage(
    environment: &Environment,
    snapshot: &Snapshot,
    usage: Usage,
    now: SystemTime,
) -> SleepDecision {
    let (traffic, protected) = match usage {
        Usage::Recent(used) if is_recent(environment, used.at, now) => {
            return SleepDecision::Stay(if used.stream { AwakeReason::Stream } else { AwakeReason::Request });
        }
        Usage::Recent(_) => return SleepDecision::Stay(AwakeReason::MetricsMissing),
        Usage::Read { traffic, protected } => (traffic, protected),
    };
    if protected == Ok(true) {
        return SleepDecision::Stay(AwakeReason::Protection);
    }
    let decision = match traffic {
        Ok(traffic) => by_traffic(environment, snapshot, traffic, now),
        Err(FailedRead { .. }) => unknown(snapshot, now, AwakeReason::MetricsMissing),
    };
    match (decision, protected) {
        (SleepDecision::Stay(_), _) | (_, Ok(_)) => decision,
        (_, Err(FailedRead { .. })) => unknown(snapshot, now, AwakeReason::ProtectionUnknown),
    }
}

/// Whether a use at `used` alone keeps it from dozing.
pub fn is_recent(environment: &Environment, used: SystemTime, now: SystemTime) -> bool {
    now + environment.sleep.metrics_delay < used + environment.sleep.idle_after
}

fn by_traffic(
    environment: &Environment,
    snapshot: &Snapshot,
    traffic: Traffic,
    now: SystemTime,
) -> SleepDecision {
    let sleep = &environment.sleep;
    let Some(healthy_since) = traffic.healthy_since else {
        let healthy = environment.app_services().any(|index| snapshot.healthy.of(index) > 0);
        let used = traffic.last_request.max(traffic.last_stream).map(|at| at + sleep.idle_after);
        return match used {
            _ if healthy => unknown(snapshot, now, AwakeReason::MetricsMissing),
            Some(until) if now < until => SleepDecision::Stay(AwakeReason::Request),
            _ => starting(snapshot, now),
        };
    };
    if traffic.until + sleep.metrics_delay + OVERDUE < now {
        return unknown(snapshot, now, AwakeReason::MetricsMissing);
    }
    // A start may be a wake whose metrics have not come yet.
    let started = started(snapshot);
    let grace = sleep.min_awake.max(sleep.metrics_delay);
    if started.is_some_and(|started| now < started + grace) {
        return SleepDecision::Stay(AwakeReason::Grace);
    }
    let (quiet_since, held) = quiet(environment, snapshot, traffic, healthy_since);
    let due = quiet_since + sleep.idle_after;
    if now + sleep.metrics_delay < due || traffic.until < quiet_since + KNOWN_QUIET {
        // Without a start since the gap, the targets did not go away: their metrics are lost.
        let lost =
            held == AwakeReason::Grace && traffic.known_before.is_some_and(|before| started <= Some(before));
        return if lost {
            unknown(snapshot, now, AwakeReason::MetricsMissing)
        } else {
            SleepDecision::Stay(held)
        };
    }
    match dozing(snapshot).filter(|since| *since >= healthy_since) {
        Some(since) => {
            let complete = traffic.until >= since + PROPAGATION;
            let ripe = now >= due && now >= since + sleep.metrics_delay && complete;
            if ripe { SleepDecision::Sleep } else { SleepDecision::Dozing }
        }
        None => SleepDecision::Doze,
    }
}

/// Since when it dozes, if nothing has ended the doze.
fn dozing(snapshot: &Snapshot) -> Option<SystemTime> {
    match (snapshot.route, snapshot.state_tag) {
        (RouteTarget::Waker, StateTag::Dozing { since }) if started(snapshot) <= Some(since) => Some(since),
        (_, _) => None,
    }
}

/// The beginning of a doze that a visitor has ended, whose request may not be in the metrics yet.
/// Another doze would redirect that visitor again, and a program may follow no more redirects.
fn ended_doze(snapshot: &Snapshot) -> Option<SystemTime> {
    match (snapshot.route, snapshot.state_tag) {
        (RouteTarget::App, StateTag::Dozing { since }) | (_, StateTag::Used { since }) => Some(since),
        (_, _) => None,
    }
}

/// The use is unknown: a doze goes on for [`UNKNOWN`], anything else stays awake.
fn unknown(snapshot: &Snapshot, now: SystemTime, held: AwakeReason) -> SleepDecision {
    match dozing(snapshot) {
        Some(since) if now < since + UNKNOWN => SleepDecision::Dozing,
        _ => SleepDecision::Stay(held),
    }
}

/// Since when the app is idle, and what its last use was.
fn quiet(
    environment: &Environment,
    snapshot: &Snapshot,
    traffic: Traffic,
    healthy_since: SystemTime,
) -> (SystemTime, AwakeReason) {
    let stream = traffic.last_stream.filter(|_| environment.sleep.websockets);
    let uses = [
        (Some(healthy_since), AwakeReason::Grace),
        (traffic.last_request, AwakeReason::Request),
        (ended_doze(snapshot), AwakeReason::Request),
        (stream, AwakeReason::Stream),
    ];
    let known = uses.into_iter().filter_map(|(at, held)| Some((at?, held)));
    known.max_by_key(|(at, _)| *at).unwrap_or((healthy_since, AwakeReason::Grace))
}

/// When a task was last started, for any reason. None, which is earlier than any time, if that is
/// longer ago than ECS's events go back.
fn started(snapshot: &Snapshot) -> Option<SystemTime> {
    snapshot.running.services.iter().flatten().filter_map(|tasks| tasks.started).max()
}

/// No healthy target, no recent use, and no known failure.
fn starting(snapshot: &Snapshot, now: SystemTime) -> SleepDecision {
    match snapshot.state_tag {
        StateTag::Starting { since } if started(snapshot) <= Some(since) => {
            if now < since + STARTING {
                SleepDecision::Stay(AwakeReason::Starting)
            } else {
                SleepDecision::Sleep
            }
        }
        _ => SleepDecision::Starting,
    }
}
