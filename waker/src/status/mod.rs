//! How an environment is, as programs and the waiting page read it.
//!
//! ```text
//! Observed -> state, phase      one word each, for the header and for programs
//!          -> steps             what has been done and what comes, for the page
//!          -> services, database
//! Ledger   -> since, eta        how long it takes, as past wakes did
//! ```

mod estimate;
mod parts;
mod steps;

use std::time::{Duration, SystemTime};

use jiff::Timestamp;
use serde::Serialize;

pub use parts::{DatabasePart, ServicePart};
pub use steps::{Progress, StepName, StepState};

use crate::{
    config::Environment,
    environment::{
        failure::Failure,
        note::Note,
        observed::{Observed, RouteTarget},
        plan::{self, Phase},
    },
};

/// After a wake has begun, a count of 0 may be what ECS has not forgotten yet.
const SETTLING: Duration = Duration::from_secs(10);

#[derive(Clone, Copy, Debug, Serialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum State {
    Asleep,
    Waking,
    Awake,
    FallingAsleep,
    /// It does not wake, and why is known.
    Failed,
    /// Nobody has looked, or AWS did not answer.
    Unknown,
}

impl State {
    /// As the header `X-Reveille-State` has it.
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

    /// Whether tasks run, or are about to: nobody needs to be asked who comes now.
    pub fn is_up(self) -> bool {
        matches!(self, Self::Waking | Self::Awake | Self::FallingAsleep)
    }

    /// What the environment, seen as `observed`, is in and how far it has come.
    pub fn of(environment: &Environment, observed: &Observed, now: SystemTime) -> (Self, Phase) {
        let phase = plan::awake(environment, observed).phase;
        if let Phase::Failed(_) = phase {
            return (Self::Failed, phase);
        }
        if !observed.running.awake(environment) {
            return match observed.note.failure() {
                _ if is_beginning(observed, now) => (Self::Waking, phase),
                Some(failure) => (Self::Failed, Phase::Failed(Failure::Start(failure))),
                None => (Self::Asleep, Phase::Asleep),
            };
        }
        // The database may well have paused while the app waits for its next request.
        let ready = plan::services_ready(environment, observed);
        match (observed.route, observed.note) {
            (RouteTarget::App, _) if ready => (Self::Awake, Phase::Ready),
            (RouteTarget::Waker, Note::Dozing { .. }) if ready && observed.ledger.open(now).is_none() => {
                (Self::FallingAsleep, Phase::FallingAsleep)
            }
            _ => (Self::Waking, phase),
        }
    }
}

/// The answer of the status path.
#[derive(Clone, Debug, Serialize, PartialEq, Eq)]
pub struct Status {
    pub environment: String,
    pub state: State,
    /// A stable identifier, such as `starting_tasks`.
    pub phase: &'static str,
    /// One sentence for a person.
    pub message: &'static str,
    /// When the state began, as far as that is known (RFC 3339).
    pub since: Option<String>,
    /// Since the wake began; only while it wakes.
    pub elapsed_seconds: Option<u64>,
    /// Until it is awake, if it takes as long as it usually does; only while it wakes,
    /// and none when it takes longer.
    pub eta_seconds: Option<u64>,
    /// Of the wake, in per cent: 0 to 99 while it wakes, 100 when awake.
    pub progress: u8,
    pub steps: Vec<Progress>,
    pub services: Vec<ServicePart>,
    pub database: Option<DatabasePart>,
    /// Why it does not wake: a stable identifier.
    pub error: Option<&'static str>,
    /// The wake waits for somebody to come and take its next step, which looking at
    /// its status does not.
    pub due: bool,
}

/// Whether it is being woken although the app's count is still 0: what it comes after is
/// started first, or ECS tells of an older moment than that of the last change.
fn is_beginning(observed: &Observed, now: SystemTime) -> bool {
    let Some(began) = observed.ledger.open(now) else { return false };
    let wanted = observed.running.services.iter().flatten().any(|tasks| tasks.desired > 0);
    let put_to_sleep = observed.note.time().is_some_and(|noted| began < noted);
    (wanted || now < began + SETTLING) && !put_to_sleep
}

impl Status {
    pub fn of(environment: &Environment, observed: &Observed, now: SystemTime) -> Self {
        let (state, phase) = State::of(environment, observed, now);
        let mut status = Self::bare(environment, state, phase);
        let since = since(state, observed, now);
        status.since = since.and_then(|since| Timestamp::try_from(since).ok()).map(|at| format!("{at:.0}"));
        status.steps = steps::of(environment, observed, state);
        status.services = parts::services(environment, observed);
        status.database = observed.running.database.map(DatabasePart::of);
        match state {
            State::Waking => {
                let expected = estimate::expected(environment, &observed.ledger, phase);
                let elapsed = since.and_then(|since| now.duration_since(since).ok());
                status.elapsed_seconds = elapsed.map(|elapsed| elapsed.as_secs());
                let left = expected.checked_sub(elapsed.unwrap_or_default());
                status.eta_seconds = left.filter(|left| !left.is_zero()).map(rounded_up);
                status.progress = estimate::progress(elapsed.unwrap_or_default(), expected);
                status.due = !plan::awake(environment, observed).steps.is_empty();
            }
            State::Awake => status.progress = 100,
            State::Asleep | State::FallingAsleep | State::Failed | State::Unknown => {}
        }
        status
    }

    /// Without an observation: it failed.
    pub fn failed(environment: &Environment, failure: Failure) -> Self {
        let state = if matches!(failure, Failure::Fault(_)) { State::Unknown } else { State::Failed };
        Self::bare(environment, state, Phase::Failed(failure))
    }

    /// For strangers: no names of services, and nothing of the database but the wake's steps.
    #[must_use]
    pub fn without_parts(self) -> Self {
        Self { services: Vec::new(), database: None, ..self }
    }

    pub(crate) fn bare(environment: &Environment, state: State, phase: Phase) -> Self {
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

/// When the state began, as far as that is known.
fn since(state: State, observed: &Observed, now: SystemTime) -> Option<SystemTime> {
    let noted = observed.note.time();
    match (state, observed.note) {
        (State::Awake, _) => observed.ledger.last_end().filter(|end| noted.is_none_or(|noted| noted < *end)),
        (State::Asleep, Note::Asleep { .. })
        | (State::FallingAsleep, Note::Dozing { .. })
        | (State::Failed, Note::GaveUp { .. }) => noted,
        (State::Waking | State::Failed, _) => observed.ledger.open(now),
        (State::Asleep | State::FallingAsleep | State::Unknown, _) => None,
    }
}

#[cfg(test)]
mod tests;
