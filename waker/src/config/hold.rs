//! How long a client that is not a browser is held during a wake.

use std::time::Duration;

use super::reader::Object;

/// Leaves time to answer with Lambda's longest time-out, 900 s.
const MAX_SECONDS: u32 = 840;
/// Below API Gateway's 29 s and `CloudFront`'s 30 s, and well below the load balancer's 60 s.
const DEFAULT_SECONDS: u32 = 25;
/// Go's client follows ten redirects; a client that follows more needs no more.
const MAX_ROUNDS: u32 = 10;
/// The default and the longest idle time-out of an Application Load Balancer.
const DEFAULT_IDLE_TIMEOUT_SECONDS: u32 = 60;
const MAX_IDLE_TIMEOUT_SECONDS: u32 = 4_000;
/// The time for an answer after the hold: the last calls to AWS, and the response.
const ANSWER_SECONDS: u32 = 5;

/// A wake of up to `time * rounds` needs no second request of the client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Hold {
    /// How long one request is held; 0 to 840 seconds, 25 unless set. At least 5 seconds
    /// below the load balancer's idle time-out.
    pub time: Duration,
    /// How often a client is held during one wake, each time after a redirect to the same address; 1 to
    /// 10. The last redirect leads to the app. 4 unless set: Python's urllib follows four redirects to
    /// one address, Java's `HttpClient` four, aiohttp nine.
    pub rounds: u32,
}

/// The longest hold behind API Gateway (29 s) and `CloudFront` (30 s unless changed), less the time of
/// the request and of the last calls to AWS.
const BEHIND_GATEWAY: Duration = Duration::from_secs(25);

impl Hold {
    pub const DEFAULT_ROUNDS: u32 = 4;

    /// For a request through API Gateway or `CloudFront`.
    #[must_use]
    pub fn behind_gateway(self) -> Self {
        Self { time: self.time.min(BEHIND_GATEWAY), ..self }
    }
}

/// Reads the fields of an environment's object, with the load balancer's idle time-out.
pub(super) fn read(object: &mut Object<'_>) -> (Hold, Duration) {
    let time = object.number("hold_seconds", DEFAULT_SECONDS, 0..=MAX_SECONDS);
    let rounds = object.number("hold_rounds", Hold::DEFAULT_ROUNDS, 1..=MAX_ROUNDS);
    let idle_timeout =
        object.number("idle_timeout_seconds", DEFAULT_IDLE_TIMEOUT_SECONDS, 1..=MAX_IDLE_TIMEOUT_SECONDS);
    if time > 0 && time + ANSWER_SECONDS > idle_timeout {
        object.problem(
            "hold_seconds",
            format!(
                "must be at least {ANSWER_SECONDS} below idle_timeout_seconds, the load balancer's idle \
                 time-out, which is {idle_timeout}: the load balancer would answer 504"
            ),
        );
    }
    (Hold { time: Duration::from_secs(time.into()), rounds }, Duration::from_secs(idle_timeout.into()))
}
