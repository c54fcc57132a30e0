//! The whole circle once, in real time and at AWS's pace: asleep, the first answer of a browser and
//! of an API client, awake, idle, dozing, asleep. It takes about twelve minutes.
//!
//! Each wake has its own environment on the local AWS, with AWS's defaults for the waker: nothing
//! is sped up, and the idle time is the shortest that the waker accepts. All samples of the pace
//! are random, so that another run has other figures; compare the column of what Reveille adds.

#![expect(clippy::unwrap_used, reason = "a bench ends where it cannot go on")]

mod browser;
mod parts;

use std::time::Duration;

use parts::Parts;
use reveille_tests::{
    demo::{sleep, timeline::Timeline, visit},
    event_log::EventLog,
    measure::report::{Report, Table},
    pace::{Image, Pace},
    stack::{Options, Stack},
};
use serde_json::json;
use tokio::time::timeout;

/// In the order of the tables.
const CASES: [(Image, u16); 4] = [(Image::Mb50, 5), (Image::Mb50, 10), (Image::Mb400, 5), (Image::Mb400, 10)];

const WAKE_LIMIT: Duration = Duration::from_mins(5);
/// The time limit for each step of falling asleep.
const SLEEP_LIMIT: Duration = Duration::from_mins(15);

#[derive(Clone, Copy, PartialEq)]
enum Client {
    Browser,
    Api,
}

#[tokio::main]
async fn main() {
    announce();
    let browsers = wakes(Client::Browser).await;
    let first = &browsers[0].0;
    let (clients, asleep) = tokio::join!(wakes(Client::Api), sleep::moments(first.log(), SLEEP_LIMIT));

    let columns = ["first page", "app", "AWS: healthy", "AWS: rule", "Reveille adds", "redirects", "503s"];
    let mut answers = Table::new("The first answer, in s", &columns);
    let mut aws = Table::new("AWS's own times in it, in s", &Parts::AWS);
    let mut steps = Table::new("Steps of what Reveille adds, in s", &Parts::STEPS);
    let mut most: f64 = 0.0;
    for ((image, interval), index) in CASES.into_iter().zip(0..) {
        for (name, stacks) in [("browser", &browsers), ("API client", &clients)] {
            let parts = &stacks[index].1;
            let name = format!("{} MB, checked each {interval} s: {name}", image.megabytes());
            let Parts { page, answer, healthy, propagation, redirects, refusals, .. } = *parts;
            answers.row(&name, [page, answer, healthy, propagation, parts.added(), redirects, refusals]);
            aws.row(&name, parts.aws);
            steps.row(name, parts.steps);
            most = most.max(parts.added());
        }
    }
    let mut circle =
        Table::new("The circle of the first row, in s since the request and since the answer", &["at"]);
    for moment in Timeline::of(&first.log().all()).moments {
        circle.row(moment.name, [moment.at.as_secs_f64()]);
    }
    for moment in asleep.unwrap() {
        circle.row(format!("after the answer: {}", moment.name), [moment.at.as_secs_f64()]);
    }

    let mut report = Report::new("circle");
    report.table(answers);
    report.table(aws);
    report.table(steps);
    report.table(circle);
    report.note(
        "AWS: healthy is the critical path: the slower of task and database, then registration and check.",
    );
    report.note("AWS: rule is how long the redirected client was still routed to the waker by the old rule.");
    report.note("Reveille adds the rest; AWS's latency of calls and stale reads are in it.");
    report.goal_at_most("the most that Reveille adds, in s", most, 5.0);
    report.finish().unwrap();
}

#[expect(clippy::print_stderr, reason = "there is nothing else to see for ten minutes")]
fn announce() {
    eprintln!("circle: this is in real time and takes some twelve minutes");
}

/// One of each case, at the same time.
async fn wakes(client: Client) -> Vec<(Stack, Parts)> {
    let mut stacks = vec![];
    for (image, interval) in CASES {
        stacks.push(stack(Pace::aws(image, interval).unwrap()).await);
    }
    let [one, two, three, four] = &stacks[..] else { unreachable!("one of each case") };
    let parts = tokio::join!(wake(one, client), wake(two, client), wake(three, client), wake(four, client));
    stacks.into_iter().zip(<[_; 4]>::from(parts)).collect()
}

async fn stack(pace: Pace) -> Stack {
    let mut options = Options::sample().unwrap().at(pace);
    options.ticks = true;
    options.pause_after = Some(Duration::from_mins(5));
    options.environment = json!({ "idle_after_seconds": 300 });
    Stack::create(&options, EventLog::default()).await.unwrap()
}

async fn wake(stack: &Stack, client: Client) -> Parts {
    let (url, log) = (stack.url(), stack.log());
    let visit = async {
        match client {
            Client::Browser => browser::send(&url, log).await,
            Client::Api => assert!(visit::send(&url, log).await.unwrap().answered_by_app),
        }
    };
    timeout(WAKE_LIMIT, visit).await.expect("the app has not answered");
    Parts::of(log)
}
