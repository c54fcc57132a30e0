//! What a sleeping environment adds to a wake: what holds it back, and what is entered
//! into the ledger.
//!
//! A visitor who may not start a wake goes on with one only by what this look shows:
//!
//! ```text
//! route -> app                                            awake, or to be turned to the waker:
//!                                                         nothing is started
//! app's count > 0, route -> waker
//!     nothing noted, starting, dozing, used               goes on: the tasks run already
//!     asleep or given up, and a wake began after that     goes on
//!     asleep or given up, and none did                    NotStarted: it is falling asleep
//! app's count 0, route -> waker
//!     others run, and a wake is open that began after     goes on
//!     whatever is noted
//!     else                                                NotStarted
//! ```

use std::time::{Duration, SystemTime};

use super::{Outcome, Wake};
use crate::{
    config::Environment,
    environment::{
        cloud::Step,
        failure::{Failure, StartFailure},
        fault::FaultKind,
        ledger,
        note::Note,
        observed::{Observed, RouteTarget},
        plan::Phase,
    },
};

/// What a budget of wakes is for.
const BUDGET_PERIOD: Duration = Duration::from_hours(1);

impl Wake {
    /// For a visitor who may not start a wake: goes on with one that runs, and ends with
    /// [`Outcome::NotStarted`] where there is none.
    #[must_use]
    pub fn finishing(self) -> Self {
        Self { may_start: false, ..self }
    }

    /// Whether the note must be looked at before these steps: it tells a wake that runs from an
    /// environment that is falling asleep. Looks without a step go without it.
    pub(super) fn needs_note(
        &mut self,
        environment: &Environment,
        now: Duration,
        observed: &Observed,
        steps: &[Step],
    ) -> bool {
        !self.may_start
            && !steps.is_empty()
            && observed.route == RouteTarget::Waker
            && observed.running.awake(environment)
            && self.round.ask_for_note(now, observed)
    }

    /// How this invocation ends where it may not wake what it has seen.
    pub(super) fn held_back(
        &mut self,
        environment: &Environment,
        observed: &Observed,
        now: SystemTime,
    ) -> Option<Outcome> {
        if !self.may_start && !is_under_way(environment, observed, now) {
            self.phase = Phase::Asleep;
            return Some(Outcome::NotStarted);
        }
        // By command it is tried again.
        let refused = refused(environment, observed, now).filter(|_| self.redeployed.is_none());
        if let Some(failure) = refused {
            self.phase = Phase::Failed(Failure::Start(failure));
            return Some(Outcome::Failed(Failure::Start(failure)));
        }
        if self.is_over_budget(environment, observed, now) {
            self.phase = Phase::Asleep;
            return Some(Outcome::OverBudget);
        }
        None
    }

    /// The budget does not end a wake that is under way.
    fn is_over_budget(&self, environment: &Environment, observed: &Observed, now: SystemTime) -> bool {
        let (Some(budget), false) = (self.budget, observed.running.awake(environment)) else { return false };
        let since = now - BUDGET_PERIOD;
        let woken = observed.ledger.since(since) + self.unwritten.since(since);
        let under_way = observed.ledger.open(now).is_some() || self.unwritten.is_open(observed, now);
        !under_way && woken >= budget.try_into().unwrap_or(usize::MAX)
    }

    /// A wake that began with these steps counts, whether or not the ledger could be written.
    pub(super) fn recorded(&mut self, faults: &[(Step, FaultKind)]) {
        let Some(began) = self.recording.take() else { return };
        let is_beginning = |step: &Step| matches!(step, Step::Record(ledger::Event::WakeBegan(_)));
        if faults.iter().any(|(step, _)| is_beginning(step)) {
            self.unwritten.begin(began);
        }
    }
}

fn is_under_way(environment: &Environment, observed: &Observed, now: SystemTime) -> bool {
    let (open, ended) = (observed.ledger.open(now), observed.ledger.last_wake().map(|(began, _)| began));
    let began_since_noted = |began: Option<SystemTime>| {
        began.is_some_and(|began| observed.note.time().is_none_or(|at| at < began))
    };
    if observed.route == RouteTarget::App {
        // An app without tasks may be what a sleeper and this visitor's own turn have left.
        return true;
    }
    if !observed.running.awake(environment) {
        return observed.running.wanted() && began_since_noted(open);
    }
    match observed.note {
        Note::None | Note::Starting { .. } | Note::Dozing { .. } | Note::Used { .. } => true,
        Note::Asleep { .. } | Note::GaveUp { .. } => began_since_noted(open.or(ended)),
    }
}

/// Leaves out what a visitor who may not start a wake has no need of: a count is raised only
/// from 0, for a service whose turn comes while the others run. What somebody sets to 0
/// between this look and its steps stays at 0.
pub(super) fn only_finish(observed: &Observed, steps: &mut Vec<Step>) {
    let waking = observed.route == RouteTarget::Waker;
    steps.retain(|step| match step {
        Step::SetDesired { service, .. } => waking && observed.running.desired(*service) == 0,
        _ => true,
    });
}

/// What the steps mean for the ledger: the beginning of a wake, or its end.
pub(super) fn event(
    environment: &Environment,
    observed: &Observed,
    steps: &[Step],
    now: SystemTime,
) -> Option<ledger::Event> {
    if steps.contains(&Step::TurnRoute(RouteTarget::App)) {
        return Some(ledger::Event::WakeEnded(now));
    }
    let starts = steps.iter().any(|step| matches!(step, Step::SetDesired { .. } | Step::Deploy { .. }));
    (starts && !observed.running.awake(environment)).then_some(ledger::Event::WakeBegan(now))
}

/// Why a sleeping environment is left asleep: its start has been given up, not long
/// ago, and what failed has not been deployed anew.
fn refused(environment: &Environment, observed: &Observed, now: SystemTime) -> Option<StartFailure> {
    let failure = observed.note.refuses(now)?;
    let given_up = observed.note.time()?;
    let deployed = observed.running.services.iter().flatten().filter_map(|tasks| tasks.deployed).max();
    let asleep = !observed.running.awake(environment);
    (asleep && deployed.is_none_or(|deployed| deployed <= given_up)).then_some(failure)
}
