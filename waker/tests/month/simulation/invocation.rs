//! One Lambda invocation: its protocol, and its calls under way.
//!
//! While no other event comes before its next call's effect, it goes on directly, without the
//! month's event queue.

use std::time::Duration;

use waker::environment::{
    protocol::{Action, Input, Outcome, TickOutcome},
    snapshot::Scope,
};

use super::{
    cloud::{
        calls::{Calls, Effect},
        clock::{MINUTE, Millis, millis},
        sandbox::Sandbox,
    },
    designs::Machine,
    month::{Event, Month, ONLY},
    trace::Happened,
};

/// One action in so many crashes; so does one in so many that change something.
const CRASHES_SELDOM: u32 = 5_000;
const CRASHES: u32 = 150;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    Client(usize),
    /// EventBridge Scheduler.
    Tick,
    /// An alarm; Lambda retries it so many times.
    Alarm {
        retries: u32,
    },
}

/// The outcome of an invocation.
#[derive(Clone, Copy, Debug)]
pub enum End {
    Visit(Outcome),
    Tick(TickOutcome),
}

#[derive(Debug)]
pub struct Invocation {
    pub machine: Machine,
    pub owner: Owner,
    pub began: Millis,
    pub sandbox: Sandbox,
    /// Attempted steps.
    pub steps: usize,
    action: Under,
    /// The calls of the current action, or a wait without calls.
    pub calls: Calls,
    /// It crashes after so many more effects.
    crashes_after: Option<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Under {
    Observe,
    Steps,
    Wait,
}

impl Month<'_> {
    pub(super) fn invoke(&mut self, owner: Owner) {
        let mut sandbox = self.sandboxes.take(self.now).unwrap_or_default();
        let machine = self.machine(owner, &mut sandbox);
        let mut invocation = Invocation {
            machine,
            owner,
            began: self.now,
            sandbox,
            steps: 0,
            action: Under::Wait,
            calls: Calls::default(),
            crashes_after: None,
        };
        let id = self.free.pop().unwrap_or_else(|| {
            self.invocations.push(None);
            self.invocations.len() - 1
        });
        self.under_way += 1;
        if owner == Owner::Tick {
            self.trace.add(self.now, Happened::Tick { invocation: id });
        }
        if self.next(id, &mut invocation, Input::Continue) {
            self.go_on(id, invocation);
        }
    }

    pub(super) fn resume(&mut self, id: usize) {
        if let Some(invocation) = self.invocations[id].take() {
            self.go_on(id, invocation);
        }
    }

    fn go_on(&mut self, id: usize, mut invocation: Invocation) {
        loop {
            let calls = &mut invocation.calls;
            let due = calls.effects.last().map_or(calls.ends, |(at, _)| *at);
            if self.world.events.next_at().is_some_and(|at| at < due) {
                self.invocations[id] = Some(invocation);
                self.world.events.add(due, Event::Invocation(id));
                return;
            }
            self.now = self.now.max(due);
            if invocation.crashes_after == Some(0) {
                self.crash(id, &invocation);
                return;
            }
            if let Some((_, effect)) = invocation.calls.effects.pop() {
                invocation.crashes_after = invocation.crashes_after.map(|after| after - 1);
                self.effect(id, &mut invocation, effect);
                continue;
            }
            let came = came(&mut invocation);
            if !self.next(id, &mut invocation, came) {
                return;
            }
        }
    }

