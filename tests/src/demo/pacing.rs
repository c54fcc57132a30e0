//! The options that set the pace.

use std::time::Duration;

use anyhow::Result;
use clap::builder::PossibleValuesParser;
use clap::builder::TypedValueParser as _;
use clap::{Args, ValueEnum};

use super::number::number;
use crate::pace::{Image, Pace, PausedFor};

/// A task's start and a database's resume, at the quick pace, in seconds.
const START_SECONDS: f64 = 4.0;
const RESUME_SECONDS: f64 = 3.0;

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Name {
    /// For trying it out: a wake takes some seconds, and so does a sleep
    Quick,
    /// As slow as AWS, with nothing of the waker's speeded up: a wake takes 30 to 90 s, and a sleep
    /// some ten minutes, because metrics come 1 to 3 minutes late and five minutes without a
    /// visitor are the least that the waker takes. The times and their sources are in
    /// tests/pace/aws.json
    Aws,
}

#[derive(Debug, Args)]
pub(super) struct Pacing {
    /// How quick it all is
    #[arg(long, value_enum, default_value_t = Name::Quick)]
    pace: Name,
    /// At AWS's pace: the size of the app's image [default: 50]
    #[arg(long, value_name = "MB", value_parser = numbers(["50", "400"]))]
    image_mb: Option<u16>,
    /// At AWS's pace: how often the load balancer checks the app's health [default: 5]
    #[arg(long, value_name = "SECONDS", value_parser = numbers(["5", "10"]))]
    health_check_seconds: Option<u16>,
    /// At AWS's pace: how long the database was paused before [default: hour]
    #[arg(long, value_enum)]
    paused_for: Option<PausedFor>,
    /// At the quick pace: how long the database takes to resume [default: 3]
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    resume_seconds: Option<f64>,
    /// At the quick pace: how long a task takes to start [default: 4]
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    start_seconds: Option<f64>,
}

fn numbers(values: [&'static str; 2]) -> impl clap::builder::TypedValueParser<Value = u16> {
    PossibleValuesParser::new(values).try_map(|text| text.parse::<u16>())
}

fn seconds(text: &str) -> Result<f64, String> {
    number(text, 0.0, 3600.0)
}

impl Pacing {
    pub(super) fn is_quick(&self) -> bool {
        self.pace == Name::Quick
    }

    /// An argument that does not fit the chosen pace.
    pub(super) fn misplaced(&self) -> Option<&'static str> {
        let (of_aws, of_quick) = (
            [
                ("--image-mb", self.image_mb.is_some()),
                ("--health-check-seconds", self.health_check_seconds.is_some()),
                ("--paused-for", self.paused_for.is_some()),
            ],
            [
                ("--resume-seconds", self.resume_seconds.is_some()),
                ("--start-seconds", self.start_seconds.is_some()),
            ],
        );
        let others: &[_] = if self.is_quick() { &of_aws } else { &of_quick };
        others.iter().find(|(_, given)| *given).map(|(name, _)| *name)
    }

    pub(super) fn resume(&self) -> Duration {
        Duration::from_secs_f64(self.resume_seconds.unwrap_or(RESUME_SECONDS))
    }

    pub(super) fn start_seconds(&self) -> f64 {
        self.start_seconds.unwrap_or(START_SECONDS)
    }

    /// None at the quick pace.
    pub(super) fn aws(&self) -> Result<Option<Pace>> {
        if self.is_quick() {
            return Ok(None);
        }
        let image = if self.image_mb == Some(400) { Image::Mb400 } else { Image::Mb50 };
        let pace = Pace::aws(image, self.health_check_seconds.unwrap_or(5))?;
        Ok(Some(pace.paused_for(self.paused_for.unwrap_or(PausedFor::Hour))))
    }

    /// The longest time until task and database are both ready.
    pub(super) fn longest_start(&self) -> Result<Duration> {
        let Some(pace) = self.aws()? else {
            return Ok(self.resume() + Duration::from_secs_f64(self.start_seconds()));
        };
        let start =
            ["provision", "container_start", "target_registration"].map(|name| pace.distribution(name));
        let all = start.into_iter().chain([pace.pull(), pace.resume()]);
        Ok(Duration::from_secs_f64(all.flatten().map(|part| part.max).sum()))
    }

    /// One line that describes it.
    pub(super) fn sentence(&self) -> String {
        if self.is_quick() {
            return format!(
                "the pace is quick: a task starts in {} s and the database resumes in {} s, where a wake takes 30 to \
                 90 s on AWS; --pace aws shows that",
                self.start_seconds(),
                self.resume().as_secs_f64(),
            );
        }
        format!(
            "the pace is AWS's, for an image of {} MB and health checks each {} s: a wake takes 30 to 90 s, and a sleep \
             some ten minutes",
            self.image_mb.unwrap_or(50),
            self.health_check_seconds.unwrap_or(5),
        )
    }
}
