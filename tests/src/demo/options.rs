//! The command line.

use std::env;
use std::time::Duration;

use anyhow::{Context, Result};
use clap::{Parser, ValueEnum};
use serde_json::json;

use crate::binaries::{Binaries, sample_app};
use crate::ministack::Settings;
use crate::stack::{self, App};

/// How often targets are checked. AWS does it every 5 s at most, which is not what is shown here.
const HEALTH_CHECK_SECONDS: f64 = 0.25;

/// The least that the waker's configuration takes.
const SHORTEST_IDLE_SECONDS: u16 = 300;
/// AWS makes one.
const TICKS_A_MINUTE: f64 = 20.0;

/// What an app may take beyond the simulated delays.
const BOOT: Duration = Duration::from_mins(3);

/// A sleeping environment on a local AWS: the first request wakes it.
///
/// Tasks and the function are processes, the database is a real PostgreSQL behind a gate that
/// pauses and resumes as Aurora does. All of it listens on loopback only, and ends with this
/// program.
#[derive(Debug, Parser)]
#[command(name = "cargo demo", bin_name = "cargo demo --")]
pub(super) struct Options {
    /// Sends the first request, prints the timeline of the wake and of the sleep after it, and ends:
    /// with 0 if the app has answered and has been put to sleep again
    #[arg(long)]
    pub(super) once: bool,
    /// Prints JSON lines
    #[arg(long)]
    pub(super) json: bool,
    /// Runs this program and its arguments, quoted as in a shell, in place of the sample app
    #[arg(long, value_name = "COMMAND")]
    app: Option<String>,
    /// The port on which the program listens, on 127.0.0.1 or 0.0.0.0
    #[arg(long, default_value_t = 8080, requires = "app")]
    port: u16,
    /// The path that answers 200 when the program is up
    #[arg(long, value_name = "PATH", default_value = "/", requires = "app")]
    health: String,
    /// Gives the program the connection string in a variable: forms are conninfo, url, jdbc, ado
    #[arg(long, value_name = "VAR=FORM", requires = "app")]
    export: Vec<String>,
    /// How long the database takes to resume
    #[arg(long, value_name = "SECONDS", default_value_t = 3.0, value_parser = seconds)]
    resume_seconds: f64,
    /// How long a task takes to start
    #[arg(long, value_name = "SECONDS", default_value_t = 4.0, value_parser = seconds)]
    start_seconds: f64,
    /// How long nobody must come until it may sleep; the tasks stop some twenty seconds later, when
    /// it is certain that nobody has
    #[arg(long, value_name = "SECONDS", default_value_t = 5.0, value_parser = idle_seconds)]
    idle_seconds: f64,
    /// What wakes it: any request, or a click on the page's button
    #[arg(long, value_enum, default_value_t = WakeBy::Request, conflicts_with = "once")]
    wake: WakeBy,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum WakeBy {
    Request,
    Click,
}

fn seconds(text: &str) -> Result<f64, String> {
    number(text, 0.0, 3600.0)
}

fn idle_seconds(text: &str) -> Result<f64, String> {
    number(text, 1.0, SHORTEST_IDLE_SECONDS.into())
}

fn number(text: &str, least: f64, most: f64) -> Result<f64, String> {
    match text.parse() {
        Ok(number) if (least..=most).contains(&number) => Ok(number),
        _ => Err(format!("a number from {least} to {most} is needed")),
    }
}

impl Options {
    pub(super) fn stack(&self, binaries: &Binaries) -> Result<stack::Options> {
        let mut options = stack::Options::new(binaries.bootstrap()?, self.app(binaries)?);
        options.resume = Duration::from_secs_f64(self.resume_seconds);
        options.settings = Settings {
            start_seconds: Some(self.start_seconds),
            health_check_seconds: Some(HEALTH_CHECK_SECONDS),
            // A program that knows nothing of TASK_IP listens where it always does.
            task_address: self.app.is_some().then(|| "127.0.0.1".to_owned()),
            // What happened a second ago is reported as some time ago: nothing is changed in the waker.
            metrics_speed: Some(f64::from(SHORTEST_IDLE_SECONDS) / self.idle_seconds),
            scheduler_speed: Some(TICKS_A_MINUTE),
            ..Settings::default()
        };
        options.ticks = true;
        options.environment = json!({
            "idle_after_seconds": SHORTEST_IDLE_SECONDS, "min_awake_seconds": 0, "metrics_delay_seconds": 1,
            // Somebody who tries it out wakes it more often than any budget allows.
            "guard": {
                "wake": if self.wake == WakeBy::Click { "click" } else { "request" }, "wakes_per_hour": 0,
            },
        });
        Ok(options)
    }

    /// When it must be asleep again: its idle time, the metrics' certainty, ticks and a busy machine.
    pub(super) fn longest_sleep(&self) -> Duration {
        Duration::from_secs_f64(2.0 * self.idle_seconds) + BOOT
    }

    /// When the first visitor gives up.
    pub(super) fn longest_wake(&self) -> Duration {
        Duration::from_secs_f64(self.resume_seconds + self.start_seconds) + BOOT
    }

    fn app(&self, binaries: &Binaries) -> Result<App> {
        let Some(command) = &self.app else {
            let sample = vec![sample_app()?.display().to_string()];
            return Ok(App::behind_entrypoint(&binaries.entrypoint, sample, "DATABASE_URL=conninfo"));
        };
        let command = shlex::split(command).context("--app has a quote without its end")?;
        let directory = env::current_dir()?;
        Ok(App {
            port: self.port,
            health: self.health.clone(),
            working_directory: Some(directory.display().to_string()),
            ..App::behind_entrypoint(&binaries.entrypoint, command, &self.export.join(" "))
        })
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Options::command().debug_assert();
    }

    #[test]
    fn times_that_are_none_are_refused() {
        for text in ["-1", "NaN", "3601", "soon"] {
            assert!(seconds(text).is_err(), "{text}");
        }
        assert!(idle_seconds("0").is_err() && idle_seconds("301").is_err());
    }
}
