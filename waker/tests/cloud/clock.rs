//! The simulated time, in milliseconds.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Milliseconds since the simulation's beginning, or a duration.
pub type Millis = u64;

pub const SECOND: Millis = 1_000;
pub const MINUTE: Millis = 60 * SECOND;
pub const HOUR: Millis = 60 * MINUTE;
pub const DAY: Millis = 24 * HOUR;

/// 1 June 2026, a Monday, at midnight.
const BEGINNING: Duration = Duration::from_secs(20_605 * 86_400);

/// The same moment as wall-clock time, which the waker reads.
pub fn wall(at: Millis) -> SystemTime {
    UNIX_EPOCH + BEGINNING + Duration::from_millis(at)
}

pub fn millis(time: Duration) -> Millis {
    Millis::try_from(time.as_millis()).unwrap_or(Millis::MAX)
}
