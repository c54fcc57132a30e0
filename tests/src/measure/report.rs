//! A bench's results: tables on standard output, or with `--json` one line of JSON, which is also
//! stored in `target/bench`.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use serde_json::{Map, Value, json};

#[derive(Debug)]
pub struct Report {
    bench: &'static str,
    tables: Vec<Table>,
    goals: Vec<Value>,
    notes: Vec<String>,
}

/// Rows of figures; NaN is a missing one.
#[derive(Debug)]
pub struct Table {
    title: String,
    columns: Vec<&'static str>,
    rows: Vec<(String, Vec<f64>)>,
}

impl Table {
    pub fn new(title: impl Into<String>, columns: &[&'static str]) -> Self {
        Self { title: title.into(), columns: columns.to_vec(), rows: Vec::new() }
    }

    pub fn row(&mut self, name: impl Into<String>, figures: impl Into<Vec<f64>>) {
        self.rows.push((name.into(), figures.into()));
    }

    fn json(&self) -> Value {
        let row = |(name, figures): &(String, Vec<f64>)| {
            let figures = self.columns.iter().zip(figures);
            let figures = figures.map(|(column, figure)| ((*column).to_owned(), json!(figure)));
            let name = ("name".to_owned(), json!(name));
            Value::Object(std::iter::once(name).chain(figures).collect::<Map<_, _>>())
        };
        json!({ "title": self.title, "rows": self.rows.iter().map(row).collect::<Vec<_>>() })
    }

    fn text(&self) -> String {
        let first = self.rows.iter().map(|(name, _)| name.chars().count()).max().unwrap_or_default();
        let widths: Vec<_> = self.columns.iter().map(|column| column.chars().count().max(8)).collect();
        let cells = |cells: &mut dyn Iterator<Item = String>| -> String {
            cells.zip(&widths).map(|(cell, width)| format!("  {cell:>width$}")).collect::<Vec<_>>().concat()
        };
        let head = cells(&mut self.columns.iter().map(|column| (*column).to_owned()));
        let row = |(name, figures): &(String, Vec<f64>)| {
            format!("{name:first$}{}", cells(&mut figures.iter().map(|figure| number(*figure))))
        };
        let rows: Vec<_> = self.rows.iter().map(row).collect();
        format!("{}\n\n{:first$}{head}\n{}", self.title, "", rows.join("\n"))
    }
}

impl Report {
    pub fn new(bench: &'static str) -> Self {
        Self { bench, tables: Vec::new(), goals: Vec::new(), notes: Vec::new() }
    }

    pub fn table(&mut self, table: Table) {
        self.tables.push(table);
    }

    /// An explanation of the figures.
    pub fn note(&mut self, note: impl Into<String>) {
        self.notes.push(note.into());
    }

    /// A bound for a figure; a missed one is reported, and is not a failure.
    pub fn goal_at_most(&mut self, what: &str, figure: f64, bound: f64) {
        self.goal(what, figure, "at most", bound, figure <= bound);
    }

    pub fn goal_at_least(&mut self, what: &str, figure: f64, bound: f64) {
        self.goal(what, figure, "at least", bound, figure >= bound);
    }

    fn goal(&mut self, what: &str, figure: f64, relation: &str, bound: f64, met: bool) {
        let bound = json!({ "is": relation, "figure": bound });
        self.goals.push(json!({ "goal": what, "bound": bound, "figure": figure, "met": met }));
    }

    /// Prints and stores everything.
    #[expect(clippy::print_stdout, reason = "a bench prints its results")]
    pub fn finish(self) -> io::Result<()> {
        let json = json!({
            "bench": self.bench,
            "tables": self.tables.iter().map(Table::json).collect::<Vec<_>>(),
            "goals": self.goals,
            "notes": self.notes,
        });
        fs::create_dir_all(folder())?;
        fs::write(folder().join(self.bench).with_extension("json"), format!("{json:#}\n"))?;
        if std::env::args().any(|argument| argument == "--json") {
            println!("{json}");
            return Ok(());
        }
        for table in &self.tables {
            println!("\n{}", table.text());
        }
        println!();
        for goal in &self.goals {
            let bound = &goal["bound"];
            println!(
                "{}: {} is {}, {} {}",
                if goal["met"] == true { "met   " } else { "MISSED" },
                goal["goal"].as_str().unwrap_or_default(),
                number(goal["figure"].as_f64().unwrap_or(f64::NAN)),
                bound["is"].as_str().unwrap_or_default(),
                bound["figure"],
            );
        }
        for note in &self.notes {
            println!("note: {note}");
        }
        Ok(())
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/bench")
}

/// Three digits, or all before the point.
fn number(figure: f64) -> String {
    let size = figure.abs();
    let digits = match size {
        _ if size.fract() == 0.0 || size >= 100.0 => 0,
        _ if size >= 10.0 => 1,
        _ if size >= 0.1 => 2,
        _ => 4,
    };
    if figure.is_finite() { format!("{figure:.digits$}") } else { "-".to_owned() }
}
