//! Application Auto Scaling in a month: when its policy decides, and what must hold of it.

use waker::environment::{scaling::Activities, snapshot::RouteTarget};

use super::{
    cloud::clock::{MINUTE, Millis},
    month::{Event, Month, ONLY},
    sums::Breach,
};

/// The average time between two decisions of the policy.
const DECISIONS: Millis = 15 * MINUTE;
/// A request within this time counts as load.
const LOADED: Millis = 3 * MINUTE;

impl Month<'_> {
    /// The waker sets the count of the app to 0: from then on no policy may raise it.
    pub(super) fn check_suspended(&mut self) {
        let resources = self.resources();
        let suspended = resources.scaling.suspended(resources.app);
        if suspended.is_some_and(|suspended| !suspended.contains(Activities::SCALE_OUT)) {
            self.judge.breaks(Breach::Undone);
        }
    }

    /// A serving app must scale again by the end of the next tick.
    pub(super) fn watch_scaling(&mut self) {
        let resources = &mut self.world.environments[ONLY];
        let serves = resources.route.target() == RouteTarget::App && resources.app().desired > 0;
        let scaling = &mut resources.scaling;
        let suspended = scaling.suspended(resources.app);
        let unscaled = suspended.is_some_and(|now| now != scaling.by_person);
        self.judge.unscaled(self.now, serves && unscaled);
        if serves && !scaling.decides && suspended.is_some() {
            scaling.decides = true;
            self.world.events.add(self.now + self.world.dice.exponential(DECISIONS), Event::Policy);
        }
    }

    /// The policy decides.
    pub(super) fn decide(&mut self) {
        let loaded = self.judge.answered_within(self.now, LOADED);
        let resources = &mut self.world.environments[ONLY];
        resources.scaling.decides = false;
        let (app, desired) = (resources.app, resources.app().desired);
        let minimum = self.environment.services[app].count;
        if let Some(count) = resources.scaling.decide(app, desired, minimum, loaded) {
            if count > desired {
                // A task that has just started is a veto, also if scaling started it.
                self.judge.vetoed(self.now + self.grace());
            }
            self.set_desired(app, count);
        }
        self.watch_scaling();
    }
}
