//! How long the first visitor waits: Reveille, a waker that does one thing after the other, and one
//! that polls for RUNNING every five seconds.
//!
//! Each design has its own environment on the local AWS; all are woken at the same moment, with the
//! same start time of the task, which differs between rounds. The database takes three seconds to
//! resume. The critical path is the slower of the two and the health check. Every function is warm,
//! so that designs are compared and not languages.

#![expect(clippy::unwrap_used, reason = "a bench ends where it cannot go on")]

mod design;
mod visitor;

use std::time::Duration;

use design::Design;
use reveille_tests::{
    demo::timeline::Timeline,
    measure::{
        report::{Report, Table},
        samples::Samples,
    },
};

const WAKES: u16 = 30;

#[derive(Default)]
struct Figures {
    total: Samples,
    path: Samples,
    overhead: Samples,
    errors: f64,
}

impl Figures {
    fn add(&mut self, error: bool, timeline: &Timeline) {
        self.total.push_time(timeline.total.unwrap());
        self.path.push_time(timeline.critical_path.unwrap().total());
        self.overhead.push_time(timeline.overhead().unwrap());
        self.errors += f64::from(u8::from(error));
    }
}

#[tokio::main]
async fn main() {
    let mut designs = [
        Design::reveille().await,
        Design::python("in turn: database, task, route", "in_turn").await,
        Design::python("polling each 5 s for RUNNING", "polling").await,
    ];
    let mut figures = [Figures::default(), Figures::default(), Figures::default()];
    for wake in 0..WAKES {
        let [one, two, three] = &mut designs;
        let wakes = tokio::join!(round(one, wake), round(two, wake), round(three, wake));
        for (figures, (error, timeline)) in figures.iter_mut().zip(<[_; 3]>::from(wakes)) {
            figures.add(error, &timeline);
        }
    }

    let mut table = Table::new(
        format!("{WAKES} wakes of each design at the same moments, in ms"),
        &[
            "app's answer: median",
            "mean",
            "p95",
            "beyond the critical path",
            "p95 ",
            "errors as first answer",
        ],
    );
    for (design, Figures { total, overhead, errors, .. }) in designs.iter().zip(&figures) {
        let row = [total.median(), total.mean(), total.p95(), overhead.median(), overhead.p95(), *errors];
        table.row(design.name, row);
    }
    let mut report = Report::new("wake_latency");
    report.table(table);
    let [ours, in_turn, polling] = [0, 1, 2].map(|index| figures[index].overhead.median());
    let bound = (figures[0].path.median() / 20.0).max(500.0);
    report.goal_at_most("Reveille's median beyond the critical path, in ms", ours, bound);
    report.goal_at_least("times as much beyond it: in turn", in_turn / ours, 1.0);
    report.goal_at_least("times as much beyond it: polling", polling / ours, 1.0);
    report.goal_at_most("errors as a first answer of Reveille's", figures[0].errors, 0.0);
    report.finish().unwrap();
}

/// From one to nine seconds, spread evenly, in a seemingly random order.
fn start(wake: u16) -> Duration {
    Duration::from_millis(1_000 + u64::from(wake) * 4_944 % 8_000)
}

async fn round(design: &mut Design, wake: u16) -> (bool, Timeline) {
    design.prepare(wake, start(wake)).await;
    let place = design.stack.log().end();
    let error = visitor::send(&design.stack.url(), design.stack.log()).await;
    // The load balancer may call it healthy only after its first answer.
    let healthy = |event: &reveille_tests::event_log::Event| event.name == "target_healthy";
    design.stack.log().find(place, visitor::LIMIT, healthy).await.unwrap();
    let timeline = Timeline::of(&design.stack.log().all()[place..]);
    design.put_to_sleep().await;
    (error, timeline)
}
