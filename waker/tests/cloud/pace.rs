//! AWS's pace: the distributions of `tests/pace/aws.json`, which has their sources.

use std::{collections::BTreeMap, sync::LazyLock, time::Duration};

use serde::Deserialize;
use serde_json::Value;

use super::clock::{Millis, millis};

const AWS: &str = include_str!("../../../tests/pace/aws.json");

static PACE: LazyLock<BTreeMap<String, Distribution>> = LazyLock::new(|| {
    let quantities: BTreeMap<String, Value> = serde_json::from_str(AWS).unwrap();
    let distributions = quantities.into_iter().filter(|(_, quantity)| quantity.is_object());
    distributions.map(|(name, quantity)| (name, serde_json::from_value(quantity).unwrap())).collect()
});

/// A time in seconds: half of the samples lie evenly between minimum and median, the others evenly
/// between median and maximum.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct Distribution {
    min: f64,
    median: f64,
    max: f64,
}

impl Distribution {
    pub fn of(quantity: &str) -> Self {
        PACE[quantity]
    }

    pub fn sample(self, rng: &mut fastrand::Rng) -> Millis {
        let chance = rng.f64();
        millis(Duration::from_secs_f64(if chance < 0.5 {
            self.min + (self.median - self.min) * 2.0 * chance
        } else {
            self.median + (self.max - self.median) * (2.0 * chance - 1.0)
        }))
    }

    pub fn longest(self) -> Millis {
        millis(Duration::from_secs_f64(self.max))
    }
}
