//! The simulated months as a table: Reveille beside two simple designs.
//!
//! `cargo bench --bench month -- SEEDS` runs another number of months.

#![expect(clippy::unwrap_used, reason = "a bench ends where something is not as it should be")]
#![expect(clippy::cast_precision_loss, reason = "no number here is that large")]

#[path = "../../waker/tests/month/simulation/mod.rs"]
mod simulation;

use reveille_tests::measure::report::{Report, Table};
use simulation::{
    cloud::clock::{HOUR, SECOND},
    conditions::{Beside, Conditions},
    designs::Design,
    month::Broken,
    seeds::Shapes,
    sums::Sums,
};

const SEEDS: u64 = 1_000;

const DESIGNS: [(Design, &str); 4] = [
    (Design::Reveille, "Reveille"),
    (Design::Alarm, "edge-triggered alarm"),
    (Design::Trusting, "metrics as they are"),
    (Design::AlwaysOn, "always on"),
];

/// Percentages of usage reads that fail.
const FAILING: [(u32, &str); 3] = [
    (1, "Reveille, 1 % of usage reads fail"),
    (5, "Reveille, 5 % of usage reads fail"),
    (20, "Reveille, 20 % of usage reads fail"),
];

const COLUMNS: [&str; 11] = [
    "h awake",
    "% of ideal",
    "times stuck",
    "h stuck",
    "cut off",
    "bare 503",
    "own fault",
    "other errors",
    "longest stranded s",
    "AWS calls",
    "metrics",
];

fn main() {
    let seeds = std::env::args().find_map(|argument| argument.parse().ok()).unwrap_or(SEEDS);
    let shapes = Shapes::new();
    let title = format!("{seeds} simulated months; a month's mean, but for the longest time stranded");
    let mut table = Table::new(title, &COLUMNS);
    let mut report = Report::new("month");
    for (design, name) in DESIGNS {
        let sums = held(shapes.months(design, seeds, design == Design::Reveille));
        table.row(name, row(&sums, seeds));
        if design == Design::Reveille {
            report.goal_at_most("bare 503 by Reveille's own fault", mean(sums.own_503, seeds), 0.0);
            report.goal_at_most("% of the ideal that Reveille is awake", sums.of_ideal() * 100.0, 105.0);
        }
    }
    for (failing, name) in FAILING {
        let shapes = Shapes::under(Conditions { failing, ..Conditions::default() });
        let sums = held(shapes.months(Design::Reveille, seeds, true));
        table.row(name, row(&sums, seeds));
        report.goal_at_most(
            &format!("cut off while {failing} % of usage reads fail"),
            mean(sums.cut_off, seeds),
            0.0,
        );
    }
    let sockets = [
        (Beside::Monitor, "Reveille, WebSockets beside a monitor"),
        (Beside::MonitorCountedTwice, "Reveille, the same, functions' bytes counted twice"),
        (Beside::Neighbour, "Reveille, WebSockets beside a neighbour"),
    ];
    for (beside, name) in sockets {
        let seeds = seeds.div_ceil(10);
        let shapes = Shapes::under(Conditions { sockets: Some(beside), ..Conditions::default() });
        table.row(name, row(&held(shapes.months(Design::Reveille, seeds, true)), seeds));
    }
    report.table(table);
    report.note("WebSockets: a tenth of the months");
    report.note("the ideal is awake from the wake until the idle time after the last request");
    report.finish().unwrap();
}

/// The sums; panics with the events that led to the first breach.
fn held(months: Result<Sums, (u64, Broken)>) -> Sums {
    months.unwrap_or_else(|(seed, broken)| panic!("seed {seed}: {:?}\n{}", broken.breach, broken.story))
}

fn mean(number: u64, seeds: u64) -> f64 {
    number as f64 / seeds as f64
}

fn row(sums: &Sums, seeds: u64) -> [f64; 11] {
    let mean = |number| mean(number, seeds);
    let hours = |time| mean(time) / HOUR as f64;
    [
        hours(sums.awake),
        sums.of_ideal() * 100.0,
        mean(sums.stuck),
        hours(sums.stuck_time),
        mean(sums.cut_off),
        mean(sums.bare_503),
        mean(sums.own_503),
        mean(sums.errors),
        sums.stranded_longest as f64 / SECOND as f64,
        mean(sums.calls),
        mean(sums.metrics),
    ]
}
