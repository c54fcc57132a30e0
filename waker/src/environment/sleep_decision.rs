//! What a tick decides about an environment: it stays awake, dozes, sleeps or wakes.
//!
//! ```text
//!           doze: idle as far as the metrics show     sleep: idle in complete metrics
//!  +-------+ -----------------> +-----------------+ -----------------> +--------+
//!  | awake |                    | dozing          |                    | asleep |
//!  | route | a visitor turns    | route -> waker, |                    | counts |
//!  | -> app| the route back, or | the tasks run   |                    | are 0  |
//!  +-------+ a late metric shows+-----------------+                    +--------+
//!    ^   ^   a use                       |                               ^    |
//!    |   +-------------------------------+                               |    |
//!    |                                                                   |    |
//!    | three failed starts, a failed deployment, or 30 min without a healthy target
//!    +-------------------------------------------------------------------+    |
//!    +------------------------------------------------------------------------+
//!              a visitor, a command, or an open window of the schedule
//! ```
//!
//! The first condition that applies decides ([`from_snapshot`], then [`from_usage`] with its formula):
//!
//! ```text
//! schedule open           app's count 0: Wake; else Stay
//! app's count 0           another service started less than 10 min ago: Wake (an interrupted wake);
//!                         else Asleep
//! sleep.never             Stay
//! start failed            three times, or ECS has given up the deployment: GiveUp
//! deployment              less than 1 h old: Stay
//! protected task          Stay
//! use unknown             metrics are missing, or the protection cannot be read: Dozing for up to
//!                         30 min if it dozes already; else Stay
//! in use                  a request, a stream or a start is too recent: Stay
//! no healthy target       Starting; after 30 min Sleep
//! idle, not dozing        Doze
//! idle, dozing            Dozing, then Sleep
//! ```
//!
//! The doze exists because metrics come minutes late: an app that looks idle may have had a request
//! since. During the doze the tasks run and the route points to the waker, so that the first visitor
//! turns it back. If none comes, the metrics at the end of the doze include every request that the app
//! ever got.

mod from_usage;

use std::time::{Duration, SystemTime};

pub use from_usage::{from_usage, is_recent};
use jiff::Timestamp;

use super::{
    failure::StartFailure,
    plan,
    snapshot::{DatabaseStatus, Snapshot, Tasks},
    state_tag::StateTag,
};
use crate::config::Environment;

/// After this many failed starts another one does not help.
const FAILED_STARTS: u32 = 3;
/// How long a doze goes on while the use is unknown. This is safe: the first visitor turns the route
/// back, and going to sleep takes complete metrics of all the time before the doze. After that the log
/// warns, and visitors are no longer sent through the waker because of missing metrics.
pub const UNKNOWN: Duration = Duration::from_mins(30);
/// The load balancer may send requests to the app for this long after the time in the tag of a doze:
/// its nodes follow a turned route within seconds, and AWS does not say how many.
pub const PROPAGATION: Duration = Duration::from_secs(15);
/// A deployment that takes longer may never end.
const DEPLOYMENT: Duration = Duration::from_hours(1);
/// For this long after a start, a tick completes an interrupted wake.
const UNFINISHED: Duration = Duration::from_mins(10);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SleepDecision {
    /// It is asleep; the tick cleans up what an earlier sleep left.
    Asleep,
    /// It sleeps and must not.
    Wake,
    Stay(AwakeReason),
    /// No target is healthy yet; the tick records since when.
    Starting,
    /// It is idle as far as the metrics show.
    Doze,
    /// It dozes, and the metrics up to the doze are not complete yet.
    Dozing,
    /// It is idle, in complete metrics, or has had no healthy target for too long.
    Sleep,
    GiveUp(StartFailure),
    /// The snapshot does not decide; usage must be read.
    Undecided,
}

impl SleepDecision {
    /// What a dry run reports that the tick would do.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Asleep => "it would stay asleep, and what its last sleep left would be cleaned up",
            Self::Wake => "it would be woken",
            Self::Stay(_) | Self::Starting | Self::Undecided => "it would be kept awake and repaired",
            Self::Doze | Self::Dozing => "its route would be turned to the waker, and it would sleep soon",
            Self::Sleep => "it would be put to sleep",
            Self::GiveUp(_) => "its start would be given up",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AwakeReason {
    /// `sleep.never` is set.
    Never,
    Schedule,
    Deployment,
    Protection,
    /// Whether a task is protected could not be read.
    ProtectionUnknown,
    MetricsMissing,
    /// It was started too recently, or has not been healthy for the idle time.
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

/// Whether a window of the environment's schedule is open.
pub fn scheduled(environment: &Environment, now: SystemTime) -> bool {
    let now = Timestamp::try_from(now);
    now.is_ok_and(|now| environment.sleep.schedule.iter().any(|window| window.is_open(now)))
}

/// The decision by the snapshot alone.
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

/// Whether a wake was interrupted: services that the app comes after were started, the app was not. A sleep
/// that has not set all counts to 0 looks the same, but for the tags.
fn unfinished(snapshot: &Snapshot, now: SystemTime) -> bool {
    let slept = match snapshot.state_tag {
        StateTag::Asleep { .. } | StateTag::GaveUp { .. } => snapshot.state_tag.time(),
        StateTag::None | StateTag::Dozing { .. } | StateTag::Used { .. } | StateTag::Starting { .. } => None,
    };
    let counts = |began: SystemTime| now < began + UNFINISHED && slept.is_none_or(|slept| slept < began);
    let started = |tasks: &Tasks| tasks.desired > 0 && tasks.started.is_some_and(counts);
    snapshot.running.wanted()
        && (snapshot.wake_history.open(now).is_some_and(counts)
            || snapshot.running.services.iter().flatten().any(started))
}

/// Why the app does not start, if it failed often enough or ECS does not retry. A container that exits
/// because its database is not up yet does not count.
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
