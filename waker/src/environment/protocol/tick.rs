//! One tick for one environment: observes it, decides and carries out the decision.
//!
//! ```text
//! start --> Observe WHOLE --asleep, nothing to clean up--> [Observe STATE_TAG, PAUSE] --> Done
//!              |
//!              |--Wake, or repair while the route points to the waker--> as Wake does
//!              |--Undecided--> Observe STATE_TAG, USAGE (again, if a read failed)
//!              |                    |--Stay, Dozing--> repair, Done
//!              |                    |
//!              |                    v
//!              |  +-----------------+
//!              v  v
//!           Sleep, GiveUp, Doze: write the tags reveille:state and reveille:scaling
//!              |
//!              v
//!           turn the route to the waker --> Observe: read it back --Doze--> Done
//!              |                                 |
//!              |<--------------------------------+
//!              v
//!           lock the route --> Wait, Observe: read it back
//!              |
//!              v
//!           suspend scaling, set the counts to 0 --> Observe: read both back --> unlock, Done
//!                               |
//!                               +--another invocation has woken it--> as Wake does
//! ```
//!
//! The state tag is written first: the time of an earlier doze in it must not count for this one,
//! however often the route was turned since.
//!
//! [`super`] says what a tick leaves if it dies between two calls, and what completes it.

mod going_to_sleep;
mod repair;
mod scaling;
mod stage;
mod usage_reads;

use std::time::{Duration, SystemTime};

use going_to_sleep::{SleepProgress, SleepTarget};
use scaling::Suspension;
use stage::TickStage;
pub use stage::{TickMode, TickOutcome};
use usage_reads::UsageReads;

use super::{Action, FAULTS, Input, Protocol, decisive, snapshot_builder::SnapshotBuilder};
use crate::{
    config::Environment,
    environment::{
        cloud::Step,
        failure::Failure,
        fault::FaultKind,
        plan::Phase,
        sleep_decision::{self, AwakeReason, SleepDecision},
        snapshot::{PartialSnapshot, RouteTarget, Scope, Snapshot},
        state_tag::StateTag,
    },
};

/// A fault is retried for no longer than this; the next tick comes soon.
const PATIENCE: Duration = Duration::from_secs(45);

/// From the observation that gives a state tag its time until the tag is written. With the call that
/// turns the route after it, well within [`sleep_decision::PROPAGATION`].
const STATE_TAG_PATIENCE: Duration = Duration::from_secs(3);

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Tick {
    mode: TickMode,
    started: SystemTime,
    limit: Duration,
    seed: u64,
    faults: u32,
    phase: Phase,
    builder: SnapshotBuilder,
    stage: TickStage,
    usage_reads: UsageReads,
}

impl Tick {
    /// `limit` is the end of the invocation less a margin.
    pub fn new(mode: TickMode, started: SystemTime, limit: Duration, seed: u64) -> Self {
        Self {
            mode,
            started,
            limit,
            seed,
            faults: 0,
            phase: Phase::Looking,
            builder: SnapshotBuilder::default(),
            stage: TickStage::Looking,
            usage_reads: UsageReads::default(),
        }
    }

    fn observe(&self, environment: &Environment) -> Action<TickOutcome> {
        match self.stage {
            TickStage::FetchingUsage(_) => Action::Observe(self.usage_reads.scope()),
            TickStage::FetchingStateTag | TickStage::ReadingTags(..) => Action::Observe(Scope::STATE_TAG),
            TickStage::FindingTargets(..) => Action::Observe(Scope::SCALING | Scope::STATE_TAG),
            TickStage::CheckingScaling(..) => Action::Observe(Scope::SCALING),
            TickStage::CheckingPause { .. } => Action::Observe(Scope::PAUSE),
            _ => Action::Observe(self.builder.scope(environment, false).unwrap_or(Scope::WHOLE)),
        }
    }

