//! What one invocation does next, as state machines without IO.
//!
//! Given what came back and how much time has passed, a machine says what comes
//! next. It remembers nothing that another invocation would need.

mod snapshot_builder;
mod tick;
mod wake;

use std::time::Duration;

pub use tick::{Tick, TickMode, TickOutcome};
pub use wake::{UnrecordedWakes, Wake, WakeMemory};

use super::{
    backoff::Backoff,
    cloud::Step,
    failure::Failure,
    fault::FaultKind,
    plan::Phase,
    snapshot::{PartialSnapshot, Scope},
};
use crate::config::{Environment, Hold};

/// With a thousand visitors and a rate of ten calls a second, whoever is refused
/// must leave the calls to others; one look that passes wakes the environment
/// for all.
const FAULTS: Backoff = Backoff::new(Duration::from_millis(300), Duration::from_secs(20)).unwrap();

/// How long a visitor can be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ResponseMode {
    /// A page answers at once and comes back by itself.
    Page,
    /// Held until this time since the invocation's start.
    Hold(Duration),
    /// Held, and redirected to the same address to be held again while the wake is young.
    Rounds(Hold),
}

/// What came of the last [`Action`].
#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "there is one at a time, and it is taken apart at once")]
pub enum Input {
    /// The invocation has just started, or the wait is over.
    Continue,
    Observed(Result<PartialSnapshot, FaultKind>),
    /// The steps that failed.
    Applied(Vec<(Step, FaultKind)>),
}

/// What comes next, until it is done with an outcome.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action<O = Outcome> {
    Observe(Scope),
    /// Concurrently: they do not depend on one another.
    Apply(Vec<Step>),
    Wait(Duration),
    Done(O),
}

/// How an invocation ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// The app answers where the visitor asked.
    Ready,
    /// Not yet; it goes on without this visitor.
    Waiting(Phase),
    /// Not yet; at the same address the client is held again.
    HoldAgain(Phase),
    Failed(Failure),
    /// It sleeps, and has been woken so often lately that this visitor may not.
    OverBudget,
    /// It sleeps or is being put to sleep, and this visitor may not start a wake.
    NotStarted,
}

/// One invocation's protocol for one environment.
pub trait Protocol {
    type Outcome;

    /// What comes next, at `now` since the start.
    fn next(&mut self, environment: &Environment, now: Duration, input: Input) -> Action<Self::Outcome>;

    /// Since the start: what is under way then is given up, as timed out.
    fn deadline(&self) -> Duration;

    /// How far the environment was when it was last seen.
    fn phase(&self) -> Phase;
}

/// Of the steps that failed, the fault that decides what comes next: one that
/// does not pass before one that may. An optional service
/// decides nothing, and neither does the ledger.
fn decisive(environment: &Environment, faults: &[(Step, FaultKind)]) -> Option<FaultKind> {
    let optional = |step: Step| match step {
        Step::SetDesired { service, .. }
        | Step::Deploy { service, .. }
        | Step::SetSuspended { service, .. } => environment.services[service].optional,
        Step::StartDatabase
        | Step::StopDatabase
        | Step::TouchDatabase
        | Step::TurnRoute(_)
        | Step::LockRoute
        | Step::Write(_)
        | Step::WriteSuspended(_) => false,
        Step::Record(_) => true,
    };
    let needed = || faults.iter().filter(|(step, _)| !optional(*step)).map(|(_, fault)| *fault);
    needed().find(|fault| !fault.retryable()).or_else(|| needed().next())
}
