//! Ticks of many environments, against AWS's rates.

use std::{
    cell::Cell,
    rc::Rc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use lambda_runtime::{Context, LambdaEvent};
use serde_json::json;
use tokio::time::{Instant, sleep, sleep_until};
use waker::{EnvironmentReport, Output, Waker, config::Config, environment::protocol::ResponseMode};

use crate::{
    cloud::delays::Delays,
    driver::{Account, Sandbox},
    environment::fleet,
    visitor::{Answer, Client, request},
};

/// The function's time-out, as the module sets it.
const TIMEOUT: Duration = Duration::from_secs(60);

struct Fleet {
    config: Config,
    account: Rc<Account>,
}

impl Fleet {
    /// A fleet that is asleep.
    fn new(count: usize) -> Self {
        let config = fleet(count);
        Self { account: Account::with_all(config.environments(), Delays::default()), config }
    }

    fn waker(&self) -> Waker<Sandbox> {
        Waker::new(self.config.clone(), self.account.sandbox())
    }

    fn refused(&self) -> u32 {
        self.account.throttled()
    }

    fn beyond_half(&self) -> u32 {
        self.account.world().account.rates.beyond_half
    }
}

async fn tick(waker: &Waker<Sandbox>) -> Vec<EnvironmentReport> {
    let deadline = SystemTime::now().duration_since(UNIX_EPOCH).unwrap() + TIMEOUT;
    let mut context = Context::default();
    context.deadline = u64::try_from(deadline.as_millis()).unwrap();
    let start = Instant::now();
    let output = waker.handle(LambdaEvent::new(json!({"reveille": "tick"}), context)).await.unwrap();
    assert!(start.elapsed() < Duration::from_secs(59), "{:?}", start.elapsed());
    let Output::Reports { environments } = output else { panic!("{output:?}") };
    environments
}

fn reached(reports: &[EnvironmentReport]) -> usize {
    reports.iter().filter(|report| report.reason != "no_time").count()
}

#[tokio::test(start_paused = true)]
async fn a_tick_ends_in_time_and_leaves_half_of_the_rate() {
    for (count, least) in [(1, 1), (50, 50), (100, 90), (200, 90), (400, 90)] {
        let fleet = Fleet::new(count);
        let (start, waker) = (Instant::now(), fleet.waker());
        let reports = tick(&waker).await;
        println!("{count} environments: {} reached in {:.1?}", reached(&reports), start.elapsed());
        assert!(reached(&reports) >= least, "{count}: {}", reached(&reports));
        let mut observed = reports.iter().filter(|report| report.reason != "no_time");
        assert!(observed.all(|report| report.reason == "asleep"), "{reports:?}");
        assert_eq!((fleet.refused(), fleet.beyond_half()), (0, 0), "{count}");
    }
}

#[tokio::test(start_paused = true)]
async fn every_environment_has_its_turn() {
    let fleet = Fleet::new(400);
    let waker = fleet.waker();
    let mut last = vec![0; 400];
    for number in 1..=20 {
        let next = Instant::now() + Duration::from_mins(1);
        let reports = tick(&waker).await;
        for (report, last) in reports.iter().zip(&mut last) {
            if report.reason != "no_time" {
                *last = number;
            }
            // 400 environments; each tick observes at least 90.
            assert!(number - *last < 5, "{} has not been observed since tick {last}", report.environment);
        }
        sleep_until(next).await;
    }
    assert_eq!((fleet.refused(), fleet.beyond_half()), (0, 0));
}

/// From the first request to the app.
async fn wake(fleet: &Fleet, index: usize) -> Duration {
    let environment = &fleet.config.environments()[index];
    let client = Client::new(ResponseMode::Rounds(environment.hold));
    let start = Instant::now();
    let answer = request(&fleet.account, environment, client, 7).await;
    assert_eq!(answer, Answer::App);
    start.elapsed()
}

/// None of the visitor's calls is throttled, so that a wake beside a tick takes as long as one
/// alone. The second is for the moments at which the visitor observes, which differ.
#[tokio::test(start_paused = true)]
async fn a_wake_during_a_tick_of_400_environments_is_as_quick_as_one_alone() {
    let alone = wake(&Fleet::new(400), 0).await;
    for (index, after) in [(0, 0), (0, 1), (5, 10), (200, 20), (399, 30)] {
        let fleet = Fleet::new(400);
        let (waker, took) = (fleet.waker(), Cell::new(Duration::ZERO));
        let visitor = async {
            sleep(Duration::from_secs(after)).await;
            took.set(wake(&fleet, index).await);
        };
        let (reports, ()) = tokio::join!(tick(&waker), visitor);
        assert!(reached(&reports) >= 80, "{}", reached(&reports));
        assert_eq!(fleet.refused(), 0, "{index} after {after} s");
        assert!(took.get() < alone + Duration::from_secs(1), "{index} after {after} s: {took:?}, {alone:?}");
    }
}
