//! Clients that are held several times, behind the time-outs of what stands in front of the
//! function, at AWS's pace.

use std::{rc::Rc, thread, time::Duration};

use futures_util::future::join_all;
use tokio::{runtime::Builder, time::Instant};
use waker::{
    config::Environment,
    environment::{
        failure::{Failure, StartFailure},
        protocol::Patience,
    },
};

use crate::{
    cloud::Account,
    environment::{idle_timeout, one_service},
    visitor::{Answer, Client, request},
    world::Delays,
};

/// What stands in front of the function.
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
    pub calls: u32,
    pub refused: u32,
    /// The time of all invocations together.
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

    /// What a wake may take so that every client is served by its first request: reads lag by
    /// up to 2 s twice, and the load balancer follows up to 5 s later.
    pub fn served(&self) -> Duration {
        let client = self.client(&one_service(self.hold_seconds));
        let Patience::Rounds(hold) = client.patience else { return Duration::ZERO };
        hold.time * hold.rounds - Duration::from_secs(9)
    }

    /// Virtual time: it goes on when everybody waits.
    pub fn run(&self) -> Run {
        let runtime = Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        runtime.block_on(self.visit())
    }

    async fn visit(&self) -> Run {
        let environment = one_service(self.hold_seconds);
        let client = self.client(&environment);
        let mut rng = fastrand::Rng::with_seed(self.visitors + self.wake.as_secs());
        let aws = Delays::aws(&mut rng);
        let account = Account::new(&environment, Delays { task_start: self.wake - aws.health_check, ..aws });
        account.world.borrow_mut().services[0].failure = self.failure;
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
            calls: account.calls.borrow().values().sum(),
            refused: account.throttled.get(),
            billed: Rc::clone(&account).busy.get(),
        }
    }
}

pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for wake in [20, 45, 60, 95, 150, 280] {
        for visitors in [1, 10, 100, 1_000] {
            for (hold_seconds, front) in [
                (10, Front::LoadBalancer),
                (25, Front::LoadBalancer),
                (55, Front::LoadBalancer),
                (110, Front::LoadBalancer),
                (300, Front::LoadBalancer),
                (10, Front::Gateway),
                (25, Front::Gateway),
                (300, Front::Gateway),
            ] {
                let wake = Duration::from_secs(wake);
                cases.push(Case { wake, visitors, hold_seconds, front, failure: None });
            }
        }
    }
    cases
}

#[test]
fn a_first_call_succeeds_however_many_come_and_whatever_stands_in_front() {
    let cases = cases();
    let (first, second) = cases.split_at(cases.len() / 2);
    thread::scope(|scope| {
        for half in [first, second] {
            scope.spawn(|| half.iter().for_each(served));
        }
    });
}

fn served(case: &Case) {
    let run = case.run();
    for answer in &run.answers {
        // Beyond what its rounds allow, a client is told to come again.
        let late = case.wake > case.served() && *answer == Answer::Waiting;
        assert!(*answer == Answer::App || late, "{case:?}: {answer:?}");
    }
}

#[test]
fn when_the_wake_has_failed_nobody_is_sent_around() {
    let failure = StartFailure::ImageNotPulled;
    for visitors in [1, 10, 100, 1_000] {
        for hold_seconds in [10, 25, 300] {
            let case = Case {
                wake: Duration::from_secs(40),
                visitors,
                hold_seconds,
                front: Front::LoadBalancer,
                failure: Some(failure),
            };
            for answer in case.run().answers {
                // Among a thousand, some are told to come again before AWS lets them look.
                let told = [Answer::Failed(Failure::Start(failure)), Answer::Waiting];
                assert!(told.contains(&answer), "{case:?}: {answer:?}");
            }
        }
    }
}