    /// Whether the invocation goes on.
    fn next(&mut self, id: usize, invocation: &mut Invocation, came: Input) -> bool {
        let elapsed = Duration::from_millis(self.now - invocation.began);
        if let Input::Observed(Err(fault)) = came {
            self.trace.add(self.now, Happened::Faulted { invocation: id, fault });
        }
        if let Input::Applied(faults) = &came {
            for (_, fault) in faults {
                self.trace.add(self.now, Happened::Faulted { invocation: id, fault: *fault });
            }
        }
        // As in `drive`: the deadline belongs to the decision before.
        let deadline = invocation.began + millis(invocation.machine.deadline());
        let action = invocation.machine.next(self.environment, elapsed, came);
        if let Action::Done(end) = action {
            self.end(id, invocation, end);
            return false;
        }
        let often = if matches!(action, Action::Apply(_)) { CRASHES } else { CRASHES_SELDOM };
        invocation.crashes_after = self.world.dice.once_in(often).then(|| self.world.dice.index(4));
        match action {
            Action::Observe(scope) => self.observe(invocation, scope, deadline),
            Action::Apply(steps) => {
                invocation.action = Under::Steps;
                invocation.steps += steps.len();
                self.world.apply(self.now, &steps, deadline, &mut invocation.calls);
            }
            Action::Wait(pause) => {
                invocation.action = Under::Wait;
                invocation.calls.begin(self.now + millis(pause).max(1));
                // A wait has no effects to count.
                invocation.crashes_after = invocation.crashes_after.map(|_| 0);
            }
            Action::Done(_) => {}
        }
        true
    }

    fn observe(&mut self, invocation: &mut Invocation, scope: Scope, deadline: Millis) {
        invocation.action = Under::Observe;
        invocation.calls.begin(self.now);
        for part in scope.iter() {
            if part == Scope::USAGE {
                self.plan_usage(invocation);
            } else {
                self.world.read(self.now, ONLY, part, &mut invocation.calls);
            }
        }
        invocation.calls.planned(self.now, deadline);
    }

    fn effect(&mut self, id: usize, invocation: &mut Invocation, effect: Effect) {
        match effect {
            Effect::ReadUsage { traffic, protected } => self.read_usage(id, invocation, traffic, protected),
            Effect::Step(step) => {
                self.trace.add(self.now, Happened::Applied { invocation: id, step });
                self.changes(step);
            }
            _ => {}
        }
        let Invocation { sandbox, calls, .. } = invocation;
        self.world.effect(self.now, ONLY, effect, sandbox, calls);
        if let Effect::Step(step) = effect {
            self.has_changed(step);
        }
    }

    fn end(&mut self, id: usize, invocation: &mut Invocation, end: End) {
        self.vacate(id);
        let mut sandbox = std::mem::take(&mut invocation.sandbox);
        if let Some((congestion, memory)) = invocation.machine.left() {
            sandbox.congestion = congestion;
            sandbox.of(ONLY).wake = memory;
        }
        self.sandboxes.give_back(self.now, sandbox);
        match (end, invocation.owner) {
            (End::Visit(outcome), Owner::Client(client)) => {
                self.trace.add(self.now, Happened::Replied { invocation: id, outcome });
                self.replied(client, outcome);
            }
            (End::Tick(rest), Owner::Tick) => {
                self.trace.add(self.now, Happened::Rested { invocation: id, rest });
                self.judge.ticked(invocation.began, self.now);
                self.state_tag_fetched(rest, invocation.steps);
            }
            (End::Tick(TickOutcome::Failed(_)), Owner::Alarm { retries }) => self.retry_alarm(retries),
            _ => {}
        }
    }

    fn crash(&mut self, id: usize, invocation: &Invocation) {
        self.trace.add(self.now, Happened::Crashed { invocation: id });
        self.vacate(id);
        match invocation.owner {
            Owner::Client(client) => self.error(client),
            Owner::Tick => {}
            Owner::Alarm { retries } => self.retry_alarm(retries),
        }
    }

    /// The same invocation a minute later, once for each failure.
    fn retry_alarm(&mut self, retries: u32) {
        if retries > 0 {
            self.world.events.add(self.now + MINUTE, Event::Alarm { retries: retries - 1 });
        }
    }

    fn vacate(&mut self, id: usize) {
        self.free.push(id);
        self.under_way -= 1;
    }
}

/// The result of the action that has ended.
fn came(invocation: &mut Invocation) -> Input {
    match invocation.action {
        Under::Wait => Input::Continue,
        Under::Observe => Input::Observed(invocation.calls.observed()),
        Under::Steps => Input::Applied(std::mem::take(&mut invocation.calls.faults)),
    }
}
