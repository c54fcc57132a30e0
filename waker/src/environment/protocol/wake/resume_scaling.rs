//! Resumes scaling that was suspended while the environment slept, after the counts are set: earlier, a
//! policy would see a service without tasks.

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
    /// Each is tried once per invocation: the next tick retries.
    tried: ByService,
    /// Of services that have a count, or get one with the current steps.
    due: ByService,
}

impl Wake {
    /// Resumes the scaling in this tag, which was written or read a moment ago.
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

    /// Plans what to resume together with the next steps. If the environment is awake already, the
    /// invocation that woke it resumes its scaling.
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

    /// If a count could not be set, its service's scaling stays suspended.
    pub(super) fn forget(&mut self, faults: &[(Step, FaultKind)]) {
        for (step, _) in faults {
            if let Step::SetDesired { service, .. } | Step::Deploy { service, .. } = step {
                self.due = self.due.with(*service, Activities::empty());
            }
        }
    }

    /// The steps that are due, each once.
    pub(super) fn take(&mut self) -> Option<Vec<Step>> {
        let due = std::mem::take(&mut self.due);
        for (service, _) in due.iter() {
            self.tried = self.tried.with(service, Activities::all());
        }
        (!due.is_empty()).then(|| scaling::resume_unseen(due))
    }
}
