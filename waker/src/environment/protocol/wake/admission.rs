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
        plan::Phase,
        snapshot::{RouteTarget, Snapshot},
        state_tag::StateTag,
        wake_history,
    },
};

/// What a budget of wakes is for.
const BUDGET_PERIOD: Duration = Duration::from_hours(1);

impl Wake {
    /// For a visitor who may not start a wake: goes on with one that runs, and ends with
    /// [`Outcome::NotStarted`] where there is none.
    #[must_use]
    pub fn finish_only(self) -> Self {
        Self { may_start: false, ..self }
    }

    /// Whether the note must be looked at before these steps: it tells a wake that runs from an
    /// environment that is falling asleep. Looks without a step go without it.
    pub(super) fn needs_state_tag(
        &mut self,
        environment: &Environment,
        now: Duration,
        snapshot: &Snapshot,
        steps: &[Step],
    ) -> bool {
        !self.may_start
            && !steps.is_empty()
            && snapshot.route == RouteTarget::Waker
            && snapshot.running.awake(environment)
            && self.builder.require_state_tag(now, snapshot)
    }

    /// How this invocation ends where it may not wake what it has seen.
    pub(super) fn held_back(
        &mut self,
        environment: &Environment,
        snapshot: &Snapshot,
        now: SystemTime,
    ) -> Option<Outcome> {
        if !self.may_start && !is_under_way(environment, snapshot, now) {
            self.phase = Phase::Asleep;
            return Some(Outcome::NotStarted);
        }
        // By command it is tried again.
        let refused = refused(environment, snapshot, now).filter(|_| self.redeployed.is_none());
        if let Some(failure) = refused {
            self.phase = Phase::Failed(Failure::Start(failure));
            return Some(Outcome::Failed(Failure::Start(failure)));
        }
        if self.is_over_budget(environment, snapshot, now) {
            self.phase = Phase::Asleep;
            return Some(Outcome::OverBudget);
        }
        None
    }

    /// The budget does not end a wake that is under way.
    fn is_over_budget(&self, environment: &Environment, snapshot: &Snapshot, now: SystemTime) -> bool {
        let (Some(budget), false) = (self.budget, snapshot.running.awake(environment)) else { return false };
        let since = now - BUDGET_PERIOD;
        let woken = snapshot.wake_history.since(since) + self.unrecorded.since(since);
        let under_way = snapshot.wake_history.open(now).is_some() || self.unrecorded.is_open(snapshot, now);
        !under_way && woken >= budget.try_into().unwrap_or(usize::MAX)
    }

    /// A wake that began with these steps counts, whether or not the ledger could be written.
    pub(super) fn recorded(&mut self, faults: &[(Step, FaultKind)]) {
        let Some(began) = self.recording.take() else { return };
        let is_beginning = |step: &Step| matches!(step, Step::Record(wake_history::WakeEvent::WakeBegan(_)));
        if faults.iter().any(|(step, _)| is_beginning(step)) {
            self.unrecorded.begin(began);
        }
    }
}

fn is_under_way(environment: &Environment, snapshot: &Snapshot, now: SystemTime) -> bool {
    let (open, ended) =
        (snapshot.wake_history.open(now), snapshot.wake_history.last_wake().map(|(began, _)| began));
    let began_since_noted = |began: Option<SystemTime>| {
        began.is_some_and(|began| snapshot.state_tag.time().is_none_or(|at| at < began))
    };
    if snapshot.route == RouteTarget::App {
        // An app without tasks may be what a sleeper and this visitor's own turn have left.
        return true;
    }
    if !snapshot.running.awake(environment) {
        return snapshot.running.wanted() && began_since_noted(open);
    }
    match snapshot.state_tag {
        StateTag::None | StateTag::Starting { .. } | StateTag::Dozing { .. } | StateTag::Used { .. } => true,
        StateTag::Asleep { .. } | StateTag::GaveUp { .. } => began_since_noted(open.or(ended)),
    }
}

/// Leaves out what a visitor who may not start a wake has no need of: a count is raised only
/// from 0, for a service whose turn comes while the others run. What somebody sets to 0
/// between this look and its steps stays at 0.
pub(super) fn only_finish(snapshot: &Snapshot, steps: &mut Vec<Step>) {
    let waking = snapshot.route == RouteTarget::Waker;
    steps.retain(|step| match step {
        Step::SetDesired { service, .. } => waking && snapshot.running.desired(*service) == 0,
        _ => true,
    });
}

/// What the steps mean for the ledger: the beginning of a wake, or its end.
pub(super) fn event(
    environment: &Environment,
    snapshot: &Snapshot,
    steps: &[Step],
    now: SystemTime,
) -> Option<wake_history::WakeEvent> {
    if steps.contains(&Step::TurnRoute(RouteTarget::App)) {
        return Some(wake_history::WakeEvent::WakeEnded(now));
    }
    let starts = steps.iter().any(|step| matches!(step, Step::SetDesired { .. } | Step::Deploy { .. }));
    (starts && !snapshot.running.awake(environment)).then_some(wake_history::WakeEvent::WakeBegan(now))
}

/// Why a sleeping environment is left asleep: its start has been given up, not long
/// ago, and what failed has not been deployed anew.
fn refused(environment: &Environment, snapshot: &Snapshot, now: SystemTime) -> Option<StartFailure> {
    let failure = snapshot.state_tag.refuses(now)?;
    let given_up = snapshot.state_tag.time()?;
    let deployed = snapshot.running.services.iter().flatten().filter_map(|tasks| tasks.deployed).max();
    let asleep = !snapshot.running.awake(environment);
    (asleep && deployed.is_none_or(|deployed| deployed <= given_up)).then_some(failure)
}
