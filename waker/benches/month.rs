//! The simulated months as a table: Reveille beside what one would build at first.
//!
//! `cargo bench -p waker --bench month -- [--json] [SEEDS]`

#![expect(clippy::print_stdout, reason = "a bench prints its results")]
#![expect(clippy::unwrap_used, reason = "a bench ends where something is not as it should be")]
#![expect(clippy::cast_precision_loss, reason = "no number here is that large")]

#[path = "../tests/month/simulation/mod.rs"]
mod simulation;

use serde_json::{Value, json};
use simulation::{
    clock::{HOUR, SECOND},
    designs::Design,
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

/// A month's mean, unless it says otherwise.
struct Row {
    name: &'static str,
    awake_hours: f64,
    percent_of_ideal: f64,
    stuck_times: f64,
    stuck_hours: f64,
    cut_off: f64,
    bare_503: f64,
    own_503: f64,
    errors: f64,
    /// Of all months.
    stranded_longest_seconds: f64,
    calls: f64,
    metrics: f64,
}

impl Row {
    fn new(name: &'static str, sums: &Sums, seeds: u64) -> Self {
        let mean = |number: u64| number as f64 / seeds as f64;
        let hours = |time| mean(time) / HOUR as f64;
        Self {
            name,
            awake_hours: hours(sums.awake),
            percent_of_ideal: sums.of_ideal() * 100.0,
            stuck_times: mean(sums.stuck),
            stuck_hours: hours(sums.stuck_time),
            cut_off: mean(sums.cut_off),
            bare_503: mean(sums.bare_503),
            own_503: mean(sums.own_503),
            errors: mean(sums.errors),
            stranded_longest_seconds: sums.stranded_longest as f64 / SECOND as f64,
            calls: mean(sums.calls),
            metrics: mean(sums.metrics),
        }
    }

    fn json(&self) -> Value {
        json!({
            "design": self.name,
            "awake_hours": self.awake_hours,
            "percent_of_ideal": self.percent_of_ideal,
            "stuck_times": self.stuck_times,
            "stuck_hours": self.stuck_hours,
            "cut_off": self.cut_off,
            "bare_503": self.bare_503,
            "own_503": self.own_503,
            "errors": self.errors,
            "stranded_longest_seconds": self.stranded_longest_seconds,
            "calls": self.calls,
            "metrics": self.metrics,
        })
    }

    fn print(&self) {
        println!(
            "{:<22}{:>9.1}{:>9.1}{:>8.2}{:>9.1}{:>9.3}{:>9.2}{:>9.3}{:>8.2}{:>13.0}{:>10.0}{:>10.0}",
            self.name,
            self.awake_hours,
            self.percent_of_ideal,
            self.stuck_times,
            self.stuck_hours,
            self.cut_off,
            self.bare_503,
            self.own_503,
            self.errors,
            self.stranded_longest_seconds,
            self.calls,
            self.metrics,
        );
    }
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let seeds = arguments.iter().find_map(|argument| argument.parse().ok()).unwrap_or(SEEDS);
    let shapes = Shapes::new();
    let rows = DESIGNS.map(|(design, name)| {
        let months = shapes.months(design, seeds, design == Design::Reveille);
        let sums = months.unwrap_or_else(|(seed, broken)| {
            panic!("seed {seed}: {:?}\n{}", broken.breach, broken.story);
        });
        Row::new(name, &sums, seeds)
    });
    if arguments.iter().any(|argument| argument == "--json") {
        println!("{:#}", json!({"months": seeds, "designs": rows.map(|row| row.json())}));
        return;
    }
    println!("{seeds} simulated months; a month's mean, but for the longest time stranded\n");
    println!(
        "{:<22}{:>9}{:>9}{:>8}{:>9}{:>9}{:>9}{:>9}{:>8}{:>13}{:>10}{:>10}",
        "",
        "hours",
        "% of",
        "times",
        "hours",
        "cut off",
        "bare 503",
        "by own",
        "other",
        "longest",
        "AWS",
        "metrics",
    );
    println!(
        "{:<22}{:>9}{:>9}{:>8}{:>9}{:>9}{:>9}{:>9}{:>8}{:>13}{:>10}{:>10}",
        "",
        "awake",
        "ideal",
        "stuck",
        "stuck",
        "",
        "",
        "fault",
        "errors",
        "stranded, s",
        "calls",
        "asked for",
    );
    for row in &rows {
        row.print();
    }
}
