//! Which scaling to suspend before a service sleeps, and to resume once it is awake.

use std::time::{Duration, SystemTime};

use crate::environment::{
    cloud::Step,
    scaling::{Activities, ByService, Scaling, Suspended},
};

/// An invocation that wrote the tag and has not suspended yet has ended by then: Lambda ends each after
/// a minute, and a call takes seconds.
const SETTLED: Duration = Duration::from_mins(2);

/// The tag to write before anything is suspended: the new suspensions and those already in it.
pub fn to_suspend(scaling: &Scaling, before: Suspended, now: SystemTime) -> Suspended {
    let activities = scaling.targets().map(|(service, suspended)| {
        let ours = before.activities.of(service) & suspended;
        (service, ours | suspended.complement())
    });
    let activities: ByService = activities.collect();
    Suspended { activities, since: now }
}

/// Suspends all scaling of each service that has active scaling.
pub fn suspend(scaling: &Scaling) -> Vec<Step> {
    let active = scaling.targets().filter(|(_, suspended)| !suspended.is_all());
    active.map(|(service, _)| Step::SetSuspended { service, activities: Activities::all() }).collect()
}

/// Resumes what the waker has suspended and what is still suspended, and nothing else.
pub fn resume(scaling: &Scaling, suspended: Suspended) -> Vec<Step> {
    let ours = scaling.targets().map(|(service, now)| (service, now, now & suspended.activities.of(service)));
    let ours = ours.filter(|(.., ours)| !ours.is_empty());
    ours.map(|(service, now, ours)| Step::SetSuspended { service, activities: now - ours }).collect()
}

/// [`resume`] without reading the current state: all else was suspended before the waker suspended the
/// rest.
pub fn resume_unseen(suspended: ByService) -> Vec<Step> {
    let left = |ours: Activities| ours.complement();
    suspended.iter().map(|(service, ours)| Step::SetSuspended { service, activities: left(ours) }).collect()
}

/// Whether the tag of an awake environment can be emptied: everything is resumed.
pub fn is_settled(scaling: &Scaling, suspended: Suspended, now: SystemTime) -> bool {
    resume(scaling, suspended).is_empty() && suspended.since + SETTLED <= now
}
