//! Application Auto Scaling of the app: a policy that adds a task under load and removes one
//! without load, down to the minimum, and a person's suspensions.

use waker::environment::{
    scaling::{Activities, Scaling, Suspended},
    snapshot::RouteTarget,
};

use super::{
    clock::{MINUTE, Millis},
    dice::Dice,
    month::{Event, Month},
    sums::Breach,
};

/// The average time between two decisions of the policy.
const DECISIONS: Millis = 15 * MINUTE;
/// A request within this time counts as load.
const LOADED: Millis = 3 * MINUTE;
/// The policy's maximum.
const MAXIMUM: u32 = 4;

#[derive(Debug)]
pub struct AutoScaling {
    /// As `DescribeScalableTargets` returns it.
    pub targets: Scaling,
    pub tagged: Suspended,
    by_person: Activities,
    /// A decision of the policy is scheduled.
    decides: bool,
}

impl AutoScaling {
    /// Every second month has a policy, and every third of these a suspension by a person.
    pub fn new(services: usize, app: usize, dice: &mut Dice) -> Self {
        let by_person = if dice.once_in(3) { Activities::SCHEDULED } else { Activities::empty() };
        let mut targets = vec![None; services];
        if dice.once_in(2) {
            targets[app] = Some(by_person);
        }
        Self { targets: Scaling(targets), tagged: Suspended::default(), by_person, decides: false }
    }

    fn of(&self, service: usize) -> Option<Activities> {
        self.targets.0.get(service).copied().flatten()
    }
}

impl Month<'_> {
    pub(super) fn set_suspended(&mut self, service: usize, activities: Activities) {
        self.world.scaling.targets.0[service] = Some(activities);
        if !activities.contains(self.world.scaling.by_person) {
            self.judge.breaks(Breach::Overridden);
        }
        self.watch_scaling();
    }

    /// The waker sets the count of the app to 0: from then on no policy may raise it.
    pub(super) fn check_suspended(&mut self) {
        let suspended = self.world.scaling.of(self.world.app);
        if suspended.is_some_and(|suspended| !suspended.contains(Activities::SCALE_OUT)) {
            self.judge.breaks(Breach::Undone);
        }
    }

    /// A serving app must scale again by the end of the next tick.
    pub(super) fn watch_scaling(&mut self) {
        let world = &self.world;
        let serves = world.route.target() == RouteTarget::App && world.services[world.app].desired > 0;
        let suspended = world.scaling.of(world.app).is_some_and(|now| now != world.scaling.by_person);
        self.judge.unscaled(self.now, serves && suspended);
        if serves && !world.scaling.decides && world.scaling.of(world.app).is_some() {
            self.world.scaling.decides = true;
            self.events.add(self.now + self.dice.exponential(DECISIONS), Event::Policy);
        }
    }

    /// The policy decides.
    pub(super) fn decide(&mut self) {
        self.world.scaling.decides = false;
        let app = self.world.app;
        let Some(suspended) = self.world.scaling.of(app) else { return };
        let desired = self.world.services[app].desired;
        let minimum = self.environment.services[app].count;
        if desired == 0 {
            return;
        }
        let loaded = self.judge.answered_within(self.now, LOADED);
        if loaded && desired < MAXIMUM && !suspended.contains(Activities::SCALE_OUT) {
            // A task that has just started is a veto, also if scaling started it.
            self.judge.vetoed(self.now + self.grace());
            self.set_desired(app, desired + 1);
        } else if !loaded && desired > minimum && !suspended.contains(Activities::SCALE_IN) {
            self.set_desired(app, desired - 1);
        }
        self.watch_scaling();
    }
}
