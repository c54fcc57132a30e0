//! The status of an environment, for programs and the waiting page.
//!
//! ```text
//! Snapshot    -> state, phase      one word each, for the header and for programs
//!             -> steps             what is done and what comes next, for the page
//!             -> services, database
//! WakeHistory -> since, eta        how long it takes, by past wakes
//! ```

mod estimate;
mod parts;
mod steps;

use std::time::{Duration, SystemTime};

use jiff::Timestamp;
use serde::Serialize;

pub use parts::{DatabaseSummary, ServiceStatus};
pub use steps::{Progress, StepName, StepState};

use crate::{
    config::Environment,
    environment::{
        failure::Failure,
        plan::{self, Phase},
        snapshot::{RouteTarget, Snapshot},
        state_tag::StateTag,
    },
};

/// For this long after a wake began, ECS may still report a count of 0.
const SETTLING: Duration = Duration::from_secs(10);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum EnvironmentState {
    Asleep,
    Waking,
    Awake,
    FallingAsleep,
    /// It does not wake, for a known reason.
    Failed,
    /// Not observed, or AWS did not answer.
    Unknown,
}

impl EnvironmentState {
    /// The value of the header `X-Reveille-State`.
    pub fn code(self) -> &'static str {
        match self {
            Self::Asleep => "asleep",
            Self::Waking => "waking",
            Self::Awake => "awake",
            Self::FallingAsleep => "falling_asleep",
            Self::Failed => "failed",
            Self::Unknown => "unknown",
        }
    }

    /// Whether tasks run, or are about to: no permission to wake is needed.
    pub fn is_up(self) -> bool {
        matches!(self, Self::Waking | Self::Awake | Self::FallingAsleep)
    }

    /// The state and the phase of an environment.
    pub fn of(environment: &Environment, snapshot: &Snapshot, now: SystemTime) -> (Self, Phase) {
        let phase = plan::awake(environment, snapshot).phase;
        if let Phase::Failed(_) = phase {
            return (Self::Failed, phase);
        }
        if !snapshot.running.awake(environment) {
            return match snapshot.state_tag.failure() {
                _ if is_beginning(snapshot, now) => (Self::Waking, phase),
                Some(failure) => (Self::Failed, Phase::Failed(Failure::Start(failure))),
                None => (Self::Asleep, Phase::Asleep),
            };
        }
        // The database may have paused while the app waits for its next request.
        let ready = plan::services_ready(environment, snapshot);
        match (snapshot.route, snapshot.state_tag) {
            (RouteTarget::App, _) if ready => (Self::Awake, Phase::Ready),
            (RouteTarget::Waker, StateTag::Dozing { .. })
                if ready && snapshot.wake_history.open(now).is_none() =>
            {
                (Self::FallingAsleep, Phase::FallingAsleep)
            }
            _ => (Self::Waking, phase),
        }
    }
}

/// The answer of the status path.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Status {
    pub environment: String,
    pub state: EnvironmentState,
    /// A stable identifier, such as `starting_tasks`.
    pub phase: &'static str,
    /// One sentence for a person.
    pub message: &'static str,
    /// When the state began, if known (RFC 3339).
    pub since: Option<String>,
    /// Since the wake began; only while it wakes.
    pub elapsed_seconds: Option<u64>,
    /// Until it is awake, if it takes as long as usual; only while it wakes, and none when it takes
    /// longer.
    pub eta_seconds: Option<u64>,
    /// Of the wake, in per cent: 0 to 99 while it wakes, 100 when awake.
    pub progress: u8,
    pub steps: Vec<Progress>,
    pub services: Vec<ServiceStatus>,
    pub database: Option<DatabaseSummary>,
    /// Why it does not wake: a stable identifier.
    pub error: Option<&'static str>,
    /// The wake's next step needs an invocation that wakes; reading the status does not take it.
    pub due: bool,
}

