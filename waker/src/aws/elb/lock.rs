//! The lock on a route: the time at which it was set, in the weight of the waker's target group.
//!
//! A forward to one target group sends every request there, whatever its weight. So the weight can hold
//! a time, and each call that turns the route reads it anyway. It is 1 unless set; 2 to 999, the
//! largest that Elastic Load Balancing accepts, are steps of 5 s, which repeat after 83 minutes. The
//! tick that set the lock unlocks the route; a lock that a crash leaves ends by the clock.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_sdk_elasticloadbalancingv2::types::{ForwardActionConfig, TargetGroupTuple};

use crate::environment::cloud::ROUTE_LOCK;

const STEP: Duration = Duration::from_secs(5);
const FIRST: u64 = 2;
const STEPS: u64 = 998;
/// A lock holds for this many steps.
const HELD: u64 = ROUTE_LOCK.as_secs() / STEP.as_secs();

/// A forward to that target group alone, locked at `now`.
pub(super) fn forward(target_group_arn: &str, now: SystemTime) -> ForwardActionConfig {
    let weight = i32::try_from(FIRST + step(now) % STEPS).unwrap_or(1);
    let group = TargetGroupTuple::builder().target_group_arn(target_group_arn).weight(weight).build();
    ForwardActionConfig::builder().target_groups(group).build()
}

/// Whether a lone target group with that weight is locked at `now`. The clock of the sandbox that
/// locked it may be a step ahead.
pub(super) fn holds(weight: i32, now: SystemTime) -> bool {
    let Some(set) = u64::try_from(weight).ok().and_then(|weight| weight.checked_sub(FIRST)) else {
        return false;
    };
    let age = (step(now) + 1 + STEPS - set % STEPS) % STEPS;
    age <= HELD + 1
}

fn step(now: SystemTime) -> u64 {
    now.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs() / STEP.as_secs()
}

#[cfg(test)]
mod tests {
    use proptest::{prop_assert, prop_assert_eq, proptest};

    use super::*;

    fn at(seconds: u64) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(seconds)
    }

    fn weight(locked: &ForwardActionConfig) -> i32 {
        locked.target_groups()[0].weight().unwrap()
    }

    proptest! {
        #[test]
        fn a_lock_holds_for_its_time_and_not_much_longer(set in 10_u64..10_000_000_000, age in 0_u64..4_900) {
            let weight = weight(&forward("waker", at(set)));
            prop_assert!((2..=999).contains(&weight), "{weight}");
            let lock = ROUTE_LOCK.as_secs();
            if age <= lock || age >= lock + STEP.as_secs() {
                prop_assert_eq!(holds(weight, at(set + age)), age <= lock);
            }
            prop_assert!(holds(weight, at(set - 5)), "by a clock that is 5 s behind");
        }
    }

    #[test]
    fn other_weights_are_no_lock() {
        for weight in [i32::MIN, -1, 0, 1] {
            assert!(!(0..10_000).any(|second| holds(weight, at(second))), "{weight}");
        }
    }
}
