//! The way down: the note, the route, the counts, each read back, and what is left
//! over.

use std::time::Duration;

use super::{Depth, Order, Rest, Stage, Tick};
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
        note: Note,
        observed: Observed,
        now: Duration,
    ) -> Action<Rest> {
        self.phase = Phase::FallingAsleep;
        self.stage = Stage::Writing(depth, observed, now);
        Action::Apply(vec![Step::Write(note)])
    }

    /// One step further down.
    pub(super) fn sink(
        &mut self,
        environment: &Environment,
        now: Duration,
        observed: &Observed,
        depth: Depth,
        (turned, emptied): (bool, bool),
    ) -> Action<Rest> {
        self.phase = Phase::FallingAsleep;
        let at_waker = observed.route == RouteTarget::Waker;
        let wanted = observed.running.services.iter().flatten().any(|tasks| tasks.desired > 0);
        if (turned && !at_waker) || (emptied && observed.running.awake(environment)) {
            return self.wake(environment, now, observed, Some(Rest::Interrupted));
        }
        if at_waker && (depth == Depth::Doze || !wanted) {
            return match depth {
                Depth::Doze => self.done(Rest::Dozing),
                Depth::Sleep if emptied => self.done(Rest::FellAsleep),
                Depth::Sleep => self.tidy(environment, now, observed),
                Depth::GiveUp(failure) => self.done(Rest::GaveUp(failure)),
            };
        }
        self.round.turned();
        let emptied = at_waker || !observed.running.awake(environment);
        self.stage = Stage::Sinking { depth, turned: at_waker, emptied };
        Action::Apply(plan::asleep(environment, observed).steps)
    }

    /// It is asleep; what is left over is put away.
    pub(super) fn tidy(
        &mut self,
        environment: &Environment,
        now: Duration,
        observed: &Observed,
    ) -> Action<Rest> {
        let steps = plan::asleep(environment, observed).steps;
        if steps.iter().any(|step| matches!(step, Step::TurnRoute(_) | Step::SetDesired { .. })) {
            return self.sink(environment, now, observed, Depth::Sleep, (false, false));
        }
        if !steps.is_empty() {
            self.stage = Stage::Mending(Rest::Asleep { held_by: None });
            return Action::Apply(steps);
        }
        if plan::cannot_stop(environment, observed) {
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
