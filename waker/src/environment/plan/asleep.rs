//! What there is to do to put an environment to sleep.
//!
//! ```text
//! route -> app      turn it to the waker, and nothing else: it must be read
//!                   back before anything is stopped
//! route -> waker    set every desired count to 0
//!   no count left   stop the database, if it is one to be stopped, RDS lets it be,
//!                   and no task is left that uses it; else Asleep
//! route elsewhere   Failed: nothing is touched
//! ```

use super::{Phase, Plan};
use crate::{
    config::{DatabaseKind, Environment},
    environment::{
        cloud::Step,
        failure::Failure,
        observed::{DatabaseState, DatabaseStatus, Observed, RouteTarget, Tasks},
    },
};

/// What it takes to bring the environment, seen as `observed`, to sleep.
pub fn asleep(environment: &Environment, observed: &Observed) -> Plan {
    let steps = match observed.route {
        RouteTarget::Elsewhere => {
            return Plan { steps: Vec::new(), phase: Phase::Failed(Failure::RouteElsewhere) };
        }
        RouteTarget::App => vec![Step::TurnRoute(RouteTarget::Waker)],
        RouteTarget::Waker => {
            let wanted = (0..environment.services.len()).filter(|&index| observed.running.desired(index) > 0);
            let steps: Vec<_> = wanted.map(|service| Step::SetDesired { service, count: 0 }).collect();
            if steps.is_empty() { stop_database(environment, observed) } else { steps }
        }
    };
    let phase = if steps.is_empty() { Phase::Asleep } else { Phase::FallingAsleep };
    Plan { steps, phase }
}

/// Whether the database is one to be stopped, and RDS does not let it be.
pub fn cannot_stop(environment: &Environment, observed: &Observed) -> bool {
    to_be_stopped(environment, observed).is_some_and(|state| !state.stoppable)
}

/// The database, if it is up and one to be stopped.
fn to_be_stopped(environment: &Environment, observed: &Observed) -> Option<DatabaseState> {
    let (database, state) = (environment.database.as_ref()?, observed.running.database?);
    let stop = database.stop_when_idle
        && !(database.kind == DatabaseKind::Aurora && state.pauses)
        && state.status == DatabaseStatus::Available;
    stop.then_some(state)
}

fn stop_database(environment: &Environment, observed: &Observed) -> Vec<Step> {
    let gone = |tasks: &Option<Tasks>| tasks.is_none_or(|tasks| tasks.running == 0);
    let stop = to_be_stopped(environment, observed).is_some_and(|state| state.stoppable)
        && observed.running.services.iter().all(gone);
    if stop { vec![Step::StopDatabase] } else { Vec::new() }
}
