//! What there is to do to put an environment to sleep.
//!
//! ```text
//! route -> app      turn it to the waker, and nothing else: it must be read
//!                   back before anything is stopped
//! route -> waker    set every desired count to 0
//!   no count left   stop the database, if it is one to be stopped and no task
//!                   is left that uses it; else Asleep
//! route elsewhere   Failed: nothing is touched
//! ```

use super::{Phase, Plan};
use crate::{
    config::{DatabaseKind, Environment},
    environment::{
        cloud::Step,
        failure::Failure,
        observed::{DatabaseStatus, Observed, RouteTarget, Tasks},
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

fn stop_database(environment: &Environment, observed: &Observed) -> Vec<Step> {
    let (Some(database), Some(state)) = (&environment.database, observed.running.database) else {
        return Vec::new();
    };
    let gone = |tasks: &Option<Tasks>| tasks.is_none_or(|tasks| tasks.running == 0);
    let stop = database.stop_when_idle
        && !(database.kind == DatabaseKind::Aurora && state.pauses)
        && state.status == DatabaseStatus::Available
        && observed.running.services.iter().all(gone);
    if stop { vec![Step::StopDatabase] } else { Vec::new() }
}
