//! The command line.

use std::env;
use std::time::Duration;

use anyhow::{Context, Result};
use clap::error::ErrorKind;
use clap::{CommandFactory as _, Parser, ValueEnum};
use serde_json::json;

use super::number::number;
use super::pacing::Pacing;
use crate::binaries::{Binaries, sample_app};
use crate::ministack::Settings;
use crate::stack::{self, App};

/// How often targets are checked at the quick pace. AWS does it every 5 s at most.
const HEALTH_CHECK_SECONDS: f64 = 0.25;

/// The lowest value of the waker's configuration.
const SHORTEST_IDLE_SECONDS: u16 = 300;
const IDLE_SECONDS: f64 = 5.0;
/// The waker's default, the longest delay of AWS's metrics.
const METRICS_DELAY: Duration = Duration::from_mins(3);
/// The default of Aurora.
const PAUSE_AFTER: Duration = Duration::from_mins(5);
/// AWS makes one a minute.
const TICKS_A_MINUTE: f64 = 20.0;

/// The app's own start may take this long beyond the simulated delays.
const BOOT: Duration = Duration::from_mins(3);

/// A sleeping environment on a local AWS: the first request wakes it.
///
/// Tasks and the function are processes, the database is a real PostgreSQL behind a gate that
/// pauses and resumes as Aurora does. All of it listens on loopback only, and ends with this
/// program.
#[derive(Debug, Parser)]
#[command(name = "cargo demo", bin_name = "cargo demo --")]
pub(super) struct Options {
    /// Sends the first request, tells the wake and the sleep after it, and ends: with 0 if the app has
    /// answered and has been put to sleep again
    #[arg(long)]
    pub(super) once: bool,
    /// Prints each event of the local AWS in place of the story
    #[arg(long)]
    pub(super) verbose: bool,
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
    #[command(flatten)]
    pub(super) pacing: Pacing,
    /// At the quick pace: how long nobody must come until it may sleep [default: 5]; the tasks stop
    /// some twenty seconds later, when it is certain that nobody has
    #[arg(long, value_name = "SECONDS", value_parser = idle_seconds)]
    idle_seconds: Option<f64>,
    /// What wakes it: any request, or a click on the page's button
    #[arg(long, value_enum, default_value_t = WakeBy::Request, conflicts_with = "once")]
    wake: WakeBy,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum WakeBy {
    Request,
    Click,
}

fn idle_seconds(text: &str) -> Result<f64, String> {
    number(text, 1.0, SHORTEST_IDLE_SECONDS.into())
}

impl Options {
    /// Reads the command line; ends the program if it is wrong.
    pub(super) fn read() -> Self {
        let options = Self::parse();
        options.check().unwrap_or_else(|error| error.exit());
        options
    }

    fn check(&self) -> Result<(), clap::Error> {
        let quick = self.pacing.is_quick();
        let idle = (!quick && self.idle_seconds.is_some()).then_some("--idle-seconds");
        let Some(argument) = self.pacing.misplaced().or(idle) else { return Ok(()) };
        let pace = if quick { "quick" } else { "aws" };
        let message = format!("the argument '{argument}' cannot be used with '--pace {pace}'");
        Err(Self::command().error(ErrorKind::ArgumentConflict, message))
    }

    pub(super) fn stack(&self, binaries: &Binaries) -> Result<stack::Options> {
        let mut options = stack::Options::new(binaries.bootstrap_in_place()?, self.app(binaries)?);
        options.ticks = true;
        options.environment = json!({
            "idle_after_seconds": SHORTEST_IDLE_SECONDS,
            // Trying the demo out takes more wakes than the default budget.
            "guard": {
                "wake": if self.wake == WakeBy::Click { "click" } else { "request" }, "wakes_per_hour": 0,
            },
        });
        if let Some(pace) = self.pacing.aws()? {
            options = options.at(pace);
            options.pause_after = Some(PAUSE_AFTER);
        } else {
            options.resume = self.pacing.resume();
            options.settings = self.quick_settings();
            options.environment["min_awake_seconds"] = 0.into();
            options.environment["metrics_delay_seconds"] = 1.into();
        }
        // A program that does not read TASK_IP listens on its usual address.
        options.settings.task_address = self.app.is_some().then(|| "127.0.0.1".to_owned());
        Ok(options)
    }

