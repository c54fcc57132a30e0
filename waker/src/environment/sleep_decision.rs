//! What a look calls for that nobody has asked for: to stay awake, to fall
//! asleep, or to be tidied up.
//!
//! ```text
//! app's desired count  0   schedule open ----------------------> Wake
//!                          others were started just now -------> Wake (one that was interrupted)
//!                          else -------------------------------> Asleep
//!
//!                     > 0   never, schedule, deployment --------> Stay
//!                           start failed three times, or the
//!                           deployment for good ----------------> GiveUp
//!                           protected task, grace, request or
//!                           stream in the window ---------------> Stay
//!                           something unknown: dozing ----------> Dozing, for half an hour
//!                                              else ------------> Stay
//!                           route -> app -----------------------> Doze
//!                           route -> waker, dozing for as long as
//!                           metrics may be late ----------------> Sleep
//! ```
//!
//! Metrics come minutes late: an app that looks idle may have got a request since.
//! So it dozes first, with its tasks running and the route turned to the waker. A
//! visitor who comes meanwhile turns it back; if none does, the metrics that have
//! come by the end of the doze know of every request that the app ever got.

mod from_usage;

use std::time::{Duration, SystemTime};

pub use from_usage::{from_usage, is_recent};
use jiff::Timestamp;

use super::{
    failure::StartFailure,
    plan,
    snapshot::{DatabaseStatus, Snapshot, Tasks},
};
use crate::config::Environment;

/// After so many failed starts nobody is helped by a further one.
const FAILED_STARTS: u32 = 3;
/// Something unknown is taken to pass for so long. A doze goes on meanwhile: nobody is cut
/// off by it, since the first visitor turns the route back, and to sleep takes complete
/// metrics of all the time before it. After that a person is told, and no visitor is sent
/// through the waker any more for the sake of metrics that do not come.
pub const UNKNOWN: Duration = Duration::from_mins(30);
/// From the time that a doze's note names until the load balancer sends no request to
/// the app any more: its nodes follow a turned route within seconds, and AWS does not
/// say how many.
pub const PROPAGATION: Duration = Duration::from_secs(15);
/// A deployment that has not come to its end by then never may.
const DEPLOYMENT: Duration = Duration::from_hours(1);
/// A wake that stopped half-way is finished for so long.
const UNFINISHED: Duration = Duration::from_mins(10);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SleepDecision {
    /// It is asleep; what is left over is put away.
    Asleep,
    /// It sleeps and should not.
    Wake,
    Stay(AwakeReason),
    /// It has begun to start, which must not take without end.
    Starting,
    /// Nobody seems to use it.
    Doze,
    /// It dozes, and the metrics that would show its use have not all come.
    Dozing,
    /// Nobody uses it.
    Sleep,
    GiveUp(StartFailure),
    /// What decides has not been looked at.
    Undecided,
}

impl SleepDecision {
    /// What would be done about it.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Asleep => "what is left over of its last sleep would be put away",
            Self::Wake => "it would be woken",
            Self::Stay(_) | Self::Starting | Self::Undecided => "it would be kept awake and mended",
            Self::Doze | Self::Dozing => "its route would be turned to the waker, and soon it would sleep",
            Self::Sleep => "it would be put to sleep",
            Self::GiveUp(_) => "its start would be given up",
        }
    }
}

/// Why an environment is kept awake.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AwakeReason {
    /// The configuration says never.
    Never,
    Schedule,
    Deployment,
    Protection,
    /// It is unknown whether a task is protected.
    ProtectionUnknown,
    /// Metrics are missing, partial or overdue.
    MetricsMissing,
    /// It has not been awake for long enough.
    Grace,
    Starting,
    Request,
    Stream,
}

impl AwakeReason {
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Never => "the configuration never lets it sleep",
            Self::Schedule => "the schedule keeps it awake at this hour",
            Self::Deployment => "a deployment is under way",
            Self::Protection => "a task is protected from being stopped",
            Self::ProtectionUnknown => "whether a task is protected is unknown",
            Self::MetricsMissing => "the load balancer's metrics are not complete",
            Self::Grace => "it has not been awake for long enough",
            Self::Starting => "it is still starting",
            Self::Request => "the app has had a request within the idle time",
            Self::Stream => "bytes pass that no request explains, such as a WebSocket's",
        }
    }
}

/// Whether one of the environment's windows is open.
pub fn scheduled(environment: &Environment, now: SystemTime) -> bool {
    let now = Timestamp::try_from(now);
    now.is_ok_and(|now| environment.sleep.schedule.iter().any(|window| window.is_open(now)))
}

/// What the observation alone calls for.
pub fn from_snapshot(environment: &Environment, snapshot: &Snapshot, now: SystemTime) -> SleepDecision {
    let awake = snapshot.running.awake(environment);
    if scheduled(environment, now) {
        return if awake { SleepDecision::Stay(AwakeReason::Schedule) } else { SleepDecision::Wake };
    }
    if !awake {
        return if unfinished(snapshot, now) { SleepDecision::Wake } else { SleepDecision::Asleep };
    }
    if environment.sleep.never {
        return SleepDecision::Stay(AwakeReason::Never);
    }
    if let Some(failure) = given_up(environment, snapshot) {
        return SleepDecision::GiveUp(failure);
    }
    let deploying =
        |tasks: &Tasks| tasks.deploying && tasks.deployed.is_none_or(|deployed| now < deployed + DEPLOYMENT);
    if snapshot.running.services.iter().flatten().any(deploying) {
        return SleepDecision::Stay(AwakeReason::Deployment);
    }
    SleepDecision::Undecided
}

/// Whether a wake has begun and its first services have started, but not the app.
fn unfinished(snapshot: &Snapshot, now: SystemTime) -> bool {
    snapshot
        .running
        .services
        .iter()
        .flatten()
        .any(|tasks| tasks.desired > 0 && tasks.started.is_some_and(|started| now < started + UNFINISHED))
}

/// Why the app does not start, if it has been tried often enough or ECS tries no more. A container that
/// exits because its database is not up yet is no failure of its own.
fn given_up(environment: &Environment, snapshot: &Snapshot) -> Option<StartFailure> {
    let database = snapshot.running.database.map(|database| database.status);
    if database.is_some_and(|status| status != DatabaseStatus::Available)
        || plan::services_ready(environment, snapshot)
    {
        return None;
    }
    let services = environment.services.iter().zip(&snapshot.running.services);
    let mut required = services.filter(|(service, _)| !service.optional).filter_map(|(_, tasks)| *tasks);
    let hopeless = |tasks: &Tasks| {
        tasks.failed_starts >= FAILED_STARTS || tasks.failure.is_some_and(StartFailure::is_final)
    };
    required.find(hopeless).and_then(|tasks| tasks.failure)
}

#[cfg(test)]
mod tests;
