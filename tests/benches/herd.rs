//! What it costs when many visitors come at once to a sleeping environment: AWS calls, calls that
//! AWS throttles, and the wait of the slowest visitor. In the simulated cloud with AWS's rates, in
//! virtual time.
//!
//! Each held visitor occupies a sandbox, which observes AWS repeatedly: calls grow with the
//! visitors and with how long they wait. A sandbox whose observation is throttled waits longer
//! before the next, so that the calls of all sandboxes together settle near AWS's rates.
//!
//! Visitors who are not held, such as pages that poll the status, have a table of their own:
//! [`add`] makes one of each kind of patience.

#![expect(clippy::unwrap_used, reason = "a bench ends where something is not as it should be")]
#![expect(clippy::cast_precision_loss, reason = "no number here is that large")]
#![expect(dead_code, reason = "the tests use more of the simulated cloud")]

#[path = "../../waker/tests/simulation/case.rs"]
mod case;
#[path = "../../waker/tests/cloud/mod.rs"]
mod cloud;
#[path = "../../waker/tests/simulation/driver.rs"]
mod driver;
#[path = "../../waker/tests/simulation/environment.rs"]
mod environment;
#[path = "../../waker/tests/simulation/visitor.rs"]
mod visitor;

use std::time::Duration;

use case::{Case, Front};
use cloud::{account::Call, delays::Delays, dice::Dice};
use driver::Account;
use environment::environment;
use futures_util::future::join_all;
use reveille_tests::measure::report::{Report, Table};
use tokio::{runtime::Builder, time::Instant};
use visitor::{Answer, Client, persistent};
use waker::environment::protocol::ResponseMode;

const VISITORS: [u32; 4] = [1, 10, 100, 1_000];
const GIVE_UP: Duration = Duration::from_mins(10);

struct Herd {
    served: u32,
    calls: u64,
    throttled: u32,
    updates: u64,
    most_updates: u32,
    sandboxes: u32,
    sandbox_seconds: f64,
    median: Duration,
    slowest: Duration,
}

impl Herd {
    fn calls_per_sandbox_second(&self) -> f64 {
        self.calls as f64 / self.sandbox_seconds
    }

    fn row(&self) -> [f64; 9] {
        [
            self.calls as f64,
            f64::from(self.throttled),
            self.updates as f64,
            f64::from(self.most_updates),
            f64::from(self.sandboxes),
            self.sandbox_seconds,
            self.calls_per_sandbox_second(),
            self.median.as_secs_f64(),
            self.slowest.as_secs_f64(),
        ]
    }
}

fn main() {
    let mut report = Report::new("herd");
    let held = add(&mut report, "held clients", ResponseMode::Rounds(environment(25).hold));
    let pages = add(&mut report, "browsers, which get the page and come back", ResponseMode::Page);
    let [one, .., thousand] = &held;
    report.goal_at_most(
        "calls per sandbox-second of 1,000 held clients, to those of one",
        thousand.calls_per_sandbox_second() / one.calls_per_sandbox_second(),
        1.0,
    );
    let most = held.iter().chain(&pages).map(|herd| herd.most_updates).max().unwrap();
    report.goal_at_most("UpdateService calls of one sandbox for one service", most.into(), 1.0);
    for herd in [thousand, &pages[3]] {
        report.goal_at_least("served of 1,000", herd.served.into(), 1_000.0);
    }
    rounds(&mut report);
    report.note(format!(
        "no visitor can be served before {:.0} s: the app, the service that is started after it, and the first \
         second in which a load balancer follows the route",
        least().as_secs_f64()
    ));
    report.note(
        "a client that is told to wait comes back after 5 s, a page after 2 s, or later after a failure",
    );
    report.finish().unwrap();
}

fn add(report: &mut Report, who: &str, mode: ResponseMode) -> [Herd; 4] {
    let herds = VISITORS.map(|visitors| {
        // Paused: virtual time advances when every task waits.
        let runtime = Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        runtime.block_on(herd(visitors, mode))
    });
    let mut table = Table::new(
        format!("first requests at the same moment, {who}"),
        &[
            "calls",
            "throttled",
            "UpdateService",
            "most of one",
            "sandboxes",
            "sandbox-s",
            "calls per sandbox-s",
            "median s",
            "slowest s",
        ],
    );
    for (visitors, herd) in VISITORS.iter().zip(&herds) {
        table.row(visitors.to_string(), herd.row());
    }
    report.table(table);
    herds
}

/// AWS's pace, the same for each herd.
fn delays() -> Delays {
    Delays::aws(&mut Dice::new(1, 0))
}

/// Two services, one after the other, and a database beside them.
fn least() -> Duration {
    let delays = delays();
    let task = delays.scheduler.longest() + delays.task_start.longest();
    let first = task.max(delays.resume.longest()) + delays.health_check.longest();
    Duration::from_millis(first + task) + Duration::from_secs(1)
}

/// Clients that follow four redirects, with wakes of different lengths and different holds.
fn rounds(report: &mut Report) {
    for (hold_seconds, front, name) in [
        (25, Front::LoadBalancer, "25 s"),
        (55, Front::LoadBalancer, "55 s"),
        (25, Front::Gateway, "25 s, behind API Gateway"),
    ] {
        let mut table = Table::new(
            format!("first requests at the same moment, held for {name}"),
            &["served", "told to come again", "calls", "throttled", "sandbox-s", "median s", "slowest s"],
        );
        for wake in [20, 45, 60, 90, 280] {
            for visitors in [1, 10, 100, 1_000] {
                let wake = Duration::from_secs(wake);
                let run = Case { wake, visitors, hold_seconds, front, failure: None }.run();
                let count = |answer| {
                    let answers = run.answers.iter().filter(|other| **other == answer).count();
                    f64::from(u32::try_from(answers).unwrap())
                };
                let row = [
                    count(Answer::App),
                    count(Answer::Waiting),
                    run.calls as f64,
                    run.refused.into(),
                    run.billed.as_secs_f64(),
                    run.median.as_secs_f64(),
                    run.slowest.as_secs_f64(),
                ];
                table.row(format!("wake of {} s, {visitors}", wake.as_secs()), row);
            }
        }
        report.table(table);
    }
}

async fn herd(visitors: u32, mode: ResponseMode) -> Herd {
    let environment = environment(25);
    let account = Account::new(&environment, delays());
    let start = Instant::now();
    let visits = (0..visitors).map(async |seed| {
        let answer = persistent(&account, &environment, Client::new(mode), seed.into(), GIVE_UP).await;
        (answer, start.elapsed())
    });
    let answers = join_all(visits).await;
    let mut times: Vec<_> = answers.iter().map(|(_, took)| *took).collect();
    times.sort_unstable();
    let served = answers.iter().filter(|(answer, _)| *answer == Answer::App).count();
    Herd {
        served: served.try_into().unwrap(),
        calls: account.calls(),
        throttled: account.throttled(),
        updates: account.called(Call::UpdateService),
        most_updates: account.most_updates.get(),
        sandboxes: account.sandboxes.get(),
        sandbox_seconds: account.busy.get().as_secs_f64(),
        median: times[times.len() / 2],
        slowest: *times.last().unwrap(),
    }
}
