//! What a cold start costs: the waker, and the same function in Python with boto3 under Lambda's
//! own runtime client.
//!
//! Both are started in turn as Lambda starts them, with a runtime API and an endpoint on
//! loopback that answers at once. The start ends with the first poll for an event; then comes a
//! browser's first request to a sleeping environment, which ends with the waiting page.
//!
//! Under the quota of a 128 MB function the time is CPU time. "From the first poll on" is what
//! Lambda does, because init has a whole CPU; "from the beginning" applies the quota to init too.

#![expect(clippy::unwrap_used, reason = "a bench ends where it cannot go on")]

mod contestant;
mod start;

use contestant::Contestant;
use reveille_tests::{
    endpoint::tls::Identity,
    measure::{
        cpu_quota::CpuQuota,
        report::{Report, Table},
        samples::Samples,
    },
};
use start::{Aws, Quota, Start, start};

const MEGABYTES: u32 = 128;

/// Ways to start them, and how often: a start under the quota takes seconds.
const WAYS: [(&str, Aws, Quota, usize); 4] = [
    ("without TLS", Aws::Plain, Quota::None, 30),
    ("with TLS", Aws::Tls, Quota::None, 30),
    ("with TLS, 128 MB's quota from the first poll on", Aws::Tls, Quota::FromFirstPoll, 5),
    ("with TLS, 128 MB's quota from the beginning", Aws::Tls, Quota::FromBeginning, 5),
];

/// One contestant, started in one way.
#[derive(Default)]
struct Figures {
    first_poll: Samples,
    answer: Samples,
    both: Samples,
    idle: Samples,
    peak: Samples,
}

impl Figures {
    #[expect(clippy::cast_precision_loss, reason = "no memory here is that large")]
    fn add(&mut self, start: &Start) {
        self.first_poll.push_time(start.first_poll);
        self.answer.push_time(start.answer);
        self.both.push_time(start.first_poll + start.answer);
        self.idle.push(start.idle_kib as f64);
        self.peak.push(start.peak_kib as f64);
    }

    fn row(&self) -> [f64; 7] {
        let Self { first_poll, answer, both, idle, peak } = self;
        let [idle, peak] = [idle, peak].map(|memory| memory.median() / 1024.0);
        [first_poll.median(), first_poll.p95(), answer.median(), answer.p95(), both.median(), idle, peak]
    }
}

#[tokio::main]
async fn main() {
    let contestants = tokio::task::block_in_place(|| [Contestant::waker(), Contestant::python()]);
    let identity = Identity::new().unwrap();
    let mut report = Report::new("waker_start");
    for (way, aws, quota, rounds) in WAYS {
        let group = match quota {
            Quota::None => None,
            _ => match CpuQuota::of_function(MEGABYTES) {
                Ok(group) => Some(group),
                Err(error) => {
                    report.note(format!("not measured {way}: {error:#}"));
                    continue;
                }
            },
        };
        let mut figures = [Figures::default(), Figures::default()];
        // The first of each only warms the machine's caches.
        for round in 0..=rounds {
            for (contestant, figures) in contestants.iter().zip(&mut figures) {
                let start = start(contestant, aws, &identity, quota, group.as_ref()).await;
                if round > 0 {
                    figures.add(&start);
                }
            }
        }
        add(&mut report, way, rounds, &contestants, &figures, aws == Aws::Plain);
    }
    sizes(&mut report, &contestants);
    report.note("the quota is a control group's: 7.2 % of a CPU, in periods of 20 ms");
    report.finish().unwrap();
}

fn add(
    report: &mut Report,
    way: &str,
    rounds: usize,
    contestants: &[Contestant; 2],
    figures: &[Figures; 2],
    plain: bool,
) {
    let mut table = Table::new(
        format!("cold start {way}, {rounds} of each in turn, times in ms"),
        &["first poll", "p95", "answer", "answer p95", "together", "idle MiB", "peak MiB"],
    );
    let [ours, python] = [0, 1].map(|index| figures[index].row());
    for (contestant, row) in contestants.iter().zip([ours, python]) {
        table.row(contestant.name, row);
    }
    table.row("times as much", std::array::from_fn::<f64, 7, _>(|column| python[column] / ours[column]));
    report.table(table);
    if plain {
        report.goal_at_most("waker, start to first poll, in ms", ours[0], 15.0);
        report.goal_at_least("times quicker to it than Python with boto3", python[0] / ours[0], 20.0);
    }
}

#[expect(clippy::cast_precision_loss, reason = "no zip here is that large")]
fn sizes(report: &mut Report, contestants: &[Contestant; 2]) {
    let mut table = Table::new("the function's zip", &["MB"]);
    let [ours, python] = [0, 1].map(|index| contestants[index].zip as f64 / 1e6);
    table.row("waker", [ours]);
    table.row("Python with the SDK, as AWS advises", [python]);
    report.table(table);
    report.goal_at_most("the waker's zip, in MB", ours, 5.0);
    report.note("the Python handler alone, with the managed runtime's SDK, is about 1 kB");
}
