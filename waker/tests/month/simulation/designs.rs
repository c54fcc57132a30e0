//! The design that manages the environment: Reveille, or a simple one.

use std::time::Duration;

use waker::{
    config::Environment,
    environment::protocol::{Action, Input, Protocol as _, Tick, TickMode, Wake, WakeMemory},
};

use super::{
    cloud::{client::LIMIT, clock::wall, sandbox::Sandbox},
    invocation::{End, Owner},
    month::{Month, ONLY},
    naive::{NaiveSleep, NaiveWake},
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Design {
    Reveille,
    /// An alarm on no requests during the idle time, missing data counted as none, acts on its
    /// transition: sets the counts to 0, then turns the route. Its wake redirects as soon as tasks
    /// run.
    Alarm,
    /// A tick trusts the metrics: if they show no request within the idle time, it sets the counts,
    /// then turns the route. Its wake redirects to healthy targets.
    Trusting,
    AlwaysOn,
}

/// The protocol of one invocation.
#[derive(Debug)]
pub enum Machine {
    Wake(Wake),
    Tick(Tick),
    NaiveWake(NaiveWake),
    NaiveSleep(NaiveSleep),
}

impl Month<'_> {
    pub(super) fn machine(&mut self, owner: Owner, sandbox: &mut Sandbox) -> Machine {
        let (began, seed) = (wall(self.now), self.world.dice.seed());
        match (self.design, owner) {
            (Design::Reveille, Owner::Client(client)) => {
                let mode = self.clients[client].mode(self.environment.hold);
                let wake = Wake::new(mode, began, LIMIT, seed, sandbox.congestion);
                Machine::Wake(wake.with_memory(sandbox.of(ONLY).wake))
            }
            (Design::Reveille, _) => Machine::Tick(Tick::new(TickMode::Look, began, LIMIT, seed)),
            (design, Owner::Client(_)) => Machine::NaiveWake(NaiveWake::new(design == Design::Alarm)),
            (design, _) => {
                Machine::NaiveSleep(NaiveSleep::new((design == Design::Trusting).then_some(began)))
            }
        }
    }
}

impl Machine {
    pub fn next(&mut self, environment: &Environment, now: Duration, came: Input) -> Action<End> {
        match self {
            Self::Wake(wake) => ended(wake.next(environment, now, came), End::Visit),
            Self::Tick(tick) => ended(tick.next(environment, now, came), End::Tick),
            Self::NaiveWake(wake) => ended(wake.next(environment, now, came), End::Visit),
            Self::NaiveSleep(sleep) => ended(sleep.next(environment, now, came), End::Tick),
        }
    }

    pub fn deadline(&self) -> Duration {
        match self {
            Self::Wake(wake) => wake.deadline(),
            Self::Tick(tick) => tick.deadline(),
            Self::NaiveWake(_) | Self::NaiveSleep(_) => LIMIT,
        }
    }

    /// What the sandbox keeps for its next invocation, like the handler.
    pub fn left(&self) -> Option<(u32, WakeMemory)> {
        if let Self::Wake(wake) = self { Some((wake.congestion(), wake.memory())) } else { None }
    }
}

fn ended<O>(action: Action<O>, end: impl FnOnce(O) -> End) -> Action<End> {
    match action {
        Action::Observe(scope) => Action::Observe(scope),
        Action::Apply(steps) => Action::Apply(steps),
        Action::Wait(pause) => Action::Wait(pause),
        Action::Done(outcome) => Action::Done(end(outcome)),
    }
}
