//! How long things take: AWS's distributions, with their sources, from `pace/aws.json`.
//!
//! The local AWS samples the same file (`local-aws/pace.py`); this module has the times that the
//! harness itself needs. Without a pace everything is quick.

use std::time::Duration;

use anyhow::{Context, Result};
use clap::ValueEnum;
use serde::{Deserialize, Serialize, Serializer, ser::SerializeMap};
use serde_json::{Map, Value, json};

const AWS: &str = include_str!("../pace/aws.json");

/// The distribution of a time, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
pub struct Distribution {
    pub min: f64,
    pub median: f64,
    pub max: f64,
}

impl Distribution {
    /// Always this time.
    pub fn fixed(time: Duration) -> Self {
        let seconds = time.as_secs_f64();
        Self { min: seconds, median: seconds, max: seconds }
    }

    /// Half of the samples lie evenly between minimum and median, the others evenly between median
    /// and maximum.
    pub fn sample(self) -> Duration {
        Duration::from_secs_f64(self.at(fastrand::f64()))
    }

    /// `chance` is from 0 to 1.
    fn at(self, chance: f64) -> f64 {
        if chance < 0.5 {
            self.min + (self.median - self.min) * 2.0 * chance
        } else {
            self.median + (self.max - self.median) * (2.0 * chance - 1.0)
        }
    }
}

/// The size of the app's image, compressed, as a registry stores it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Image {
    Mb50,
    Mb400,
}

impl Image {
    pub fn megabytes(self) -> u16 {
        match self {
            Self::Mb50 => 50,
            Self::Mb400 => 400,
        }
    }
}

/// How long the database was paused before it is resumed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PausedFor {
    /// It resumes in about 15 s
    Hour,
    /// Of more than 24 hours: it takes 30 s and more
    Day,
}

#[derive(Debug, Clone)]
pub struct Pace {
    /// The object of the file, or one of the same form with fewer distributions.
    quantities: Map<String, Value>,
    image: Image,
    /// `HealthCheckIntervalSeconds` of the app's target group.
    check_interval: u16,
    paused_for: PausedFor,
}

impl Pace {
    /// AWS's pace, after an hour's pause of the database.
    ///
    /// # Errors
    ///
    /// If the file is not an object of distributions.
    pub fn aws(image: Image, check_interval: u16) -> Result<Self> {
        let quantities: Value = serde_json::from_str(AWS).context("pace/aws.json is not JSON")?;
        Ok(Self { image, check_interval, ..Self::of(&quantities)? })
    }

    /// A test's own pace; a missing distribution takes no time.
    ///
    /// # Errors
    ///
    /// If it is not an object.
    pub fn of(quantities: &Value) -> Result<Self> {
        let quantities = quantities.as_object().context("a pace is an object of distributions")?.clone();
        Ok(Self { quantities, image: Image::Mb50, check_interval: 5, paused_for: PausedFor::Hour })
    }

    #[must_use]
    pub fn paused_for(self, paused_for: PausedFor) -> Self {
        Self { paused_for, ..self }
    }

    pub fn image(&self) -> Image {
        self.image
    }

    /// In seconds.
    pub fn check_interval(&self) -> u16 {
        self.check_interval
    }

    /// None if this pace does not contain it.
    pub fn distribution(&self, quantity: &str) -> Option<Distribution> {
        Distribution::deserialize(self.quantities.get(quantity)?).ok()
    }

    /// How long the database takes to resume.
    pub fn resume(&self) -> Option<Distribution> {
        self.distribution(match self.paused_for {
            PausedFor::Hour => "resume_after_hour",
            PausedFor::Day => "resume_after_day",
        })
    }

    /// The image's pull.
    pub fn pull(&self) -> Option<Distribution> {
        self.distribution(&format!("pull_{}_mb", self.image.megabytes()))
    }
}

/// In the form of the local AWS's settings.
impl Serialize for Pace {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.quantities.len() + 1))?;
        for (quantity, value) in &self.quantities {
            map.serialize_entry(quantity, value)?;
        }
        map.serialize_entry("image_mb", &json!(self.image.megabytes()))?;
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_quantity_of_the_file_is_a_distribution_in_seconds_with_a_source() {
        let quantities: Map<String, Value> = serde_json::from_str(AWS).unwrap();
        assert_eq!(quantities["health_check_intervals"], json!([5, 10]));
        for (name, quantity) in quantities.iter().filter(|(name, _)| *name != "health_check_intervals") {
            let Distribution { min, median, max } = Distribution::deserialize(quantity).unwrap();
            assert!(0.0 <= min && min <= median && median <= max, "{name}");
            assert_eq!(quantity["unit"], "s", "{name}");
            assert!(!quantity["source"].as_str().unwrap().is_empty(), "{name}");
        }
    }

    /// The times that decide how long a visitor waits, without the app's own start and the wait for
    /// a check.
    #[test]
    fn a_wake_takes_as_long_as_it_does_on_aws() {
        for (image, from, to) in [(Image::Mb50, 30.0, 60.0), (Image::Mb400, 50.0, 90.0)] {
            for interval in [5, 10] {
                let pace = Pace::aws(image, interval).unwrap();
                let named = |name| pace.distribution(name).unwrap().median;
                let start = named("provision") + pace.pull().unwrap().median + named("container_start");
                let check = named("target_registration") + f64::from(interval) / 2.0;
                let wake = start.max(pace.resume().unwrap().median) + check;
                assert!((from..to).contains(&wake), "{image:?}, each {interval} s: {wake} s");
            }
        }
    }

    #[test]
    fn samples_are_between_minimum_and_maximum_and_half_of_them_below_the_median() {
        let skewed = Distribution { min: 1.0, median: 2.0, max: 5.0 };
        let samples = [0.0, 0.25, 0.5, 0.75, 1.0].map(|chance| skewed.at(chance).to_string());
        assert_eq!(samples, ["1", "1.5", "2", "3.5", "5"]);
        assert_eq!(Distribution::fixed(Duration::from_secs(3)).sample(), Duration::from_secs(3));
    }

    #[test]
    fn a_day_of_pause_takes_longer_to_resume_than_an_hour() {
        let hour = Pace::aws(Image::Mb50, 5).unwrap();
        let day = hour.clone().paused_for(PausedFor::Day);
        assert!(hour.resume().unwrap().max < day.resume().unwrap().min);
    }

    #[test]
    fn a_quantity_that_a_pace_does_not_have_is_none() {
        let pace = Pace::of(&json!({ "provision": { "min": 1, "median": 1, "max": 1 } })).unwrap();
        assert!(pace.distribution("provision").is_some() && pace.resume().is_none());
        assert!(Pace::of(&json!([])).is_err());
        assert_eq!(serde_json::to_value(&pace).unwrap()["image_mb"], 50);
    }
}
