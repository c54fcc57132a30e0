//! What a series of months has beyond visits: reads of usage that fail, and what makes use
//! hard to see.

use super::clock::{MINUTE, Millis};

#[derive(Clone, Copy, Debug, Default)]
pub struct Conditions {
    /// Of a hundred reads of usage, so many fail.
    pub failing: u32,
    /// Visitors keep WebSockets open, while others use the same load balancer.
    pub sockets: Option<Beside>,
}

/// What passes through the load balancer beside a WebSocket, and what the WebSocket itself has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beside {
    /// A monitor asks for the status once a minute. The WebSocket has nothing but its pings.
    Monitor,
    /// The same, and `ProcessedBytes` has what functions answer on both sides. The WebSocket
    /// has some messages.
    MonitorCountedTwice,
    /// A neighbour gets small requests in nine minutes of ten. The WebSocket has nothing but
    /// its pings.
    Neighbour,
}

/// What the load balancer counts in a minute, without the app.
#[derive(Clone, Copy, Debug, Default)]
pub struct Passing {
    pub bytes: f64,
    pub function_bytes: f64,
    pub requests: u32,
    pub waker_requests: u32,
}

/// A question for the status with its answer, as the function gets and gives them.
const STATUS: f64 = 1_400.0;
/// As much is on the client's side, in relation to the function's.
const CLIENT_SIDE: f64 = 0.6;
/// A neighbour's small request with its answer.
const SMALL: f64 = 900.0;
/// Two pings and two pongs, and some messages more.
const PINGS: f64 = 36.0;
const MESSAGES: f64 = 3_000.0;

impl Beside {
    /// In the minute that begins then.
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

    /// What an open WebSocket has in a minute.
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
