//! The results of one month, or of many.

use super::cloud::clock::Millis;

/// The results of a month. All times in milliseconds.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sums {
    pub awake: Millis,
    pub excess: Millis,
    /// Periods that went on for hours beyond the ideal, and how long.
    pub stuck: u64,
    pub stuck_time: Millis,
    pub answered: u64,
    /// Requests that met the load balancer's own 503.
    pub bare_503: u64,
    /// Those of them that were not caused by a change by hand.
    pub own_503: u64,
    /// Requests that met another error: an app that is not healthy yet, a crashed invocation, too
    /// many redirects.
    pub errors: u64,
    pub cut_off: u64,
    pub stranded: u64,
    pub stranded_longest: Millis,
    pub wakes: u64,
    pub calls: u64,
    pub metrics: u64,
}

/// A breach of what must hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Breach {
    /// For so long, and a complete tick has not repaired it.
    Stranded {
        since: Millis,
    },
    /// A 503 of the load balancer that no change by hand caused.
    Bare503,
    /// The app was put to sleep so soon after it had answered a request.
    CutOff {
        after: Millis,
    },
    Redirects,
    /// The app's count was set to 0 while its scaling could raise it.
    Undone,
    /// What a person suspended has been resumed.
    Overridden,
    /// Scaling is still suspended after so long in use and a complete tick.
    Unscaled {
        since: Millis,
    },
    /// A tick has changed an environment that was asleep.
    Disturbed,
}
