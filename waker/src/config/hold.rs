//! How a client that is no browser waits for a wake.

use std::time::Duration;

use super::reader::Object;

/// A function with the longest time-out that Lambda has, 900 s, can still answer.
const MAX_SECONDS: u32 = 840;
/// Below API Gateway's 29 s and `CloudFront`'s 30 s, and well below the load balancer's 60 s.
const DEFAULT_SECONDS: u32 = 25;
/// Go's client follows ten redirects; a client that follows more needs no more.
const MAX_ROUNDS: u32 = 10;
/// What an Application Load Balancer has unless it is changed, and its longest.
const DEFAULT_IDLE_TIMEOUT_SECONDS: u32 = 60;
const MAX_IDLE_TIMEOUT_SECONDS: u32 = 4_000;
/// What an answer may take beyond the hold: the last calls of AWS, and the way back.
const ANSWER_SECONDS: u32 = 5;

/// A wake that takes up to `time * rounds` needs no second request of the client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Hold {
    /// How long one request is held; 0 to 840 seconds, 25 unless set. At least 5 seconds
    /// below the load balancer's idle time-out.
    pub time: Duration,
    /// How often a client is held during one wake, each time after a redirect to the same
    /// address; 1 to 10. The last redirect leads to the app. 4 unless set: Python's urllib
    /// follows four redirects to one address, Java's `HttpClient` four, aiohttp nine.
    pub rounds: u32,
}

/// How long an answer may take behind API Gateway (29 s) and `CloudFront` (30 s unless
/// changed), less what the way there and the last calls of AWS take.
const BEHIND_GATEWAY: Duration = Duration::from_secs(25);

impl Hold {
    pub const DEFAULT_ROUNDS: u32 = 4;

    /// For a request that has come through API Gateway or `CloudFront`.
    #[must_use]
    pub fn behind_gateway(self) -> Self {
        Self { time: self.time.min(BEHIND_GATEWAY), ..self }
    }
}

/// Reads the fields of an environment's object: with it, the load balancer's idle time-out.
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
