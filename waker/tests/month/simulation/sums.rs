//! What one month, or many, came to.

use super::clock::Millis;

/// What a month came to. All times in milliseconds.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sums {
    pub awake: Millis,
    pub excess: Millis,
    /// Periods that went on beyond the ideal for hours, and how long.
    pub stuck: u64,
    pub stuck_time: Millis,
    pub answered: u64,
    /// Requests that met the load balancer's own 503.
    pub bare_503: u64,
    /// Of these, those that no change by hand had led there.
    pub own_503: u64,
    /// Requests that met another error: an app that is not healthy yet, a crashed
    /// invocation, too many redirects.
    pub errors: u64,
    pub cut_off: u64,
    pub stranded: u64,
    pub stranded_longest: Millis,
    pub wakes: u64,
    pub calls: u64,
    pub metrics: u64,
}

/// What must not be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Breach {
    /// For so long, and a whole tick has not mended it.
    Stranded {
        since: Millis,
    },
    /// Nobody's hand has led the visitor there.
    Bare503,
    /// The app was put to sleep so long after it had answered a request.
    CutOff {
        after: Millis,
    },
    Redirects,
    /// The app's count was set to 0 while its scaling could raise it.
    Undone,
    /// What a person suspended has been resumed.
    Overridden,
    /// Its scaling is still suspended after so long in use, and a whole tick.
    Unscaled {
        since: Millis,
    },
    /// A tick has changed an environment that was asleep.
    Disturbed,
}
