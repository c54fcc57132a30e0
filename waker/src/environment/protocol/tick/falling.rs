//! The way down: the note, the route, the counts, each read back, and what is left
//! over.
//!
//! ```text
//! route -> app      turn it to the waker, read it back
//! route -> waker    lock the route, wait for turns that began before that, read it back
//!                   suspend scaling, counts to 0, read all of it back
//!                   unlock the route
//! ```
//!
//! A visitor who comes at the last moment finds tasks that run, and turns the route to
//! them. Elastic Load Balancing has no conditional change: without the lock the turn
//! could come between the sleeper's last look and its counts, and lead to an app whose
//! tasks are being stopped.

use std::time::Duration;

use super::{Order, Rest, Stage, Suspension, Tick};
use crate::{
    config::{DatabaseKind, Environment},
    environment::{
        cloud::{ROUTE_LOCK, Step},
        failure::StartFailure,
        note::Note,
        observed::{Observed, RouteTarget},
        pause::{self, Holder},
        plan::{self, Phase},
        protocol::Action,
    },
};

/// A turn of the route to the app that did not see the lock has been made by then, and is
/// seen: it reads the rule and changes it within this time.
const TURNS_SEEN: Duration = Duration::from_secs(2);

/// The counts are sent no later than this after the lock, or not at all: the call that sets
/// them may take the rest of it.
const COUNTS_SENT: Duration = ROUTE_LOCK.checked_sub(Duration::from_secs(5)).unwrap();

const UNLOCK: Step = Step::TurnRoute(RouteTarget::Waker);

/// How deep the sleep is to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Depth {
    Doze,
    Sleep,
    GiveUp(StartFailure),
}

/// How far down an environment is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Descent {
    depth: Depth,
    /// The route has been read back, or was found to point to the waker.
    turned: bool,
    /// When the route was locked, since the start.
    locked: Option<Duration>,
    /// The app's count has been set to 0, or was found to be.
    emptied: bool,
    suspension: Suspension,
}

impl Descent {
    pub(super) fn new(depth: Depth, suspension: Suspension) -> Self {
        Self { depth, turned: false, locked: None, emptied: false, suspension }
    }
}

impl Tick {
    pub(super) fn write(
        &mut self,
        tags: Vec<Step>,
        descent: Descent,
        observed: Observed,
        now: Duration,
    ) -> Action<Rest> {
        self.phase = Phase::FallingAsleep;
        self.stage = Stage::Writing(descent, observed, now);
        Action::Apply(tags)
    }

    /// One step further down.
    pub(super) fn descend(
        &mut self,
        environment: &Environment,
        now: Duration,
        observed: &Observed,
        mut descent: Descent,
    ) -> Action<Rest> {
        self.phase = Phase::FallingAsleep;
        let at_waker = observed.route == RouteTarget::Waker;
        let awake = observed.running.awake(environment);
        let wanted = observed.running.services.iter().flatten().any(|tasks| tasks.desired > 0);
        let undone = (descent.turned && !at_waker) || (descent.emptied && awake);
        let locked = at_waker && descent.locked.is_some();
        if undone && locked {
            descent.locked = None;
            self.round.turned();
            self.stage = Stage::Descending(descent);
            return Action::Apply(vec![UNLOCK]);
        }
        if undone {
            let wake = self.new_wake(environment, now, observed).resuming(descent.suspension.tagged);
            return self.wake_with(environment, now, wake, Some(Rest::Interrupted));
        }
        if at_waker && (descent.depth == Depth::Doze || !wanted) {
            let rest = match descent.depth {
                Depth::Doze => Rest::Dozing,
                Depth::Sleep if descent.emptied || locked => Rest::FellAsleep,
                Depth::Sleep => return self.tidy(environment, now, observed.clone()),
                Depth::GiveUp(failure) => Rest::GaveUp(failure),
            };
            if !locked {
                return self.done(rest);
            }
            self.stage = Stage::Ending(rest);
            return Action::Apply(vec![UNLOCK]);
        }
        self.round.turned();
        let steps = plan::asleep(environment, observed).steps;
        if !at_waker {
            descent.emptied = !awake;
            self.stage = Stage::Descending(descent);
            return Action::Apply(steps);
        }
        descent.turned = true;
        if awake && descent.locked.is_none() {
            descent.locked = Some(now);
            self.stage = Stage::Locking(descent);
            return Action::Apply(vec![Step::LockRoute]);
        }
        let suspend = std::mem::take(&mut descent.suspension.steps);
        if suspend.is_empty() {
            return self.empty(environment, now, descent, steps);
        }
        self.stage = Stage::Suspending(descent, steps);
        Action::Apply(suspend)
    }

    /// Sets the counts to 0. Without a look after the suspension of scaling: another tick that
    /// finds the one before the other takes it for what a crash has left, and resumes it.
    pub(super) fn empty(
        &mut self,
        environment: &Environment,
        now: Duration,
        mut descent: Descent,
        counts: Vec<Step>,
    ) -> Action<Rest> {
        if descent.locked.is_some_and(|locked| now > locked + COUNTS_SENT) {
            // Somebody may have come since.
            return self.start_over(environment);
        }
        descent.emptied = true;
        self.stage = Stage::Descending(descent);
        Action::Apply(counts)
    }

    /// The route has been locked.
    pub(super) fn wait_for_turns(&mut self, descent: Descent) -> Action<Rest> {
        self.stage = Stage::Descending(descent);
        Action::Wait(TURNS_SEEN)
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
            let descent = Descent::new(Depth::Sleep, Suspension::default());
            return self.descend(environment, now, &observed, descent);
        }
        if steps.iter().any(|step| matches!(step, Step::SetDesired { .. })) {
            return self.find_targets(Depth::Sleep, None, observed);
        }
        if !steps.is_empty() {
            self.stage = Stage::Ending(Rest::Asleep { held_by: None });
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
