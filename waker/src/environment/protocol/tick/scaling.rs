//! Application Auto Scaling on the way to sleep, and what is left suspended of an
//! environment that stays awake.
//!
//! ```text
//! to sleep:  Observe scaling --> Apply: write down what will be suspended, and the note
//!            --> turn the route, lock it, read it back --> suspend --> counts to 0
//!
//! awake, and the tag says that something is suspended:
//!            Observe scaling --some of it is--> resume
//!                           \\--none is, and the tag is not new--> empty the tag
//! ```
//!
//! The tag comes first: whichever call is the last one before a crash, it names all
//! that may be suspended.

use std::time::Duration;

use super::{Depth, Descent, Rest, Stage, Tick};
use crate::{
    config::Environment,
    environment::{
        cloud::Step,
        note::Note,
        observed::{Observed, Scope, Seen},
        plan::scaling,
        protocol::Action,
        scaling::Suspended,
        verdict::Verdict,
    },
};

/// What a sleep does to scaling.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Suspension {
    /// What is still to be suspended.
    pub(super) steps: Vec<Step>,
    /// What the tag says.
    pub(super) tagged: Suspended,
}

impl Tick {
    /// Looks for scalable targets, before anything is written or changed.
    pub(super) fn find_targets(
        &mut self,
        depth: Depth,
        note: Option<Note>,
        observed: Observed,
    ) -> Action<Rest> {
        self.stage = Stage::FindingTargets(depth, note, observed);
        Action::Observe(Scope::SCALING | Scope::NOTE)
    }

    pub(super) fn targets_found(
        &mut self,
        environment: &Environment,
        now: Duration,
        (depth, note, observed): (Depth, Option<Note>, Observed),
        seen: Seen,
    ) -> Action<Rest> {
        let scaling = seen.scaling.unwrap_or_default();
        let tagged = seen.suspended.unwrap_or_default();
        let suspended = scaling::to_suspend(&scaling, tagged, self.started + now);
        let suspension = Suspension { steps: scaling::suspend(&scaling), tagged: suspended };
        let mut steps: Vec<_> = note.map(Step::Write).into_iter().collect();
        steps.extend((!suspended.is_empty()).then_some(Step::WriteSuspended(suspended)));
        if steps.is_empty() {
            return self.descend(environment, now, &observed, Descent::new(depth, suspension));
        }
        self.write(steps, Descent::new(depth, suspension), observed, now)
    }

    /// What has come to be judged so, with scaling that the waker has suspended.
    pub(super) fn check_scaling(&mut self, observed: Observed, verdict: Verdict) -> Action<Rest> {
        self.stage = Stage::CheckingScaling(observed, verdict);
        Action::Observe(Scope::SCALING)
    }

    pub(super) fn scaling_checked(
        &mut self,
        environment: &Environment,
        now: Duration,
        (mut observed, verdict): (Observed, Verdict),
        seen: Seen,
    ) -> Action<Rest> {
        let scaling = seen.scaling.unwrap_or_default();
        let mut steps = scaling::resume(&scaling, observed.suspended);
        // AWS raises a count to the target's minimum when its scaling is resumed: one that is
        // still to be started is left to those who start it.
        let counts = |step: &Step| match step {
            Step::SetSuspended { service, .. } => observed.running.desired(*service) > 0,
            _ => true,
        };
        steps.retain(counts);
        if scaling::is_settled(&scaling, observed.suspended, self.started + now) {
            steps.push(Step::WriteSuspended(Suspended::default()));
        }
        observed.suspended = Suspended::default();
        if steps.is_empty() {
            return self.judged(environment, now, observed, verdict);
        }
        self.stage = Stage::ResumingScaling(observed, verdict);
        Action::Apply(steps)
    }
}
