//! Going to sleep: writes the state tag, turns the route and sets the counts, each read back, and
//! cleans up.
//!
//! ```text
//! route -> app      turn it to the waker, read it back
//! route -> waker    lock the route, wait for turns that began before the lock, read it back
//!                   suspend scaling, set the counts to 0, read both back
//!                   unlock the route
//! ```
//!
//! A visitor who comes at the last moment finds running tasks and turns the route to them. Elastic Load
//! Balancing has no conditional change: without the lock, the visitor could turn the route between the
//! tick's last observation and its counts, to an app whose tasks are being stopped.

use std::time::Duration;

use super::{Suspension, Tick, TickMode, TickOutcome, TickStage};
use crate::{
    config::{DatabaseKind, Environment},
    environment::{
        cloud::{ROUTE_LOCK, Step},
        failure::StartFailure,
        pause::{self, PauseBlocker},
        plan::{self, Phase},
        protocol::Action,
        snapshot::{RouteTarget, Snapshot},
        state_tag::StateTag,
    },
};

/// Waits this long for invocations that read the rule before the lock: each of them turns the route
/// within this time of its read.
const TURNS_SEEN: Duration = Duration::from_secs(2);

/// The counts are set no later than this after the lock, or not at all: the call may take the rest of
/// the lock's time.
const COUNTS_SENT: Duration = ROUTE_LOCK.checked_sub(Duration::from_secs(5)).unwrap();

const UNLOCK: Step = Step::TurnRoute(RouteTarget::Waker);

/// How far the tick takes the environment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum SleepTarget {
    Doze,
    Sleep,
    GiveUp(StartFailure),
}

/// How far going to sleep has come.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct SleepProgress {
    target: SleepTarget,
    /// The route was read back, or already pointed to the waker.
    turned: bool,
    /// When the route was locked, since the start.
    locked: Option<Duration>,
    /// The app's count was set to 0, or already was 0.
    emptied: bool,
    suspension: Suspension,
}

impl SleepProgress {
    pub(super) fn new(target: SleepTarget, suspension: Suspension) -> Self {
        Self { target, turned: false, locked: None, emptied: false, suspension }
    }
}

impl Tick {
    pub(super) fn write(
        &mut self,
        tags: Vec<Step>,
        progress: SleepProgress,
        snapshot: Snapshot,
        now: Duration,
    ) -> Action<TickOutcome> {
        self.phase = Phase::FallingAsleep;
        self.stage = TickStage::Writing(progress, snapshot, now);
        Action::Apply(tags)
    }

    /// The next step of going to sleep.
    pub(super) fn sleep_step(
        &mut self,
        environment: &Environment,
        now: Duration,
        snapshot: &Snapshot,
        mut progress: SleepProgress,
    ) -> Action<TickOutcome> {
        self.phase = Phase::FallingAsleep;
        let at_waker = snapshot.route == RouteTarget::Waker;
        let awake = snapshot.running.awake(environment);
        let wanted = snapshot.running.services.iter().flatten().any(|tasks| tasks.desired > 0);
        let undone = (progress.turned && !at_waker) || (progress.emptied && awake);
        let locked = at_waker && progress.locked.is_some();
        if undone && locked {
            progress.locked = None;
            self.builder.turned();
            self.stage = TickStage::GoingToSleep(progress);
            return Action::Apply(vec![UNLOCK]);
        }
        if undone {
            let wake = self.new_wake(environment, now, snapshot).resuming(progress.suspension.tagged);
            return self.wake_with(environment, now, wake, Some(TickOutcome::Interrupted));
        }
        if at_waker && (progress.target == SleepTarget::Doze || !wanted) {
            let outcome = match progress.target {
                SleepTarget::Doze => TickOutcome::Dozing,
                SleepTarget::Sleep if progress.emptied || locked => TickOutcome::FellAsleep,
                SleepTarget::Sleep => return self.clean_up(environment, now, snapshot.clone()),
                SleepTarget::GiveUp(failure) => TickOutcome::GaveUp(failure),
            };
            if !locked {
                return self.done(outcome);
            }
            self.stage = TickStage::Ending(outcome);
            return Action::Apply(vec![UNLOCK]);
        }
        self.builder.turned();
        let steps = plan::asleep(environment, snapshot).steps;
        if !at_waker {
            progress.emptied = !awake;
            self.stage = TickStage::GoingToSleep(progress);
            return Action::Apply(steps);
        }
        progress.turned = true;
        if awake && progress.locked.is_none() {
            progress.locked = Some(now);
            self.stage = TickStage::Locking(progress);
            return Action::Apply(vec![Step::LockRoute]);
        }
        let suspend = std::mem::take(&mut progress.suspension.steps);
        if suspend.is_empty() {
            return self.empty(environment, now, progress, steps);
        }
        self.stage = TickStage::Suspending(progress, steps);
        Action::Apply(suspend)
    }

