//! What the use of an environment calls for: to stay awake, to doze or to sleep.

use std::time::{Duration, SystemTime};

use super::{Held, PROPAGATION, UNKNOWN, Verdict};
use crate::{
    config::Environment,
    environment::{
        note::Note,
        observed::{Observed, RouteTarget},
        usage::{Traffic, Unknown, Usage},
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
pub fn by_usage(environment: &Environment, observed: &Observed, usage: Usage, now: SystemTime) -> Verdict {
    let (traffic, protected) = match usage {
        Usage::Recent(used) if is_recent(environment, used.at, now) => {
            return Verdict::Stay(if used.stream { Held::Stream } else { Held::Request });
        }
        Usage::Recent(_) => return Verdict::Stay(Held::MetricsMissing),
        Usage::Read { traffic, protected } => (traffic, protected),
    };
    if protected == Ok(true) {
        return Verdict::Stay(Held::Protection);
    }
    let verdict = match traffic {
        Ok(traffic) => by_traffic(environment, observed, traffic, now),
        Err(Unknown { .. }) => unknown(observed, now, Held::MetricsMissing),
    };
    match (verdict, protected) {
        (Verdict::Stay(_), _) | (_, Ok(_)) => verdict,
        (_, Err(Unknown { .. })) => unknown(observed, now, Held::ProtectionUnknown),
    }
}

/// Whether a use at that time alone keeps it from dozing, whatever else is so.
pub fn is_recent(environment: &Environment, used: SystemTime, now: SystemTime) -> bool {
    now + environment.sleep.metrics_delay < used + environment.sleep.idle_after
}

fn by_traffic(environment: &Environment, observed: &Observed, traffic: Traffic, now: SystemTime) -> Verdict {
    let sleep = &environment.sleep;
    let Some(healthy_since) = traffic.healthy_since else {
        let healthy = environment.app_services().any(|index| observed.healthy.of(index) > 0);
        let used = traffic.last_request.max(traffic.last_stream).map(|at| at + sleep.idle_after);
        return match used {
            _ if healthy => unknown(observed, now, Held::MetricsMissing),
            Some(until) if now < until => Verdict::Stay(Held::Request),
            _ => starting(observed, now),
        };
    };
    if traffic.until + sleep.metrics_delay + OVERDUE < now {
        return unknown(observed, now, Held::MetricsMissing);
    }
    // Until the metrics have come for the time before it, a start may have been a wake.
    let started = started(observed);
    let grace = sleep.min_awake.max(sleep.metrics_delay);
    if started.is_some_and(|started| now < started + grace) {
        return Verdict::Stay(Held::Grace);
    }
    let (quiet_since, held) = quiet(environment, observed, traffic, healthy_since);
    let due = quiet_since + sleep.idle_after;
    if now + sleep.metrics_delay < due || traffic.until < quiet_since + KNOWN_QUIET {
        // Without a start since, the targets have not been away: their metrics are lost.
        let lost = held == Held::Grace && traffic.known_before.is_some_and(|before| started <= Some(before));
        return if lost { unknown(observed, now, Held::MetricsMissing) } else { Verdict::Stay(held) };
    }
    match dozing(observed).filter(|since| *since >= healthy_since) {
        Some(since) => {
            let complete = traffic.until >= since + PROPAGATION;
            let ripe = now >= due && now >= since + sleep.metrics_delay && complete;
            if ripe { Verdict::Sleep } else { Verdict::Dozing }
        }
        None => Verdict::Doze,
    }
}

/// Since when it dozes, if nobody has ended that.
fn dozing(observed: &Observed) -> Option<SystemTime> {
    match (observed.route, observed.note) {
        (RouteTarget::Waker, Note::Dozing { since }) if started(observed) <= Some(since) => Some(since),
        (_, _) => None,
    }
}

/// The beginning of a doze that a visitor has ended, whose request may not be in the metrics yet.
/// To doze again would redirect that visitor once more, and a program may follow no further.
fn ended_doze(observed: &Observed) -> Option<SystemTime> {
    match (observed.route, observed.note) {
        (RouteTarget::App, Note::Dozing { since }) | (_, Note::Used { since }) => Some(since),
        (_, _) => None,
    }
}

/// What would show its use is not known.
fn unknown(observed: &Observed, now: SystemTime, held: Held) -> Verdict {
    match dozing(observed) {
        Some(since) if now < since + UNKNOWN => Verdict::Dozing,
        _ => Verdict::Stay(held),
    }
}

/// Since when nobody has used it, and what that was.
fn quiet(
    environment: &Environment,
    observed: &Observed,
    traffic: Traffic,
    healthy_since: SystemTime,
) -> (SystemTime, Held) {
    let stream = traffic.last_stream.filter(|_| environment.sleep.websockets);
    let uses = [
        (Some(healthy_since), Held::Grace),
        (traffic.last_request, Held::Request),
        (ended_doze(observed), Held::Request),
        (stream, Held::Stream),
    ];
    let known = uses.into_iter().filter_map(|(at, held)| Some((at?, held)));
    known.max_by_key(|(at, _)| *at).unwrap_or((healthy_since, Held::Grace))
}

/// When a task was last started, for whatever reason. None, which is before any
/// time, if that was long ago.
fn started(observed: &Observed) -> Option<SystemTime> {
    observed.running.services.iter().flatten().filter_map(|tasks| tasks.started).max()
}

/// Nothing healthy, nobody there, and no failure that says why.
fn starting(observed: &Observed, now: SystemTime) -> Verdict {
    match observed.note {
        Note::Starting { since } if started(observed) <= Some(since) => {
            if now < since + STARTING {
                Verdict::Stay(Held::Starting)
            } else {
                Verdict::Sleep
            }
        }
        _ => Verdict::Starting,
    }
}
