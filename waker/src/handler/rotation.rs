//! The order in which a tick observes its environments.
//!
//! If a tick has no time for all, the next one begins with those that this sandbox has not observed for
//! the longest time. A new sandbox knows of no observation. It begins at a place given by the clock, so
//! that not every new sandbox begins with the same environment.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use crate::config::Environment;

/// The golden ratio: such steps around a circle leave no large gap, for any number of environments.
const STEP: f64 = 0.618_033_988_749_895;

/// The number of each environment's last observation, by its name.
#[derive(Debug, Default)]
pub(super) struct Rotation(Mutex<HashMap<String, u64>>);

impl Rotation {
    /// Positions in `environments`, in the order in which to observe them.
    pub(super) fn order(&self, environments: &[&Environment], now: SystemTime) -> Vec<usize> {
        let observations = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (count, start) = (environments.len(), start(environments.len(), now));
        let mut order: Vec<_> = (0..count).collect();
        order.sort_by_key(|index| {
            let last = observations.get(&environments[*index].name).copied().unwrap_or_default();
            (last, (index + count - start) % count)
        });
        order
    }

    pub(super) fn observed(&self, environment: &Environment) {
        let mut observations = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let number = observations.values().max().copied().unwrap_or_default() + 1;
        observations.insert(environment.name.clone(), number);
    }
}

/// Where a new sandbox begins: another place in each minute.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "a fraction below 1 of a small number"
)]
fn start(count: usize, now: SystemTime) -> usize {
    let minute = now.duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO).as_secs() / 60;
    ((minute as f64 * STEP).fract() * count as f64) as usize
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::config::tests::example;

    fn environments(count: usize) -> Vec<Environment> {
        (0..count).map(|index| Environment { name: format!("env-{index}"), ..example() }).collect()
    }

    fn minute(minute: u64) -> SystemTime {
        UNIX_EPOCH + Duration::from_mins(29_395_300 + minute)
    }

    #[test]
    fn the_next_tick_begins_with_those_that_the_last_had_no_time_for() {
        let environments = environments(10);
        let all: Vec<_> = environments.iter().collect();
        let rotation = Rotation::default();
        let mut last = rotation.order(&all, minute(0));
        for tick in 1..20 {
            let (served, left) = last.split_at(4);
            for index in served {
                rotation.observed(all[*index]);
            }
            let next = rotation.order(&all, minute(tick));
            assert_eq!(next[..left.len()].iter().collect::<BTreeSet<_>>(), left.iter().collect(), "{tick}");
            last = next;
        }
    }

    #[test]
    fn new_sandboxes_reach_every_environment_too() {
        // A quarter in each tick, each in a new sandbox: four ticks are the minimum, five must be
        // enough.
        for count in [1, 2, 50, 400] {
            let environments = environments(count);
            let all: Vec<_> = environments.iter().collect();
            for first in 0..500 {
                let reached = (first..first + 5).flat_map(|tick| {
                    let order = Rotation::default().order(&all, minute(tick));
                    order.into_iter().take(count.div_ceil(4)).collect::<Vec<_>>()
                });
                assert_eq!(reached.collect::<BTreeSet<_>>().len(), count, "{count} from minute {first}");
            }
        }
    }

    #[test]
    fn every_environment_has_one_turn() {
        let environments = environments(7);
        let all: Vec<_> = environments.iter().collect();
        let mut order = Rotation::default().order(&all, minute(3));
        order.sort_unstable();
        assert_eq!(order, [0, 1, 2, 3, 4, 5, 6]);
        assert_eq!(Rotation::default().order(&[], minute(3)), Vec::<usize>::new());
    }
}
