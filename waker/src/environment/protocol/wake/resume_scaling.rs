//! Scaling that was suspended while the environment slept, and is resumed once the
//! counts are set: before, a policy would see a service without tasks.

use super::{Wake, WakeStage};
use crate::{
    config::Environment,
    environment::{
        cloud::Step,
        fault::FaultKind,
        plan::scaling,
        protocol::Action,
        scaling::{Activities, ByService, Suspended},
        snapshot::Snapshot,
    },
};

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Resuming {
    suspended: ByService,
    /// Once in an invocation is enough: what fails is left to the next tick.
    tried: ByService,
    /// Of services that have a count, or have one once the steps are applied.
    due: ByService,
}

impl Wake {
    /// Resumes the scaling that has just been suspended, or written down as such.
    #[must_use]
    pub fn resuming(self, suspended: Suspended) -> Self {
        Self { resuming: Resuming::of(suspended.activities), ..self }
    }

    pub(super) fn resume_scaling(&mut self) -> Option<Action> {
        let steps = self.resuming.take()?;
        self.stage = WakeStage::ResumingScaling;
        Some(Action::Apply(steps))
    }
}

impl Resuming {
    pub(super) fn of(suspended: ByService) -> Self {
        Self { suspended, ..Self::default() }
    }

    /// With the steps that come next. Of one that is awake already, those who have woken
    /// it resume the scaling.
    pub(super) fn plan(&mut self, environment: &Environment, snapshot: &Snapshot, steps: &[Step]) {
        let running = &snapshot.running;
        if self.suspended.is_empty() && !running.awake(environment) {
            self.suspended = snapshot.suspended.activities;
        }
        let started = |index: usize| {
            let starts = |step: &Step| matches!(step, Step::SetDesired { service, .. } | Step::Deploy { service, .. } if *service == index);
            running.desired(index) > 0 || steps.iter().any(starts)
        };
        let due = self.suspended.iter().filter(|(index, _)| started(*index));
        self.due = due.filter(|(index, _)| self.tried.of(*index).is_empty()).collect();
    }

    /// A count that could not be set is no reason to resume.
    pub(super) fn forget(&mut self, faults: &[(Step, FaultKind)]) {
        for (step, _) in faults {
            if let Step::SetDesired { service, .. } | Step::Deploy { service, .. } = step {
                self.due = self.due.with(*service, Activities::empty());
            }
        }
    }

    /// What is due, once.
    pub(super) fn take(&mut self) -> Option<Vec<Step>> {
        let due = std::mem::take(&mut self.due);
        for (service, _) in due.iter() {
            self.tried = self.tried.with(service, Activities::all());
        }
        (!due.is_empty()).then(|| scaling::resume_unseen(due))
    }
}