    fn quick_settings(&self) -> Settings {
        Settings {
            start_seconds: Some(self.pacing.start_seconds()),
            health_check_seconds: Some(HEALTH_CHECK_SECONDS),
            // What happened a second ago is reported as longer ago; the waker itself is unchanged.
            metrics_speed: Some(f64::from(SHORTEST_IDLE_SECONDS) / self.idle_seconds.unwrap_or(IDLE_SECONDS)),
            scheduler_speed: Some(TICKS_A_MINUTE),
            ..Settings::default()
        }
    }

    /// The time without a visitor after which it dozes.
    pub(super) fn idle(&self) -> Duration {
        if self.pacing.is_quick() {
            return Duration::from_secs_f64(self.idle_seconds.unwrap_or(IDLE_SECONDS));
        }
        Duration::from_secs(SHORTEST_IDLE_SECONDS.into())
    }

    /// When it must be asleep again: the idle time, the metrics' delay, ticks and a busy machine.
    pub(super) fn longest_sleep(&self) -> Duration {
        if self.pacing.is_quick() {
            return Duration::from_secs_f64(2.0 * self.idle_seconds.unwrap_or(IDLE_SECONDS)) + BOOT;
        }
        2 * (Duration::from_secs(SHORTEST_IDLE_SECONDS.into()) + METRICS_DELAY) + BOOT
    }

    /// When the first visitor gives up.
    pub(super) fn longest_wake(&self) -> Result<Duration> {
        Ok(self.pacing.longest_start()? + BOOT)
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
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Options::command().debug_assert();
    }

    #[test]
    fn times_that_are_none_are_refused() {
        for text in ["-1", "NaN", "3601", "soon"] {
            assert!(checked(&["--resume-seconds", text]).is_err(), "{text}");
        }
        assert!(idle_seconds("0").is_err() && idle_seconds("301").is_err());
    }

    fn checked(arguments: &[&str]) -> Result<Options, clap::Error> {
        let options = Options::try_parse_from([&["demo"], arguments].concat())?;
        options.check()?;
        Ok(options)
    }

    #[test]
    fn what_is_of_the_other_pace_is_refused() {
        for arguments in [
            &["--pace", "aws", "--resume-seconds", "3"][..],
            &["--pace", "aws", "--start-seconds", "3"],
            &["--pace", "aws", "--idle-seconds", "3"],
            &["--image-mb", "50"],
            &["--pace", "quick", "--health-check-seconds", "5"],
            &["--paused-for", "day"],
        ] {
            let refused = checked(arguments).unwrap_err();
            assert_eq!(refused.kind(), ErrorKind::ArgumentConflict, "{arguments:?}");
        }
        for size in ["49", "0", "many"] {
            assert!(checked(&["--pace", "aws", "--image-mb", size]).is_err(), "{size}");
        }
    }

    #[test]
    fn the_pace_is_quick_unless_said_otherwise_and_says_so() {
        let quick = checked(&["--start-seconds", "2"]).unwrap();
        assert!(quick.pacing.aws().unwrap().is_none());
        assert!(quick.pacing.sentence().contains("--pace aws"), "{}", quick.pacing.sentence());
        let aws =
            ["--pace", "aws", "--image-mb", "400", "--health-check-seconds", "10", "--paused-for", "day"];
        let pace = checked(&aws).unwrap().pacing.aws().unwrap().unwrap();
        assert_eq!((pace.image().megabytes(), pace.check_interval()), (400, 10));
        assert_eq!(pace.resume(), pace.distribution("resume_after_day"));
    }
}