    /// Sets the counts to 0, with no observation after the suspension of scaling: another tick that
    /// sees scaling suspended and the counts not yet 0 would take that for the state after a crash, and
    /// resume scaling.
    pub(super) fn empty(
        &mut self,
        environment: &Environment,
        now: Duration,
        mut progress: SleepProgress,
        counts: Vec<Step>,
    ) -> Action<TickOutcome> {
        if progress.locked.is_some_and(|locked| now > locked + COUNTS_SENT) {
            // The route may have been turned since the lock ended.
            return self.start_over(environment);
        }
        progress.emptied = true;
        self.stage = TickStage::GoingToSleep(progress);
        Action::Apply(counts)
    }

    pub(super) fn wait_for_turns(&mut self, progress: SleepProgress) -> Action<TickOutcome> {
        self.stage = TickStage::GoingToSleep(progress);
        Action::Wait(TURNS_SEEN)
    }

    /// The environment is asleep: turns the route, sets other counts to 0 or stops the database, if needed.
    pub(super) fn clean_up(
        &mut self,
        environment: &Environment,
        now: Duration,
        snapshot: Snapshot,
    ) -> Action<TickOutcome> {
        let steps = plan::asleep(environment, &snapshot).steps;
        if steps.contains(&Step::TurnRoute(RouteTarget::Waker)) {
            let progress = SleepProgress::new(SleepTarget::Sleep, Suspension::default());
            return self.sleep_step(environment, now, &snapshot, progress);
        }
        if steps.iter().any(|step| matches!(step, Step::SetDesired { .. })) {
            return self.find_targets(SleepTarget::Sleep, None, snapshot);
        }
        if !steps.is_empty() {
            self.stage = TickStage::Ending(TickOutcome::Asleep { blocked_by: None });
            return Action::Apply(steps);
        }
        if plan::cannot_stop(environment, &snapshot) {
            return self.done(TickOutcome::Asleep { blocked_by: Some(PauseBlocker::Replica) });
        }
        let aurora =
            environment.database.as_ref().is_some_and(|database| database.kind == DatabaseKind::Aurora);
        if !aurora || self.mode == TickMode::Sleep {
            return self.done(TickOutcome::Asleep { blocked_by: None });
        }
        self.stage = TickStage::FetchingStateTag;
        self.observe(environment)
    }

    pub(super) fn state_tag_fetched(
        &mut self,
        environment: &Environment,
        now: Duration,
        state_tag: StateTag,
    ) -> Action<TickOutcome> {
        let asleep = state_tag.time().and_then(|since| (self.started + now).duration_since(since).ok());
        match asleep.filter(|asleep| pause::is_due(*asleep)) {
            Some(asleep) => {
                self.stage = TickStage::CheckingPause { asleep };
                self.observe(environment)
            }
            None => self.done(TickOutcome::Asleep { blocked_by: None }),
        }
    }
}
