//! Application Auto Scaling: suspended when an environment goes to sleep, resumed where an environment
//! stays awake and a crash left it suspended.
//!
//! ```text
//! to sleep:  Observe SCALING --> Apply: write reveille:scaling and the state tag
//!            --> turn the route, lock it, read it back --> suspend --> set the counts to 0
//!
//! awake, and reveille:scaling is not empty:
//!            Observe SCALING --something in the tag is suspended--> resume
//!                           \\--nothing is, and the tag is not new--> empty the tag
//! ```
//!
//! The tag is written first: after a crash at any call, it names everything that may be suspended.

use std::time::Duration;

use super::{SleepProgress, SleepTarget, Tick, TickOutcome, TickStage};
use crate::{
    config::Environment,
    environment::{
        cloud::Step,
        plan::scaling,
        protocol::Action,
        scaling::Suspended,
        sleep_decision::SleepDecision,
        snapshot::{PartialSnapshot, Scope, Snapshot},
        state_tag::StateTag,
    },
};

/// Scaling while an environment goes to sleep.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Suspension {
    /// The steps that are still to be applied.
    pub(super) steps: Vec<Step>,
    /// The content of the tag.
    pub(super) tagged: Suspended,
}

impl Tick {
    /// Observes the scalable targets, before anything is written or changed.
    pub(super) fn find_targets(
        &mut self,
        target: SleepTarget,
        state_tag: Option<StateTag>,
        snapshot: Snapshot,
    ) -> Action<TickOutcome> {
        self.stage = TickStage::FindingTargets(target, state_tag, snapshot);
        Action::Observe(Scope::SCALING | Scope::STATE_TAG)
    }

    pub(super) fn targets_found(
        &mut self,
        environment: &Environment,
        now: Duration,
        (target, state_tag, snapshot): (SleepTarget, Option<StateTag>, Snapshot),
        partial: PartialSnapshot,
    ) -> Action<TickOutcome> {
        let scaling = partial.scaling.unwrap_or_default();
        let tagged = partial.suspended.unwrap_or_default();
        let suspended = scaling::to_suspend(&scaling, tagged, self.started + now);
        let suspension = Suspension { steps: scaling::suspend(&scaling), tagged: suspended };
        let mut steps: Vec<_> = state_tag.map(Step::Write).into_iter().collect();
        steps.extend((!suspended.is_empty()).then_some(Step::WriteSuspended(suspended)));
        if steps.is_empty() {
            return self.sleep_step(environment, now, &snapshot, SleepProgress::new(target, suspension));
        }
        self.write(steps, SleepProgress::new(target, suspension), snapshot, now)
    }

    /// Observes the scalable targets of an environment that stays awake with a non-empty tag.
    pub(super) fn check_scaling(
        &mut self,
        snapshot: Snapshot,
        decision: SleepDecision,
    ) -> Action<TickOutcome> {
        self.stage = TickStage::CheckingScaling(snapshot, decision);
        Action::Observe(Scope::SCALING)
    }

    pub(super) fn scaling_checked(
        &mut self,
        environment: &Environment,
        now: Duration,
        (mut snapshot, decision): (Snapshot, SleepDecision),
        partial: PartialSnapshot,
    ) -> Action<TickOutcome> {
        let scaling = partial.scaling.unwrap_or_default();
        let mut steps = scaling::resume(&scaling, snapshot.suspended);
        // AWS raises a count to the target's minimum when its scaling is resumed. So a service that is
        // still to be started is left to the wake that starts it.
        let counts = |step: &Step| match step {
            Step::SetSuspended { service, .. } => snapshot.running.desired(*service) > 0,
            _ => true,
        };
        steps.retain(counts);
        if scaling::is_settled(&scaling, snapshot.suspended, self.started + now) {
            steps.push(Step::WriteSuspended(Suspended::default()));
        }
        snapshot.suspended = Suspended::default();
        if steps.is_empty() {
            return self.act_on(environment, now, snapshot, decision);
        }
        self.stage = TickStage::ResumingScaling(snapshot, decision);
        Action::Apply(steps)
    }
}
