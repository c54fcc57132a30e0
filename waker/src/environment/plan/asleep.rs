//! The steps that put an environment to sleep.
//!
//! ```text
//! route -> app      turn it to the waker, and nothing else: it must be read
//!                   back before anything is stopped
//! route -> waker    set every desired count to 0
//!   all counts 0    stop the database, if `stop_when_idle` applies, RDS allows it,
//!                   and no task runs; else Asleep
//! route elsewhere   Failed: nothing is changed
//! ```

use super::{Phase, Plan};
use crate::{
    config::{DatabaseKind, Environment},
    environment::{
        cloud::Step,
        failure::Failure,
        snapshot::{DatabaseState, DatabaseStatus, RouteTarget, Snapshot, Tasks},
    },
};

pub fn asleep(environment: &Environment, snapshot: &Snapshot) -> Plan {
    let steps = match snapshot.route {
        RouteTarget::Elsewhere => {
            return Plan { steps: Vec::new(), phase: Phase::Failed(Failure::RouteElsewhere) };
        }
        RouteTarget::App => vec![Step::TurnRoute(RouteTarget::Waker)],
        RouteTarget::Waker => {
            let wanted = (0..environment.services.len()).filter(|&index| snapshot.running.desired(index) > 0);
            let steps: Vec<_> = wanted.map(|service| Step::SetDesired { service, count: 0 }).collect();
            if steps.is_empty() { stop_database(environment, snapshot) } else { steps }
        }
    };
    let phase = if steps.is_empty() { Phase::Asleep } else { Phase::FallingAsleep };
    Plan { steps, phase }
}

/// Whether the database should be stopped and RDS does not allow it.
pub fn cannot_stop(environment: &Environment, snapshot: &Snapshot) -> bool {
    to_be_stopped(environment, snapshot).is_some_and(|state| !state.stoppable)
}

/// The database, if it is up and should be stopped.
fn to_be_stopped(environment: &Environment, snapshot: &Snapshot) -> Option<DatabaseState> {
    let (database, state) = (environment.database.as_ref()?, snapshot.running.database?);
    let stop = database.stop_when_idle
        && !(database.kind == DatabaseKind::Aurora && state.pauses)
        && state.status == DatabaseStatus::Available;
    stop.then_some(state)
}

fn stop_database(environment: &Environment, snapshot: &Snapshot) -> Vec<Step> {
    let gone = |tasks: &Option<Tasks>| tasks.is_none_or(|tasks| tasks.running == 0);
    let stop = to_be_stopped(environment, snapshot).is_some_and(|state| state.stoppable)
        && snapshot.running.services.iter().all(gone);
    if stop { vec![Step::StopDatabase] } else { Vec::new() }
}
