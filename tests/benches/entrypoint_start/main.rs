//! What programs in front of an app add to a task's start: the entrypoint, a shell script, and
//! wrappers from registries.
//!
//! Each becomes `/bin/true` with a PostgreSQL that is up, in turn with all others; the time of
//! `/bin/true` alone is subtracted. The entrypoint logs in and so does psql; `pg_isready` only
//! checks whether the server accepts connections, the wrappers only whether the port is open. A
//! login alone, from a warm process, is listed beside them.

#![expect(clippy::unwrap_used, reason = "a bench ends where it cannot go on")]

mod contestant;
mod registry;
mod size;

use std::{
    io::{BufRead as _, BufReader},
    process::{Child, Command, Stdio},
    sync::mpsc::{self, RecvTimeoutError},
    thread,
    time::{Duration, Instant},
};

use contestant::{APP, Contestant};
use nix::{
    sys::signal::{self, Signal},
    unistd::Pid,
};
use reveille_tests::{
    binaries::entrypoint,
    event_log::EventLog,
    gate::{self, Gate, Status},
    measure::{
        memory,
        report::{Report, Table},
        samples::Samples,
    },
    postgres::{Options, Postgres},
};

const ROUNDS: usize = 30;
/// None of them takes more than two seconds.
const LIMIT: Duration = Duration::from_secs(30);
/// How long a waiting contestant is observed, until all of its child processes have been seen.
const OBSERVED: Duration = Duration::from_secs(1);

#[tokio::main]
async fn main() {
    let postgres = Postgres::start(&Options::default()).await.unwrap();
    let port = postgres.port();
    let mut report = Report::new("entrypoint_start");
    let mut contestants = tokio::task::block_in_place(|| {
        let [pg_isready, psql] = Contestant::shells(&postgres);
        vec![Contestant::entrypoint(), pg_isready, psql, Contestant::entrypoint_for_the_port()]
    });
    for (name, wrapper) in tokio::task::block_in_place(Contestant::wrappers) {
        match wrapper {
            Ok(wrapper) => contestants.push(wrapper),
            Err(error) => report.note(format!("{name} could not be had: {error:#}")),
        }
    }

    let (mut alone, mut nothing, mut login) = (Samples::default(), Samples::default(), Samples::default());
    let mut times = vec![Samples::default(); contestants.len()];
    for _ in 0..ROUNDS {
        alone.push_time(time(&mut Command::new(APP)));
        login.push_time(log_in(port).await);
        nothing.push_time(time(Command::new(entrypoint().unwrap()).env_clear().args(["--", APP])));
        for (contestant, times) in contestants.iter().zip(&mut times) {
            times.push_time(time(&mut contestant.command(port)));
        }
    }

    let app = alone.median();
    let ours = times[0].median() - app;
    let mut table = Table::new(
        format!("start to exec with the database up, {ROUNDS} of each in turn"),
        &["ms", "p95", "times the entrypoint's", "peak MiB while it waits"],
    );
    for (contestant, times) in contestants.iter().zip(&times) {
        let took = times.median() - app;
        let peak = peak_while_waiting(contestant);
        table.row(contestant.name, [took, times.p95() - app, took / ours, peak]);
    }
    report.table(table);
    let mut parts = Table::new("of it", &["ms", "p95"]);
    parts.row("the login alone", [login.median(), login.p95()]);
    parts.row("the entrypoint beyond a login", [ours - login.median(), f64::NAN]);
    parts.row("the entrypoint with nothing to wait for", [nothing.median() - app, nothing.p95() - app]);
    report.table(parts);
    let [pg_isready, psql, for_the_port] = [1, 2, 3].map(|index| times[index].median() - app);
    report.goal_at_least("times quicker than with pg_isready, which does not log in", pg_isready / ours, 3.0);
    report.goal_at_least("times quicker than with psql, which logs in too", psql / ours, 3.0);
    report.goal_at_least(
        "times quicker than with pg_isready, waiting for the port",
        pg_isready / for_the_port,
        3.0,
    );
    sizes(&mut report, &postgres);
    report.note(format!("the entrypoint's peak after a login is {:.2} MiB", peak_after_login(port)));
    report.note("the wrappers of registries build no connection string, and do not ask the server");
    report.finish().unwrap();
}

