//! One invocation of the function, call by call.

use std::time::Duration;

use waker::environment::{
    cloud::Step,
    fault::FaultKind,
    protocol::{Action, Input, Protocol},
    snapshot::{PartialSnapshot, RouteTarget, Scope},
    wake_history::WakeEvent,
};

use crate::{Mutation, Reveille};

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Invocation<P> {
    machine: P,
    pub pending: Pending,
    /// Minutes since its start.
    pub age: u8,
    waited: bool,
    /// The clock when it began, and its clock now, where the order of its calls matters.
    began: u8,
    pub clock: u8,
    /// At the last observation of the route, the app had had a request within the idle time, and
    /// was put to sleep nevertheless. (The read-back covers a request after the observation, by a
    /// visitor who turned the route.)
    pub in_use: bool,
    pub emptied_in_use: bool,
    /// The route leads to the app, and the app's desired count is above 0, both observed after this
    /// invocation's last change of the route.
    known: (bool, bool),
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Pending {
    Observe {
        left: Scope,
        partial: PartialSnapshot,
    },
    Apply {
        left: Vec<Step>,
        all: Vec<Step>,
        /// A tag of the wake history that has been read, and still has to be written.
        write: Option<Tag>,
        /// Failed steps.
        faults: Vec<(Step, FaultKind)>,
    },
    Wait,
}

/// Between two events whose order matters.
pub const CLOCK: Duration = Duration::from_secs(1);

impl Pending {
    /// Whether these are new steps that contain the time.
    pub fn is_dated(&self) -> bool {
        let Self::Apply { left, all, write: None, .. } = self else { return false };
        left == all && all.iter().any(|step| matches!(step, Step::Record(_) | Step::Write(_)))
    }

    /// The wake history has been read, and `tag` has to be written now.
    pub fn will_write(&mut self, step: Step, tag: Tag) {
        if let Self::Apply { left, write, .. } = self {
            left.retain(|other| *other != step);
            *write = Some(tag);
        }
    }

    pub fn take_write(&mut self) -> Option<Tag> {
        if let Self::Apply { write, .. } = self { write.take() } else { None }
    }

    /// Whether an entry of the wake history still has to be written.
    pub fn is_entering(&self) -> bool {
        self.is_to_enter(|_| true)
    }

    /// Whether this entry is the beginning of a wake.
    pub fn is_entering_a_wake(&self) -> bool {
        self.is_to_enter(|event| matches!(event, WakeEvent::WakeBegan(_)))
    }

    fn is_to_enter(&self, wanted: impl Fn(&WakeEvent) -> bool) -> bool {
        let Self::Apply { left, all, write, .. } = self else { return false };
        let enters = |step: &Step| matches!(step, Step::Record(event) if wanted(event));
        left.iter().any(enters) || (write.is_some() && all.iter().any(enters))
    }
}

/// A key and its value.
pub type Tag = (&'static str, String);

/// How an invocation ended or went on.
pub enum Ended<O> {
    Not,
    With(O),
    /// The mutation ends here and leaves out the remaining calls.
    TooSoon,
}

impl<P: Protocol> Invocation<P> {
    /// Begins with its first observation.
    pub fn start(model: &Reveille, machine: P, clock: u8) -> Self {
        let mut invocation = Self {
            machine,
            pending: Pending::Wait,
            age: 0,
            waited: false,
            began: clock,
            clock: 0,
            in_use: false,
            emptied_in_use: false,
            known: (false, false),
        };
        invocation.go_on(model, Input::Continue);
        invocation
    }

    fn now(&self) -> Duration {
        if self.clock > 0 {
            return CLOCK * (self.clock - self.began).into();
        }
        Duration::from_mins(self.age.into()) + Duration::from_secs(if self.waited { 2 } else { 0 })
    }

    fn go_on(&mut self, model: &Reveille, came: Input) -> Ended<P::Outcome> {
        match self.machine.next(&model.environment, self.now(), came) {
            Action::Observe(scope) => {
                self.pending = Pending::Observe { left: scope, partial: PartialSnapshot::default() }
            }
            Action::Apply(mut steps) => {
                if !model.wake_history {
                    steps.retain(|step| !matches!(step, Step::Record(_)));
                }
                self.pending =
                    Pending::Apply { left: steps.clone(), all: steps, write: None, faults: Vec::new() };
            }
            Action::Wait(_) => self.pending = Pending::Wait,
            Action::Done(outcome) => return Ended::With(outcome),
        }
        Ended::Not
    }

    /// The wait is over.
    pub fn resume(&mut self, model: &Reveille) -> Ended<P::Outcome> {
        self.waited = true;
        self.go_on(model, Input::Continue)
    }

    /// A part of the observation has been read.
    pub fn saw(&mut self, model: &Reveille, part: Scope, found: PartialSnapshot) -> Ended<P::Outcome> {
        if let Some(route) = found.route {
            self.known.0 = route == RouteTarget::App;
        }
        if let Some(running) = &found.running {
            self.known.1 = running.desired(0) > 0;
        }
        let Pending::Observe { left, partial } = &mut self.pending else { return Ended::Not };
        left.remove(part);
        partial.running = found.running.or(partial.running.take());
        partial.healthy = found.healthy.or(partial.healthy.take());
        partial.route = found.route.or(partial.route);
        partial.state_tag = found.state_tag.or(partial.state_tag);
        partial.wake_history = found.wake_history.or(partial.wake_history.take());
        partial.suspended = found.suspended.or(partial.suspended);
        partial.usage = found.usage.or(partial.usage.take());
        partial.scaling = found.scaling.or(partial.scaling.take());
        if !left.is_empty() {
            return Ended::Not;
        }
        let partial = std::mem::take(partial);
        self.go_on(model, Input::Observed(Ok(partial)))
    }

    /// A step has been applied.
    pub fn did(&mut self, model: &Reveille, step: Step) -> Ended<P::Outcome> {
        if matches!(step, Step::TurnRoute(_) | Step::LockRoute) {
            self.known = (false, false);
        }
        let Pending::Apply { left, .. } = &mut self.pending else { return Ended::Not };
        left.retain(|other| *other != step);
        self.go_on_if_done(model)
    }

    /// A step has failed.
    pub fn could_not(&mut self, model: &Reveille, step: Step, fault: FaultKind) -> Ended<P::Outcome> {
        if let Pending::Apply { faults, .. } = &mut self.pending {
            faults.push((step, fault));
        }
        self.did(model, step)
    }

    /// When all steps have been applied.
    pub fn go_on_if_done(&mut self, model: &Reveille) -> Ended<P::Outcome> {
        let Pending::Apply { left, all, write, faults } = &mut self.pending else { return Ended::Not };
        if !left.is_empty() || write.is_some() {
            return Ended::Not;
        }
        let too_soon = match model.mutation {
            Some(Mutation::RedirectAtOnce) => {
                faults.is_empty() && all.contains(&Step::TurnRoute(RouteTarget::App))
            }
            Some(Mutation::SleepAtOnce) => all.contains(&Step::SetDesired { service: 0, count: 0 }),
            Some(_) | None => false,
        };
        if too_soon {
            return Ended::TooSoon;
        }
        let faults = std::mem::take(faults);
        self.go_on(model, Input::Applied(faults))
    }

    /// Whether the invocation has read everything that a redirect needs since it changed the route.
    pub fn is_fresh(&self) -> bool {
        self.known == (true, true)
    }
}
