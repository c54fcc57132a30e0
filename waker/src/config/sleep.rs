//! When an environment may sleep.

use std::time::Duration;

use super::{
    reader::Object,
    schedule::{self, Window},
};

/// Below this, the metrics, which come minutes late, could not distinguish idleness from use.
const MIN_IDLE_SECONDS: u32 = 300;
const DAY_SECONDS: u32 = 86_400;
const DEFAULT_IDLE_SECONDS: u32 = 1800;
const DEFAULT_MIN_AWAKE_SECONDS: u32 = 300;
/// The load balancer's metrics come one to three minutes late.
const DEFAULT_METRICS_DELAY_SECONDS: u32 = 180;
const MAX_METRICS_DELAY_SECONDS: u32 = 900;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sleep {
    /// How long the app must be without a request; 300 to 86,400 seconds, 1,800 unless set.
    pub idle_after: Duration,
    /// How long it stays awake after a start, even without requests; up to 86,400 seconds, 300 unless
    /// set.
    pub min_awake: Duration,
    /// How late `CloudWatch` metrics may be; up to 900 seconds, 180 unless set.
    pub metrics_delay: Duration,
    /// Bytes that no request explains keep it awake; true unless set. They are counted for the load
    /// balancer as a whole.
    pub websockets: bool,
    /// It stays awake while one of these is open.
    pub schedule: Vec<Window>,
    /// It is never put to sleep, except by command.
    pub never: bool,
    /// Ticks only report what they would do.
    pub dry_run: bool,
}

/// Reads the fields of an environment's object.
pub(super) fn read(object: &mut Object<'_>) -> Sleep {
    let mut seconds = |name, default, range| Duration::from_secs(object.number(name, default, range).into());
    let idle_after = seconds("idle_after_seconds", DEFAULT_IDLE_SECONDS, MIN_IDLE_SECONDS..=DAY_SECONDS);
    let min_awake = seconds("min_awake_seconds", DEFAULT_MIN_AWAKE_SECONDS, 0..=DAY_SECONDS);
    let metrics_delay =
        seconds("metrics_delay_seconds", DEFAULT_METRICS_DELAY_SECONDS, 0..=MAX_METRICS_DELAY_SECONDS);
    Sleep {
        idle_after,
        min_awake,
        metrics_delay,
        websockets: object.flag_or("websockets", true),
        schedule: schedule::read(object),
        never: object.flag("never_sleep"),
        dry_run: object.flag("dry_run"),
    }
}
