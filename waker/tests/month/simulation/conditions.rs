//! What a series of months has beyond visits: failing usage reads, and conditions that hide use.

use super::cloud::clock::{MINUTE, Millis};

#[derive(Clone, Copy, Debug, Default)]
pub struct Conditions {
    /// Percentage of usage reads that fail.
    pub failing: u32,
    /// Visitors keep WebSockets open, while others use the same load balancer.
    pub sockets: Option<Beside>,
}

/// Other traffic of the load balancer beside a WebSocket, and the WebSocket's own bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beside {
    /// A monitor requests the status once a minute. The WebSocket carries only pings.
    Monitor,
    /// The same, and `ProcessedBytes` counts functions' answers on both sides. The WebSocket
    /// carries some messages.
    MonitorCountedTwice,
    /// A neighbour gets small requests in nine minutes of ten. The WebSocket carries only pings.
    Neighbour,
}

/// What the load balancer counts in a minute, apart from the app.
#[derive(Clone, Copy, Debug, Default)]
pub struct Passing {
    pub bytes: f64,
    pub function_bytes: f64,
    pub requests: u32,
    pub waker_requests: u32,
}

/// Bytes of a status request and its answer on the function's side.
const STATUS: f64 = 1_400.0;
/// Bytes on the client's side, as a share of those on the function's.
const CLIENT_SIDE: f64 = 0.6;
/// Bytes of a neighbour's small request and its answer.
const SMALL: f64 = 900.0;
/// Bytes of two pings and two pongs, and of some messages.
const PINGS: f64 = 36.0;
const MESSAGES: f64 = 3_000.0;

impl Beside {
    /// In the minute that begins at `at`.
    pub fn passing(self, at: Millis) -> Passing {
        let minute = at / MINUTE;
        match self {
            Self::Monitor => monitor(STATUS),
            Self::MonitorCountedTwice => monitor(STATUS * (1.0 + CLIENT_SIDE)),
            Self::Neighbour if minute.is_multiple_of(10) => Passing::default(),
            Self::Neighbour => {
                let requests = u32::try_from(1 + minute % 3).unwrap_or(1);
                Passing { bytes: SMALL * f64::from(requests), requests, ..Passing::default() }
            }
        }
    }

    /// Bytes of an open WebSocket in a minute.
    pub fn socket(self) -> f64 {
        match self {
            Self::Monitor | Self::Neighbour => PINGS,
            Self::MonitorCountedTwice => MESSAGES,
        }
    }
}

fn monitor(bytes: f64) -> Passing {
    Passing { bytes, function_bytes: STATUS, requests: 1, waker_requests: 1 }
}