    fn observed(
        &mut self,
        environment: &Environment,
        now: Duration,
        partial: PartialSnapshot,
    ) -> Action<TickOutcome> {
        let stage = std::mem::replace(&mut self.stage, TickStage::Looking);
        match stage {
            TickStage::FetchingUsage(snapshot) => self.usage_fetched(environment, now, snapshot, &partial),
            TickStage::ReadingTags(mut snapshot, decision) => {
                snapshot.suspended = partial.suspended.unwrap_or_default();
                if matches!(decision, SleepDecision::Stay(_)) {
                    return self.act_on(environment, now, snapshot, decision);
                }
                snapshot.state_tag = partial.state_tag.unwrap_or_default();
                snapshot.wake_history = partial.wake_history.unwrap_or_default();
                let decision = sleep_decision::from_snapshot(environment, &snapshot, self.started + now);
                self.act_on(environment, now, snapshot, decision)
            }
            TickStage::CheckingScaling(snapshot, decision) => {
                self.scaling_checked(environment, now, (snapshot, decision), partial)
            }
            TickStage::FindingTargets(target, state_tag, snapshot) => {
                self.targets_found(environment, now, (target, state_tag, snapshot), partial)
            }
            TickStage::FetchingStateTag => {
                self.state_tag_fetched(environment, now, partial.state_tag.unwrap_or_default())
            }
            TickStage::CheckingPause { asleep } => {
                let blocked_by = partial.pause.and_then(|pause| pause.blocked_by(asleep));
                self.done(TickOutcome::Asleep { blocked_by })
            }
            stage => {
                self.stage = stage;
                self.builder.add(now, partial);
                match self.builder.complete(environment) {
                    Some(snapshot) => self.decide(environment, now, snapshot),
                    None => self.observe(environment),
                }
            }
        }
    }

    fn decide(
        &mut self,
        environment: &Environment,
        now: Duration,
        snapshot: Snapshot,
    ) -> Action<TickOutcome> {
        if snapshot.route == RouteTarget::Elsewhere {
            return self.done(TickOutcome::Failed(Failure::RouteElsewhere));
        }
        match std::mem::replace(&mut self.stage, TickStage::Looking) {
            TickStage::GoingToSleep(progress) => self.sleep_step(environment, now, &snapshot, progress),
            _ if self.mode == TickMode::Sleep => {
                let state_tag = StateTag::Asleep { since: self.started + now };
                self.find_targets(SleepTarget::Sleep, Some(state_tag), snapshot)
            }
            _ => match sleep_decision::from_snapshot(environment, &snapshot, self.started + now) {
                SleepDecision::Undecided | SleepDecision::GiveUp(_) => {
                    self.stage = TickStage::FetchingUsage(snapshot);
                    self.observe(environment)
                }
                decision
                    if matches!(decision, SleepDecision::Stay(_)) || is_half_way(environment, &snapshot) =>
                {
                    self.stage = TickStage::ReadingTags(snapshot, decision);
                    self.observe(environment)
                }
                decision => self.act_on(environment, now, snapshot, decision),
            },
        }
    }

    fn act_on(
        &mut self,
        environment: &Environment,
        now: Duration,
        snapshot: Snapshot,
        decision: SleepDecision,
    ) -> Action<TickOutcome> {
        let at = self.started + now;
        if environment.sleep.dry_run && repair::acts(environment, &snapshot, decision) {
            return self.done(TickOutcome::Would(decision));
        }
        let stays = matches!(decision, SleepDecision::Stay(_) | SleepDecision::Starting);
        if stays && !snapshot.suspended.is_empty() && !environment.sleep.dry_run {
            return self.check_scaling(snapshot, decision);
        }
        match decision {
            SleepDecision::Undecided => self.done(TickOutcome::Awake(AwakeReason::MetricsMissing)),
            SleepDecision::Asleep => self.clean_up(environment, now, snapshot),
            SleepDecision::Wake => self.wake(environment, now, &snapshot, None),
            SleepDecision::Stay(held) => self.repair(environment, now, &snapshot, held),
            SleepDecision::Starting => {
                self.stage = TickStage::Ending(TickOutcome::Awake(AwakeReason::Starting));
                let mut steps = vec![Step::Write(StateTag::Starting { since: at })];
                if snapshot.route == RouteTarget::App {
                    steps.extend(repair::steps(environment, &snapshot));
                }
                Action::Apply(steps)
            }
            SleepDecision::Dozing => self.done(TickOutcome::Dozing),
            SleepDecision::Doze => {
                let state_tag = Step::Write(StateTag::Dozing { since: at });
                let progress = SleepProgress::new(SleepTarget::Doze, Suspension::default());
                self.write(vec![state_tag], progress, snapshot, now)
            }
            SleepDecision::Sleep => {
                self.find_targets(SleepTarget::Sleep, Some(StateTag::Asleep { since: at }), snapshot)
            }
            SleepDecision::GiveUp(failure) => {
                let state_tag = snapshot.state_tag.give_up(failure, at);
                self.find_targets(SleepTarget::GiveUp(failure), Some(state_tag), snapshot)
            }
        }
    }

