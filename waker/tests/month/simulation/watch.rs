//! What a month notices of its environment: for the judge, the metrics and the trace.

use waker::environment::{cloud::Step, snapshot::RouteTarget};

use super::{
    cloud::{
        resources::Resources,
        world::{Event as AwsEvent, Happened as AwsHappened},
    },
    designs::Design,
    month::{Month, ONLY},
    sums::Breach,
    trace::Happened,
};

impl Month<'_> {
    pub(super) fn resources(&self) -> &Resources {
        &self.world.environments[ONLY]
    }

    pub(super) fn turn(&mut self, to: RouteTarget) {
        self.world.environments[ONLY].route.turn(self.now, to);
        self.changed();
    }

    pub(super) fn set_desired(&mut self, service: usize, count: u32) {
        self.world.set_desired(self.now, (ONLY, service), count);
        self.changed();
    }

    /// AWS does something by itself.
    pub(super) fn aws(&mut self, event: AwsEvent) {
        self.world.happens(self.now, event);
        for happened in std::mem::take(&mut self.world.happened) {
            self.trace.add(self.now, Happened::Aws(happened));
            match happened {
                AwsHappened::Healthy { service } => {
                    if service == self.resources().app && self.resources().app().desired > 0 {
                        self.judge.reached();
                    }
                }
                AwsHappened::Deployed => self.judge.release(self.now),
                AwsHappened::Scheduled { .. } | AwsHappened::Gone { .. } => {}
            }
        }
        self.changed();
    }

    /// The waker is about to change something.
    pub(super) fn changes(&mut self, step: Step) {
        let (Step::SetDesired { service, count } | Step::Deploy { service, count }) = step else { return };
        if service == self.resources().app && self.resources().app().desired > 0 && count == 0 {
            self.judge.emptied(self.now, self.sockets);
            self.hang_up();
            if self.design == Design::Reveille {
                self.check_suspended();
            }
        }
    }

    /// The waker has changed something.
    pub(super) fn has_changed(&mut self, step: Step) {
        if let Step::SetSuspended { activities, .. } = step
            && !activities.contains(self.resources().scaling.by_person)
        {
            self.judge.breaks(Breach::Overridden);
        }
        self.changed();
    }

    /// Informs the judge and the metrics.
    pub(super) fn changed(&mut self) {
        let resources = &self.world.environments[ONLY];
        let app = resources.app();
        self.metrics.targets(self.now, (app.registered() > 0).then(|| app.healthy()));
        let awake = resources.services.iter().any(|service| service.desired > 0);
        self.judge.awake(self.now, awake);
        self.judge.stranded(self.now, resources.is_stranded());
        if self.design == Design::Reveille {
            self.watch_scaling();
        }
    }
}
