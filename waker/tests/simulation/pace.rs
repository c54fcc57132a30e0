//! AWS's pace: the distributions of `tests/pace/aws.json`, which has their sources.

use std::{collections::BTreeMap, sync::LazyLock, time::Duration};

use serde::Deserialize;
use serde_json::Value;

const AWS: &str = include_str!("../../../tests/pace/aws.json");

/// A time in seconds: half of the samples lie evenly between minimum and median, the others evenly
/// between median and maximum.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq)]
pub struct Distribution {
    min: f64,
    median: f64,
    max: f64,
}

impl Distribution {
    pub fn sample(self, rng: &mut fastrand::Rng) -> Duration {
        let chance = rng.f64();
        Duration::from_secs_f64(if chance < 0.5 {
            self.min + (self.median - self.min) * 2.0 * chance
        } else {
            self.median + (self.max - self.median) * (2.0 * chance - 1.0)
        })
    }

    pub fn longest(self) -> Duration {
        Duration::from_secs_f64(self.max)
    }
}

/// Always this time.
impl From<Duration> for Distribution {
    fn from(time: Duration) -> Self {
        let seconds = time.as_secs_f64();
        Self { min: seconds, median: seconds, max: seconds }
    }
}

#[derive(Debug)]
pub struct Pace(BTreeMap<String, Distribution>);

impl Pace {
    pub fn aws() -> &'static Self {
        static PACE: LazyLock<Pace> = LazyLock::new(Pace::read);
        &PACE
    }

    fn read() -> Self {
        let quantities: BTreeMap<String, Value> = serde_json::from_str(AWS).unwrap();
        let distributions = quantities.into_iter().filter(|(_, quantity)| quantity.is_object());
        Self(
            distributions.map(|(name, quantity)| (name, serde_json::from_value(quantity).unwrap())).collect(),
        )
    }

    pub fn of(&self, quantity: &str) -> Distribution {
        self.0[quantity]
    }
}
