//! The calls of one action, like those of `waker::aws`: an observation, or steps at the same time.
//!
//! A driver plans the calls of an action, then makes each effect happen at its time. The action is
//! over at `ends`.

use std::cmp::Reverse;

use waker::environment::{
    cloud::Step,
    fault::FaultKind,
    snapshot::{PartialSnapshot, Scope},
};

use super::{account::Called, clock::Millis};

#[derive(Debug, Default)]
pub struct Calls {
    /// What is still to be read and changed; the next one is last.
    pub effects: Vec<(Millis, Effect)>,
    pub ends: Millis,
    pub partial: PartialSnapshot,
    /// The fault of an observation.
    pub fault: Option<FaultKind>,
    /// The faults of steps.
    pub faults: Vec<(Step, FaultKind)>,
    /// The rule was read and points to the wanted target already.
    pub turned: bool,
}

/// A moment within a call at which something is read or changed.
#[derive(Clone, Copy, Debug)]
pub enum Effect {
    /// Reads a part of an observation.
    Read(Scope),
    /// Reads as much of the usage as is known: only a driver knows it.
    ReadUsage {
        traffic: bool,
        protected: bool,
    },
    /// Reads whether the rule has to be changed for a step.
    Look(Step),
    Step(Step),
}

impl Calls {
    pub fn begin(&mut self, now: Millis) {
        self.ends = now;
    }

    /// One call of an observation, and when it reads. The first fault ends the observation.
    pub fn read(&mut self, called: Called) -> Millis {
        match (called.fault, self.fault) {
            (Some(fault), None) => (self.fault, self.ends) = (Some(fault.kind), called.back),
            (Some(fault), Some(_)) if called.back < self.ends => {
                (self.fault, self.ends) = (Some(fault.kind), called.back);
            }
            (None, None) => self.ends = self.ends.max(called.back),
            (_, Some(_)) => {}
        }
        called.at
    }

    /// All calls of an observation are planned.
    pub fn planned(&mut self, now: Millis, deadline: Millis) {
        if self.fault.is_some() {
            let ends = self.ends;
            self.effects.retain(|(at, _)| *at <= ends);
        }
        if self.ends > deadline {
            self.fault = Some(FaultKind::TimedOut);
            self.ends = deadline.max(now);
            self.effects.clear();
        }
        self.sort(now);
    }

    /// The call that makes a step's change.
    pub fn step(&mut self, called: Called, step: Step, deadline: Millis) {
        if called.fault.is_none_or(|fault| fault.after_effect) {
            self.effects.push((called.at, Effect::Step(step)));
        }
        let late = (called.back > deadline).then_some(FaultKind::TimedOut);
        if let Some(kind) = late.or(called.fault.map(|fault| fault.kind)) {
            self.faults.push((step, kind));
        }
        // A call that was sent takes effect even after the invocation has stopped waiting for it.
        self.ends = self.ends.max(called.back.min(deadline)).max(called.at);
    }

    /// The result of the observation.
    pub fn observed(&mut self) -> Result<PartialSnapshot, FaultKind> {
        let partial = std::mem::take(&mut self.partial);
        self.fault.take().map_or(Ok(partial), Err)
    }

    pub fn sort(&mut self, now: Millis) {
        self.ends = self.ends.max(now + 1);
        self.effects.sort_by_key(|(at, _)| Reverse(*at));
    }
}
