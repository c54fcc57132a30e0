//! Whether a visitor may wake a sleeping environment, and what the wake history records.
//!
//! A visitor who may not start a wake may continue one, if this snapshot shows it:
//!
//! ```text
//! route -> app                                            continues: the app is awake, or the only
//!                                                         step turns the route to the waker
//! app's count > 0, route -> waker
//!     no tag, or starting, dozing, used                   continues: the tasks run already
//!     tag asleep or gave-up, and a wake began after that  continues
//!     tag asleep or gave-up, and none did                 NotStarted: it is falling asleep
//! app's count 0, route -> waker
//!     other services run, and a wake is under way         continues
//!     that began after the time in any tag
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

/// The period of the budget.
const BUDGET_PERIOD: Duration = Duration::from_hours(1);

impl Wake {
    /// For a visitor who may not start a wake: continues one, and ends with [`Outcome::NotStarted`] if
    /// there is none.
    #[must_use]
    pub fn finish_only(self) -> Self {
        Self { may_start: false, ..self }
    }

    /// Whether the state tag must be read before these steps: it distinguishes a wake from an
    /// environment that is falling asleep. Observations that lead to no step do without it.
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

    /// How this invocation ends if it may not wake the environment.
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
        // A wake by command retries a start that was given up.
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

    /// The budget does not stop a wake that is under way.
    fn is_over_budget(&self, environment: &Environment, snapshot: &Snapshot, now: SystemTime) -> bool {
        let (Some(budget), false) = (self.budget, snapshot.running.awake(environment)) else { return false };
        let since = now - BUDGET_PERIOD;
        let woken = snapshot.wake_history.since(since) + self.unrecorded.since(since);
        let under_way = snapshot.wake_history.open(now).is_some() || self.unrecorded.is_open(snapshot, now);
        !under_way && woken >= budget.try_into().unwrap_or(usize::MAX)
    }

    /// A wake that began with these steps counts, even if the wake history could not be written.
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
        // If the app has no tasks, the only step turns the route to the waker.
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

/// Removes the steps that continuing a wake does not need. A count is raised only from 0, for a service
/// whose predecessors run. A count that is set to 0 between this observation and its steps stays 0.
pub(super) fn only_finish(snapshot: &Snapshot, steps: &mut Vec<Step>) {
    let waking = snapshot.route == RouteTarget::Waker;
    steps.retain(|step| match step {
        Step::SetDesired { service, .. } => waking && snapshot.running.desired(*service) == 0,
        _ => true,
    });
}

/// What the steps mean for the wake history: the beginning of a wake, or its end.
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

/// Why a sleeping environment is not woken: its start was given up a short time ago, and no service has
/// been deployed since.
fn refused(environment: &Environment, snapshot: &Snapshot, now: SystemTime) -> Option<StartFailure> {
    let failure = snapshot.state_tag.refuses(now)?;
    let given_up = snapshot.state_tag.time()?;
    let deployed = snapshot.running.services.iter().flatten().filter_map(|tasks| tasks.deployed).max();
    let asleep = !snapshot.running.awake(environment);
    (asleep && deployed.is_none_or(|deployed| deployed <= given_up)).then_some(failure)
}
