//! The protocol of one invocation, as state machines without IO.
//!
//! From the last result and the time since its start, a machine returns the next action. It keeps
//! nothing that another invocation needs: each starts from what it observes, and the listener rule's
//! tags hold what AWS does not record. So the next invocation can complete what one leaves.
//!
//! # What an invocation leaves if it dies
//!
//! A wake, by a visitor, a command or a tick ([`Wake`]):
//!
//! ```text
//! call, in this order                   after it                            completed by
//! ------------------------------------  ----------------------------------  --------------------------
//! start the database and the services,  tasks start, route -> waker         the next visitor or tick (*)
//!   record the wake's beginning
//!   (later: services with `after`)
//! resume scaling                        reveille:scaling names what may     the next tick
//!                                         still be suspended
//! turn the route to the app,            route -> app, but no redirect: the  -
//!   record the wake's end                 visitor gets 502, and the next
//!                                         request reaches the app
//! read route and counts back, redirect
//!
//! (*) A tick goes on with a wake whose app still has a count of 0 only within 10 min of the start of
//!     another service. After that it sets the counts to 0.
//! ```
//!
//! Going to sleep, by a tick or, without the doze, by a command ([`Tick`]):
//!
//! ```text
//! call, in this order                   after it                            completed by
//! ------------------------------------  ----------------------------------  --------------------------
//! write the tag reveille:state=dozing   route -> app; the tag counts as a   a later tick, which writes
//!                                         use: the idle time starts again     `used`
//! turn the route to the waker,          a doze                              a later tick or a visitor
//!   read it back
//!
//!   a later tick, at the end of the doze:
//! write reveille:state=asleep, and to   (A) tasks run, route -> waker       the next tick begins a new
//!   reveille:scaling what it suspends                                         doze; a visitor turns the
//!                                                                             route back
//! lock the route, wait, read it back    (A), locked for at most 20 s        as (A)
//! suspend scaling                       (A), and scaling is suspended       as (A); a tick that finds
//!                                                                             it in use resumes scaling
//! set the counts to 0                   asleep, if the app's count is 0;    the next tick stops the
//!   (all services at once)                others may still run                others, or wakes the app
//!                                                                             if one was started less
//!                                                                             than 10 min ago
//! read route and counts back,           asleep, locked for at most 20 s     -
//!   unlock the route
//!
//!   a later tick, when no task runs:
//! stop the database                     asleep                              -
//! ```
//!
//! # Two invocations at once
//!
//! Every step but a deployment is idempotent, and two wakes do the same steps. A wake and a tick that
//! goes to sleep undo each other's steps; each reads back what it did:
//!
//! - A wake that turns the route before the lock is seen when the tick reads the route back: the tick
//!   sets no count to 0, and goes on as a wake.
//! - While the route is locked, turning it to the app fails and is retried. The wake observes again,
//!   finds the counts at 0 and raises them first.
//! - A wake that raises a count after the tick has set it to 0 is seen when the tick reads the counts
//!   back: the tick unlocks the route and goes on as a wake.
//! - An invocation that finds a route to an app without tasks turns it to the waker first.
//!
//! The model checker in `waker/tests/model` tries every order of the calls of two wakes and the ticks,
//! with one crash between any two calls.

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

/// A visitor whose call AWS refuses must leave the calls to others: with a thousand visitors and a rate
/// of ten calls a second, one invocation that gets through wakes the environment for all.
const FAULTS: Backoff = Backoff::new(Duration::from_millis(300), Duration::from_secs(20)).unwrap();

/// How long a visitor can wait for the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ResponseMode {
    /// Answered at once with a page that polls.
    Page,
    /// Held until this time since the invocation's start.
    Hold(Duration),
    /// Held, and redirected to the same address to be held again, while redirects are left.
    Rounds(Hold),
}

/// The result of the last [`Action`].
#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "only one exists at a time, and it is destructured at once")]
pub enum Input {
    /// The invocation has just started, or the wait is over.
    Continue,
    Observed(Result<PartialSnapshot, FaultKind>),
    /// The steps that failed.
    Applied(Vec<(Step, FaultKind)>),
}

/// The next action, or the outcome.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action<O = Outcome> {
    Observe(Scope),
    /// Concurrently: the steps do not depend on one another.
    Apply(Vec<Step>),
    Wait(Duration),
    Done(O),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// The app answers at the visitor's address.
    Ready,
    /// Not yet ready; the wake goes on without this visitor.
    Waiting(Phase),
    /// Not yet ready; the client is redirected to the same address and held again.
    HoldAgain(Phase),
    Failed(Failure),
    /// It sleeps, and its wakes of the last hour have used up the budget of this visitor.
    OverBudget,
    /// It sleeps or is being put to sleep, and this visitor may not start a wake.
    NotStarted,
}

/// The protocol of one invocation for one environment.
pub trait Protocol {
    type Outcome;

    /// The next action, at `now` since the start.
    fn next(&mut self, environment: &Environment, now: Duration, input: Input) -> Action<Self::Outcome>;

    /// Since the start: calls that are under way then time out.
    fn deadline(&self) -> Duration;

    /// How far the environment was at the last observation.
    fn phase(&self) -> Phase;
}

/// The fault that decides what comes next: a lasting one before one that may pass. An optional service
/// and the wake history decide nothing.
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
