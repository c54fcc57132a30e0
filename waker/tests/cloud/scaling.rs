//! Application Auto Scaling of the app: a policy that adds a task under load and removes one
//! without load, down to the minimum, and a person's suspensions.

use waker::environment::scaling::{Activities, Scaling};

use super::dice::Dice;

/// The policy's maximum.
const MAXIMUM: u32 = 4;

#[derive(Debug)]
pub struct AutoScaling {
    /// As `DescribeScalableTargets` returns it.
    pub targets: Scaling,
    pub by_person: Activities,
    /// A decision of the policy is scheduled.
    pub decides: bool,
}

impl AutoScaling {
    pub fn none(services: usize) -> Self {
        Self { targets: Scaling(vec![None; services]), by_person: Activities::empty(), decides: false }
    }

    /// Every second environment has a policy, and every third of these a suspension by a person.
    pub fn perhaps(services: usize, app: usize, dice: &mut Dice) -> Self {
        let by_person = if dice.once_in(3) { Activities::SCHEDULED } else { Activities::empty() };
        let mut scaling = Self { by_person, ..Self::none(services) };
        if dice.once_in(2) {
            scaling.targets.0[app] = Some(by_person);
        }
        scaling
    }

    /// What is suspended; None without a scalable target.
    pub fn suspended(&self, service: usize) -> Option<Activities> {
        self.targets.0.get(service).copied().flatten()
    }

    /// The policy's new desired count, if it changes it.
    pub fn decide(&self, service: usize, desired: u32, minimum: u32, loaded: bool) -> Option<u32> {
        let suspended = self.suspended(service).filter(|_| desired > 0)?;
        if loaded {
            (desired < MAXIMUM && !suspended.contains(Activities::SCALE_OUT)).then_some(desired + 1)
        } else {
            (desired > minimum && !suspended.contains(Activities::SCALE_IN)).then_some(desired - 1)
        }
    }
}
