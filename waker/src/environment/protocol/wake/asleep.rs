//! What a sleeping environment adds to a wake: what holds it back, and what is entered
//! into the ledger.

use std::time::{Duration, SystemTime};

use crate::{
    config::Environment,
    environment::{
        cloud::Step,
        failure::StartFailure,
        ledger,
        observed::{Observed, RouteTarget},
    },
};

/// What a budget of wakes is for.
const BUDGET_PERIOD: Duration = Duration::from_hours(1);

/// A wake that is under way is gone on with, whoever began it.
pub(super) fn over_budget(
    environment: &Environment,
    observed: &Observed,
    budget: Option<u32>,
    now: SystemTime,
) -> bool {
    let (Some(budget), false) = (budget, observed.running.awake(environment)) else { return false };
    let woken = observed.ledger.since(now - BUDGET_PERIOD);
    observed.ledger.open(now).is_none() && woken >= budget.try_into().unwrap_or(usize::MAX)
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
pub(super) fn refused(
    environment: &Environment,
    observed: &Observed,
    now: SystemTime,
) -> Option<StartFailure> {
    let failure = observed.note.refuses(now)?;
    let given_up = observed.note.time()?;
    let deployed = observed.running.services.iter().flatten().filter_map(|tasks| tasks.deployed).max();
    let asleep = !observed.running.awake(environment);
    (asleep && deployed.is_none_or(|deployed| deployed <= given_up)).then_some(failure)
}
