//! The way down: the note, the route, the counts, each read back, and what is left
//! over.

use std::time::Duration;

use super::{Depth, Order, Rest, Stage, Suspension, Tick};
use crate::{
    config::{DatabaseKind, Environment},
    environment::{
        cloud::Step,
        note::Note,
        observed::{Observed, RouteTarget},
        pause::{self, Holder},
        plan::{self, Phase},
        protocol::Action,
    },
};

impl Tick {
    pub(super) fn write(
        &mut self,
        depth: Depth,
        tags: Vec<Step>,
        suspension: Suspension,
        observed: Observed,
        now: Duration,
    ) -> Action<Rest> {
        self.phase = Phase::FallingAsleep;
        self.stage = Stage::Writing(depth, suspension, observed, now);
        Action::Apply(tags)
    }

    /// One step further down.
    pub(super) fn sink(
        &mut self,
        environment: &Environment,
        now: Duration,
        observed: &Observed,
        depth: Depth,
        (turned, emptied): (bool, bool),
        mut suspension: Suspension,
    ) -> Action<Rest> {
        self.phase = Phase::FallingAsleep;
        let at_waker = observed.route == RouteTarget::Waker;
        let wanted = observed.running.services.iter().flatten().any(|tasks| tasks.desired > 0);
        if (turned && !at_waker) || (emptied && observed.running.awake(environment)) {
            let wake = self.new_wake(environment, now, observed).resuming(suspension.tagged);
            return self.wake_with(environment, now, wake, Some(Rest::Interrupted));
        }
        if at_waker && (depth == Depth::Doze || !wanted) {
            return match depth {
                Depth::Doze => self.done(Rest::Dozing),
                Depth::Sleep if emptied => self.done(Rest::FellAsleep),
                Depth::Sleep => self.tidy(environment, now, observed.clone()),
                Depth::GiveUp(failure) => self.done(Rest::GaveUp(failure)),
            };
        }
        self.round.turned();
        let suspend = std::mem::take(&mut suspension.steps);
        if at_waker && !suspend.is_empty() {
            self.stage = Stage::Sinking { depth, turned: true, emptied, suspension };
            return Action::Apply(suspend);
        }
        suspension.steps = suspend;
        let emptied = at_waker || !observed.running.awake(environment);
        self.stage = Stage::Sinking { depth, turned: at_waker, emptied, suspension };
        Action::Apply(plan::asleep(environment, observed).steps)
    }

    /// It is asleep; what is left over is put away.
    pub(super) fn tidy(
        &mut self,
        environment: &Environment,
        now: Duration,
        observed: Observed,
    ) -> Action<Rest> {
        let steps = plan::asleep(environment, &observed).steps;
        if steps.contains(&Step::TurnRoute(RouteTarget::Waker)) {
            let suspension = Suspension::default();
            return self.sink(environment, now, &observed, Depth::Sleep, (false, false), suspension);
        }
        if steps.iter().any(|step| matches!(step, Step::SetDesired { .. })) {
            return self.find_targets(Depth::Sleep, None, observed);
        }
        if !steps.is_empty() {
            self.stage = Stage::Mending(Rest::Asleep { held_by: None });
            return Action::Apply(steps);
        }
        if plan::cannot_stop(environment, &observed) {
            return self.done(Rest::Asleep { held_by: Some(Holder::Replica) });
        }
        let aurora =
            environment.database.as_ref().is_some_and(|database| database.kind == DatabaseKind::Aurora);
        if !aurora || self.order == Order::Sleep {
            return self.done(Rest::Asleep { held_by: None });
        }
        self.stage = Stage::Resting;
        self.look(environment)
    }

    pub(super) fn rested(&mut self, environment: &Environment, now: Duration, note: Note) -> Action<Rest> {
        let asleep = note.time().and_then(|since| (self.started + now).duration_since(since).ok());
        match asleep.filter(|asleep| pause::is_due(*asleep)) {
            Some(asleep) => {
                self.stage = Stage::Pausing { asleep };
                self.look(environment)
            }
            None => self.done(Rest::Asleep { held_by: None }),
        }
    }
}
