//! What the entrypoint costs a task's start: `cargo bench --bench entrypoint_start`.
//!
//! The release binary becomes `/bin/true`, without and with a wait for a PostgreSQL that is up.
//! Beside it in the same run stand `/bin/true` alone and the login alone, so that what is left is
//! the entrypoint's own.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a bench prints, and ends where it cannot go on"
)]

use std::{
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use reveille_tests::{
    binaries::entrypoint,
    postgres::{Options, Postgres},
};

const ROUNDS: usize = 50;
const APP: &str = "/bin/true";
#[tokio::main]
async fn main() {
    let entrypoint = tokio::task::block_in_place(|| entrypoint().unwrap());
    let postgres = Postgres::start(&Options::default()).await.unwrap();
    let port = postgres.port().to_string();
    let (mut alone, mut login, mut becoming, mut all) = (vec![], vec![], vec![], vec![]);
    for _ in 0..ROUNDS {
        alone.push(time(&mut Command::new(APP)));
        login.push(log_in(&port).await);
        becoming.push(time(Command::new(entrypoint).env_clear().args(["--", APP])));
        all.push(time(&mut waiting(entrypoint, &port)));
    }
    let [alone, login, becoming, all] = [alone, login, becoming, all].map(median);
    println!("entrypoint, medians of {ROUNDS} rounds");
    row("the app alone", alone);
    row("start to exec, nothing to do", becoming.saturating_sub(alone));
    row("the login alone", login);
    row("start to exec beyond the login", all.saturating_sub(alone).saturating_sub(login));
    println!("{:36} {:>9} KiB", "peak RSS, after the login", peak_kib(entrypoint, &port));
    println!("{:36} {:>9} bytes", "size", entrypoint.metadata().unwrap().len());
}

fn row(name: &str, time: Duration) {
    println!("{name:36} {:>9} µs", time.as_micros());
}

/// The entrypoint with a database to wait for, which is up.
fn waiting(entrypoint: &Path, port: &str) -> Command {
    let mut command = Command::new(entrypoint);
    command.env_clear().args(["--", APP]);
    command.env("DB_HOST", Postgres::HOST).env("DB_PORT", port).env("DB_NAME", Postgres::DATABASE);
    command.env("DB_USER", Postgres::USER).env("DB_PASSWORD", Postgres::PASSWORD);
    command.env("DB_SSLMODE", "disable").env("ENTRYPOINT_EXPORT", "DATABASE_URL=url");
    command.stderr(Stdio::null());
    command
}

/// The most memory it has had when it has logged in, from `/proc`; it is kept from going on by
/// something else to wait for, on a port that nobody listens on.
fn peak_kib(entrypoint: &Path, port: &str) -> u64 {
    let mut command = waiting(entrypoint, port);
    command.env("ENTRYPOINT_WAIT", "database tcp://127.0.0.1:1").stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap().contains("up dependency=")), "it did not log in");
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    peak.trim().trim_end_matches(" kB").parse().unwrap()
}

fn time(command: &mut Command) -> Duration {
    let begun = Instant::now();
    assert!(command.status().unwrap().success());
    begun.elapsed()
}

/// Connects and logs in, from a process that is warm.
async fn log_in(port: &str) -> Duration {
    let mut config = tokio_postgres::Config::new();
    config.host(Postgres::HOST).port(port.parse().unwrap()).dbname(Postgres::DATABASE);
    config.user(Postgres::USER).password(Postgres::PASSWORD);
    let begun = Instant::now();
    let (client, connection) = config.connect(tokio_postgres::NoTls).await.unwrap();
    let took = begun.elapsed();
    drop(client);
    connection.await.unwrap();
    took
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}
