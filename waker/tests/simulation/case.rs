//! One herd of clients at AWS's pace, behind what stands in front of the function.

use std::time::Duration;

use futures_util::future::join_all;
use tokio::{runtime::Builder, time::Instant};
use waker::{
    config::Environment,
    environment::{failure::StartFailure, protocol::ResponseMode},
};

use crate::{
    cloud::{delays::Delays, dice::Dice},
    driver::Account,
    environment::{idle_timeout, one_service},
    visitor::{Answer, Client, request},
};

/// What stands between the client and the function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Front {
    LoadBalancer,
    /// API Gateway, or `CloudFront` with a second more.
    Gateway,
}

#[derive(Clone, Copy, Debug)]
pub struct Case {
    /// From the first request to a healthy target.
    pub wake: Duration,
    pub visitors: u64,
    pub hold_seconds: u32,
    pub front: Front,
    pub failure: Option<StartFailure>,
}

pub struct Run {
    pub answers: Vec<Answer>,
    /// From the first request to the last answer.
    pub slowest: Duration,
    pub median: Duration,
    pub calls: u64,
    pub refused: u32,
    /// The duration of all invocations together.
    pub billed: Duration,
}

impl Case {
    fn client(&self, environment: &Environment) -> Client {
        match self.front {
            Front::LoadBalancer => {
                Client::held(environment.hold, Duration::from_secs(idle_timeout(self.hold_seconds).into()))
            }
            Front::Gateway => Client::held(environment.hold.behind_gateway(), Duration::from_secs(29)),
        }
    }

    /// The longest wake in which every client is served by its first request: reads lag by up to 2
    /// s twice, and the load balancer follows up to 5 s later.
    pub fn served(&self) -> Duration {
        let client = self.client(&one_service(self.hold_seconds));
        let ResponseMode::Rounds(hold) = client.mode else { return Duration::ZERO };
        (hold.time * hold.rounds).saturating_sub(Duration::from_secs(9))
    }

    /// In virtual time, which advances when every task waits.
    pub fn run(&self) -> Run {
        let runtime = Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        runtime.block_on(self.visit())
    }

    async fn visit(&self) -> Run {
        let environment = one_service(self.hold_seconds);
        let client = self.client(&environment);
        let aws = Delays::aws(&mut Dice::new(self.visitors + self.wake.as_secs(), 0));
        let others = Duration::from_millis(aws.scheduler.longest() + aws.health_check.longest());
        let task_start = self.wake.saturating_sub(others).into();
        let account = Account::new(&environment, Delays { task_start, ..aws });
        account.resources(&environment).services[0].failure = self.failure;
        let visits = (0..self.visitors).map(async |seed| {
            let start = Instant::now();
            (request(&account, &environment, client, seed).await, start.elapsed())
        });
        let answers = join_all(visits).await;
        let mut times: Vec<_> = answers.iter().map(|(_, time)| *time).collect();
        times.sort_unstable();
        Run {
            answers: answers.into_iter().map(|(answer, _)| answer).collect(),
            slowest: times[times.len() - 1],
            median: times[times.len() / 2],
            calls: account.calls(),
            refused: account.throttled(),
            billed: account.busy.get(),
        }
    }
}