    fn applied(&mut self, environment: &Environment, now: Duration) -> Action<TickOutcome> {
        match std::mem::replace(&mut self.stage, TickStage::Looking) {
            TickStage::Ending(outcome) => self.done(outcome),
            // Observe again if writing took longer: a request may have come since.
            TickStage::Writing(.., at) if now > at + STATE_TAG_PATIENCE => self.observe(environment),
            TickStage::Writing(progress, snapshot, _) => {
                self.sleep_step(environment, now, &snapshot, progress)
            }
            TickStage::Locking(progress) => self.wait_for_turns(progress),
            TickStage::Suspending(progress, counts) => self.empty(environment, now, progress, counts),
            TickStage::ResumingScaling(snapshot, decision) => {
                self.act_on(environment, now, snapshot, decision)
            }
            stage => {
                self.stage = stage;
                self.observe(environment)
            }
        }
    }

    fn failed(&mut self, now: Duration, fault: FaultKind) -> Action<TickOutcome> {
        let delay = FAULTS.delay(self.faults, fastrand::Rng::with_seed(self.seed).f64());
        self.faults += 1;
        if !fault.retryable() || now + delay >= self.deadline() {
            return self.done(TickOutcome::Failed(Failure::Fault(fault)));
        }
        // What was observed may have changed by then.
        self.forget();
        Action::Wait(delay)
    }

    fn start_over(&mut self, environment: &Environment) -> Action<TickOutcome> {
        self.forget();
        self.observe(environment)
    }

    fn forget(&mut self) {
        self.builder = SnapshotBuilder::default();
        self.usage_reads = UsageReads::default();
        self.stage = TickStage::Looking;
    }

    fn done(&mut self, outcome: TickOutcome) -> Action<TickOutcome> {
        self.phase = match outcome {
            TickOutcome::Asleep { .. } | TickOutcome::FellAsleep | TickOutcome::GaveUp(_) => Phase::Asleep,
            TickOutcome::Awake(_) | TickOutcome::Interrupted => Phase::Ready,
            TickOutcome::Waking(phase) => phase,
            TickOutcome::Dozing => Phase::FallingAsleep,
            TickOutcome::Would(_) => Phase::Looking,
            TickOutcome::Failed(failure) => Phase::Failed(failure),
        };
        Action::Done(outcome)
    }
}

/// The app's count is 0 and another is not: a wake or a sleep has been interrupted, or goes on.
fn is_half_way(environment: &Environment, snapshot: &Snapshot) -> bool {
    !snapshot.running.awake(environment) && snapshot.running.wanted()
}

impl Protocol for Tick {
    type Outcome = TickOutcome;

    fn next(&mut self, environment: &Environment, now: Duration, input: Input) -> Action<TickOutcome> {
        if matches!(self.stage, TickStage::Waking(..)) {
            return self.forward(environment, now, input);
        }
        match input {
            Input::Continue => {
                self.builder.refresh(now);
                self.observe(environment)
            }
            Input::Observed(Ok(partial)) => self.observed(environment, now, partial),
            Input::Observed(Err(fault)) => self.failed(now, fault),
            Input::Applied(faults) => match decisive(environment, &faults) {
                Some(fault) => self.failed(now, fault),
                None => self.applied(environment, now),
            },
        }
    }

    fn deadline(&self) -> Duration {
        match &self.stage {
            TickStage::Waking(wake, _) => wake.deadline(),
            _ => PATIENCE.min(self.limit),
        }
    }

    fn phase(&self) -> Phase {
        self.phase
    }
}

#[cfg(test)]
mod tests;