#[expect(clippy::cast_precision_loss, reason = "no program here is that large")]
fn sizes(report: &mut Report, postgres: &Postgres) {
    let mut table = Table::new("what an image needs beyond libc", &["MB"]);
    let entrypoint = entrypoint().unwrap().metadata().unwrap().len() as f64 / 1e6;
    let pg_isready = contestant::postgres_folder(postgres).join("pg_isready");
    let libpq = size::with_libraries(&pg_isready) as f64 / 1e6;
    table.row("entrypoint", [entrypoint]);
    table.row("pg_isready and its libraries, sh and sed aside", [libpq]);
    report.table(table);
    report.goal_at_most("the entrypoint's size, in MB", entrypoint, 5.0);
}

fn time(command: &mut Command) -> Duration {
    let begun = Instant::now();
    let mut child = Waiting(command.spawn().unwrap());
    let tree = child.0.id();
    let (ended, end) = mpsc::channel::<()>();
    let watch = thread::spawn(move || {
        let late = end.recv_timeout(LIMIT) == Err(RecvTimeoutError::Timeout);
        if late {
            kill(tree);
        }
        late
    });
    let status = child.0.wait().unwrap();
    let took = begun.elapsed();
    drop(ended);
    let late = watch.join().unwrap();
    assert!(status.success() && !late, "{command:?}: {status}, after {took:?}");
    took
}

/// Connects and logs in, from a process that is warm.
async fn log_in(port: u16) -> Duration {
    let mut config = tokio_postgres::Config::new();
    config.host(Postgres::HOST).port(port).dbname(Postgres::DATABASE);
    config.user(Postgres::USER).password(Postgres::PASSWORD);
    let begun = Instant::now();
    let (client, connection) = config.connect(tokio_postgres::NoTls).await.unwrap();
    let took = begun.elapsed();
    drop(client);
    connection.await.unwrap();
    took
}

/// The memory of the process and its child processes, in MiB, in front of a database that is
/// resuming: it accepts connections and does not answer. A program that only checks the port finds
/// it closed.
fn peak_while_waiting(contestant: &Contestant) -> f64 {
    let options = gate::Options {
        server: 1,
        resume: Duration::from_hours(1),
        pause_after: None,
        status: Status::Paused,
    };
    let gate = Gate::open(&options, EventLog::default()).unwrap();
    let port = if contestant.asks_the_server { gate.port() } else { 1 };
    let mut child = Waiting(contestant.command(port).spawn().unwrap());
    let mut peak = 0;
    let deadline = Instant::now() + OBSERVED;
    while Instant::now() < deadline {
        peak = peak.max(memory::tree_kib(child.0.id()));
        thread::sleep(Duration::from_millis(5));
    }
    assert!(child.0.try_wait().unwrap().is_none(), "{} did not wait", contestant.name);
    mib(peak)
}

/// The entrypoint's peak memory after its login; a second target, on a closed port, keeps it
/// waiting.
fn peak_after_login(port: u16) -> f64 {
    let mut command = Contestant::entrypoint().command(port);
    command.env("ENTRYPOINT_WAIT", "database tcp://127.0.0.1:1").stderr(Stdio::piped());
    let mut child = Waiting(command.spawn().unwrap());
    let mut lines = BufReader::new(child.0.stderr.take().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap().contains("up dependency=")), "it did not log in");
    mib(memory::peak_kib(child.0.id()).unwrap())
}

#[expect(clippy::cast_precision_loss, reason = "no memory here is that large")]
fn mib(kib: u64) -> f64 {
    kib as f64 / 1024.0
}

/// Ends the process and all its child processes.
struct Waiting(Child);

impl Drop for Waiting {
    fn drop(&mut self) {
        if matches!(self.0.try_wait(), Ok(None)) {
            kill(self.0.id());
            let _ = self.0.wait();
        }
    }
}

/// The process and all its child processes.
fn kill(process: u32) {
    for process in memory::tree(process) {
        if let Ok(process) = process.try_into() {
            // It may have ended already.
            let _ = signal::kill(Pid::from_raw(process), Signal::SIGKILL);
        }
    }
}
