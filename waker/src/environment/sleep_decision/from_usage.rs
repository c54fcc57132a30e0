//! What the use of an environment calls for: to stay awake, to doze or to sleep.

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

/// Idleness must have been reported for so long: with nothing but what has not come
/// yet, every app would look idle.
const KNOWN_QUIET: Duration = Duration::from_mins(2);
/// Beyond the delay that is expected, so late that something is wrong.
const OVERDUE: Duration = Duration::from_mins(2);
/// Without a healthy target for so long, it is given up to sleep.
const STARTING: Duration = Duration::from_mins(30);

/// What an environment calls for that is awake and that nothing but its use keeps
/// awake. The note must have been looked at after the route.
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

/// Whether a use at that time alone keeps it from dozing, whatever else is so.
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
    // Until the metrics have come for the time before it, a start may have been a wake.
    let started = started(snapshot);
    let grace = sleep.min_awake.max(sleep.metrics_delay);
    if started.is_some_and(|started| now < started + grace) {
        return SleepDecision::Stay(AwakeReason::Grace);
    }
    let (quiet_since, held) = quiet(environment, snapshot, traffic, healthy_since);
    let due = quiet_since + sleep.idle_after;
    if now + sleep.metrics_delay < due || traffic.until < quiet_since + KNOWN_QUIET {
        // Without a start since, the targets have not been away: their metrics are lost.
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

/// Since when it dozes, if nobody has ended that.
fn dozing(snapshot: &Snapshot) -> Option<SystemTime> {
    match (snapshot.route, snapshot.state_tag) {
        (RouteTarget::Waker, StateTag::Dozing { since }) if started(snapshot) <= Some(since) => Some(since),
        (_, _) => None,
    }
}

/// The beginning of a doze that a visitor has ended, whose request may not be in the metrics yet.
/// To doze again would redirect that visitor once more, and a program may follow no further.
fn ended_doze(snapshot: &Snapshot) -> Option<SystemTime> {
    match (snapshot.route, snapshot.state_tag) {
        (RouteTarget::App, StateTag::Dozing { since }) | (_, StateTag::Used { since }) => Some(since),
        (_, _) => None,
    }
}

/// What would show its use is not known.
fn unknown(snapshot: &Snapshot, now: SystemTime, held: AwakeReason) -> SleepDecision {
    match dozing(snapshot) {
        Some(since) if now < since + UNKNOWN => SleepDecision::Dozing,
        _ => SleepDecision::Stay(held),
    }
}

/// Since when nobody has used it, and what that was.
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

/// When a task was last started, for whatever reason. None, which is before any
/// time, if that was long ago.
fn started(snapshot: &Snapshot) -> Option<SystemTime> {
    snapshot.running.services.iter().flatten().filter_map(|tasks| tasks.started).max()
}

/// Nothing healthy, nobody there, and no failure that says why.
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
