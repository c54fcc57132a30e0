//! What shows that an environment is in use.

use std::time::SystemTime;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Usage {
    /// None: what `CloudWatch` gave is not complete, and so no evidence.
    pub traffic: Option<Traffic>,
    /// A task is protected from being stopped; None: ECS did not tell.
    pub protected: Option<bool>,
}

/// The app's traffic through the load balancer, to the end of a metric's period:
/// a minute.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Traffic {
    /// Metrics have come for the time before that.
    pub until: SystemTime,
    /// Since when the app has had a healthy target without a break, or the
    /// beginning of what was asked for; None if it has none.
    pub healthy_since: Option<SystemTime>,
    /// The end of the newest period with a request.
    pub last_request: Option<SystemTime>,
    /// The end of the newest period in which bytes passed that no request
    /// explains: an open WebSocket, or an answer that goes on and on.
    pub last_stream: Option<SystemTime>,
}
