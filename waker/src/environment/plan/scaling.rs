//! What there is to suspend of a service's scaling before it sleeps, and to resume once
//! it is awake.

use std::time::{Duration, SystemTime};

use crate::environment::{
    cloud::Step,
    scaling::{Activities, ByService, Scaling, Suspended},
};

/// No invocation that wrote the tag and has yet to suspend is still under way then:
/// Lambda ends each after a minute, and a call takes seconds.
const SETTLED: Duration = Duration::from_mins(2);

/// What the tag must say before any of it is suspended: that, and what it says already.
pub fn to_suspend(scaling: &Scaling, before: Suspended, now: SystemTime) -> Suspended {
    let activities = scaling.targets().map(|(service, suspended)| {
        let ours = before.activities.of(service) & suspended;
        (service, ours | suspended.complement())
    });
    let activities: ByService = activities.collect();
    Suspended { activities, since: now }
}

/// Suspends all scaling of each service that has any left.
pub fn suspend(scaling: &Scaling) -> Vec<Step> {
    let active = scaling.targets().filter(|(_, suspended)| !suspended.is_all());
    active.map(|(service, _)| Step::SetSuspended { service, activities: Activities::all() }).collect()
}

/// Resumes what the waker has suspended, as far as it still is, and nothing else.
pub fn resume(scaling: &Scaling, suspended: Suspended) -> Vec<Step> {
    let ours = scaling.targets().map(|(service, now)| (service, now, now & suspended.activities.of(service)));
    let ours = ours.filter(|(.., ours)| !ours.is_empty());
    ours.map(|(service, now, ours)| Step::SetSuspended { service, activities: now - ours }).collect()
}

/// [`resume`], by one who has not looked: all else was suspended before the waker
/// suspended the rest.
pub fn resume_unseen(suspended: ByService) -> Vec<Step> {
    let left = |ours: Activities| ours.complement();
    suspended.iter().map(|(service, ours)| Step::SetSuspended { service, activities: left(ours) }).collect()
}

/// Whether the tag of an environment that is awake can be emptied: all is resumed.
pub fn is_settled(scaling: &Scaling, suspended: Suspended, now: SystemTime) -> bool {
    resume(scaling, suspended).is_empty() && suspended.since + SETTLED <= now
}
