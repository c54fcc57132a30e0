//! The last events, printed when a month fails.

use std::{
    collections::VecDeque,
    fmt::{self, Display, Formatter, Write as _},
};

use waker::environment::{
    cloud::Step,
    fault::FaultKind,
    protocol::{Outcome, TickOutcome},
    snapshot::RouteTarget,
    state_tag::StateTag,
};

use super::{
    cloud::{
        clock::{DAY, HOUR, MINUTE, Millis, SECOND},
        world::Happened as AwsHappened,
    },
    people::Hand,
};

const KEPT: usize = 50;

#[derive(Clone, Copy, Debug)]
pub enum Happened {
    Request {
        client: usize,
        landed: RouteTarget,
    },
    Answered {
        client: usize,
    },
    Bare503 {
        client: usize,
    },
    Left {
        client: usize,
    },
    Tick {
        invocation: usize,
    },
    LostTick,
    Applied {
        invocation: usize,
        step: Step,
    },
    Faulted {
        invocation: usize,
        fault: FaultKind,
    },
    /// `CloudWatch`'s answer is partial.
    Partial {
        invocation: usize,
    },
    Crashed {
        invocation: usize,
    },
    Rested {
        invocation: usize,
        rest: TickOutcome,
    },
    Replied {
        invocation: usize,
        outcome: Outcome,
    },
    Aws(AwsHappened),
    ByHand(Hand),
    DeployBegins,
}

impl Display for Happened {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Request { client, landed } => write!(f, "visitor {client} lands at {landed:?}"),
            Self::Answered { client } => write!(f, "visitor {client} is answered by the app"),
            Self::Bare503 { client } => write!(f, "visitor {client} meets a bare 503"),
            Self::Left { client } => write!(f, "visitor {client} leaves for good"),
            Self::Tick { invocation } => write!(f, "tick, as invocation {invocation}"),
            Self::LostTick => write!(f, "a tick is lost"),
            Self::Applied { invocation, step: Step::Write(state_tag) } => {
                let text = state_tag.text().unwrap_or_else(|| format!("{:?}", StateTag::None));
                write!(f, "  {invocation}: writes {text}")
            }
            Self::Applied { invocation, step } => write!(f, "  {invocation}: {step:?}"),
            Self::Faulted { invocation, fault } => write!(f, "  {invocation}: {}", fault.code()),
            Self::Partial { invocation } => write!(f, "  {invocation}: metrics are partial"),
            Self::Crashed { invocation } => write!(f, "  {invocation}: crashes"),
            Self::Rested { invocation, rest } => write!(f, "  {invocation}: {rest:?}"),
            Self::Replied { invocation, outcome } => write!(f, "  {invocation}: {outcome:?}"),
            Self::Aws(AwsHappened::Scheduled { service, started, draining }) => {
                write!(f, "ECS: service {service} starts {started}, drains {draining}")
            }
            Self::Aws(AwsHappened::Healthy { service }) => {
                write!(f, "a task of service {service} is healthy")
            }
            Self::Aws(AwsHappened::Gone { service }) => write!(f, "a task of service {service} has stopped"),
            Self::Aws(AwsHappened::Deployed) => write!(f, "the deployment ends"),
            Self::ByHand(hand) => write!(f, "by hand: {hand:?}"),
            Self::DeployBegins => write!(f, "a deployment begins"),
        }
    }
}

#[derive(Debug, Default)]
pub struct Trace(VecDeque<(Millis, Happened)>);

impl Trace {
    pub fn add(&mut self, at: Millis, happened: Happened) {
        if self.0.len() == KEPT {
            self.0.pop_front();
        }
        self.0.push_back((at, happened));
    }

    pub fn story(&self) -> String {
        let mut story = String::new();
        for (at, happened) in &self.0 {
            // Writing to a String cannot fail.
            let _ = writeln!(story, "  {}  {happened}", moment(*at));
        }
        story
    }
}

/// Day of the month and time of day.
pub fn moment(at: Millis) -> String {
    let (day, hour, minute) = (at / DAY + 1, at / HOUR % 24, at / MINUTE % 60);
    format!("day {day:2} {hour:02}:{minute:02}:{:02}.{:03}", at / SECOND % 60, at % SECOND)
}