/// Whether a wake is under way although the app's count is 0: services that it comes after are started
/// first, or ECS reports an older count.
fn is_beginning(snapshot: &Snapshot, now: SystemTime) -> bool {
    let Some(began) = snapshot.wake_history.open(now) else { return false };
    let wanted = snapshot.running.services.iter().flatten().any(|tasks| tasks.desired > 0);
    let put_to_sleep = snapshot.state_tag.time().is_some_and(|noted| began < noted);
    (wanted || now < began + SETTLING) && !put_to_sleep
}

impl Status {
    pub fn of(environment: &Environment, snapshot: &Snapshot, now: SystemTime) -> Self {
        let (state, phase) = EnvironmentState::of(environment, snapshot, now);
        let mut status = Self::bare(environment, state, phase);
        let since = since(state, snapshot, now);
        status.since = since.and_then(|since| Timestamp::try_from(since).ok()).map(|at| format!("{at:.0}"));
        status.steps = steps::of(environment, snapshot, state);
        status.services = parts::services(environment, snapshot);
        status.database = snapshot.running.database.map(DatabaseSummary::of);
        match state {
            EnvironmentState::Waking => {
                let expected = estimate::expected(environment, &snapshot.wake_history, phase);
                let elapsed = since.and_then(|since| now.duration_since(since).ok());
                status.elapsed_seconds = elapsed.map(|elapsed| elapsed.as_secs());
                let left = expected.checked_sub(elapsed.unwrap_or_default());
                status.eta_seconds = left.filter(|left| !left.is_zero()).map(rounded_up);
                status.progress = estimate::progress(elapsed.unwrap_or_default(), expected);
                status.due = !plan::awake(environment, snapshot).steps.is_empty();
            }
            EnvironmentState::Awake => status.progress = 100,
            EnvironmentState::Asleep
            | EnvironmentState::FallingAsleep
            | EnvironmentState::Failed
            | EnvironmentState::Unknown => {}
        }
        status
    }

    /// The status without an observation, which failed.
    pub fn failed(environment: &Environment, failure: Failure) -> Self {
        let state = if matches!(failure, Failure::Fault(_)) {
            EnvironmentState::Unknown
        } else {
            EnvironmentState::Failed
        };
        Self::bare(environment, state, Phase::Failed(failure))
    }

    /// For strangers: without service names and the database, except in the wake's steps.
    #[must_use]
    pub fn without_parts(self) -> Self {
        Self { services: Vec::new(), database: None, ..self }
    }

    pub(crate) fn bare(environment: &Environment, state: EnvironmentState, phase: Phase) -> Self {
        let failure = if let Phase::Failed(failure) = phase { Some(failure) } else { None };
        Self {
            environment: environment.name.clone(),
            state,
            phase: phase.code(),
            message: phase.sentence(),
            since: None,
            elapsed_seconds: None,
            eta_seconds: None,
            progress: 0,
            steps: Vec::new(),
            services: Vec::new(),
            database: None,
            error: failure.map(Failure::code),
            due: false,
        }
    }
}

fn rounded_up(time: Duration) -> u64 {
    time.as_secs() + u64::from(time.subsec_nanos() > 0)
}

/// When the state began, if known.
fn since(state: EnvironmentState, snapshot: &Snapshot, now: SystemTime) -> Option<SystemTime> {
    let noted = snapshot.state_tag.time();
    match (state, snapshot.state_tag) {
        (EnvironmentState::Awake, _) => {
            snapshot.wake_history.last_end().filter(|end| noted.is_none_or(|noted| noted < *end))
        }
        (EnvironmentState::Asleep, StateTag::Asleep { .. })
        | (EnvironmentState::FallingAsleep, StateTag::Dozing { .. })
        | (EnvironmentState::Failed, StateTag::GaveUp { .. }) => noted,
        (EnvironmentState::Waking | EnvironmentState::Failed, _) => snapshot.wake_history.open(now),
        (EnvironmentState::Asleep | EnvironmentState::FallingAsleep | EnvironmentState::Unknown, _) => None,
    }
}

#[cfg(test)]
mod tests;
