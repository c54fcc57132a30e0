//! Evidence that an environment is in use.

use std::time::SystemTime;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Usage {
    /// An earlier read showed a use, and a new read could not lead to a doze yet.
    Recent(LastUse),
    Read {
        traffic: Result<Traffic, FailedRead>,
        /// A task is protected from being stopped.
        protected: Result<bool, FailedRead>,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LastUse {
    /// The end of the period of the use.
    pub at: SystemTime,
    /// A stream, not a request.
    pub stream: bool,
}

/// A read that failed or was incomplete: no evidence of anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FailedRead {
    pub read: &'static str,
    /// A retry may succeed soon.
    pub retryable: bool,
}

/// The app's traffic through the load balancer, to the end of a metric's period (a minute).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Traffic {
    /// Metrics have come for the time before this.
    pub until: SystemTime,
    /// Since when the app has had a healthy target without a gap, or the beginning of the metrics'
    /// window; None if it has none.
    pub healthy_since: Option<SystemTime>,
    /// The end of the last period with metrics before `healthy_since`, if there is a gap between the
    /// two. In the gap the app was not there, or its metrics are lost.
    pub known_before: Option<SystemTime>,
    pub last_request: Option<SystemTime>,
    /// The end of the newest period with bytes that no answer explains: an open WebSocket, or an answer
    /// that does not end.
    pub last_stream: Option<SystemTime>,
}

impl Traffic {
    /// The newest use, with a stream that certainly ended by `stream`.
    pub fn used(&self, stream: Option<SystemTime>) -> Option<LastUse> {
        let request = self.last_request.map(|at| LastUse { at, stream: false });
        let stream = stream.map(|at| LastUse { at, stream: true });
        request.into_iter().chain(stream).max_by_key(|used| used.at)
    }
}

impl Usage {
    /// Fills what this read lacks from an earlier one.
    #[must_use]
    pub fn or(self, earlier: Self) -> Self {
        match (self, earlier) {
            (Self::Read { traffic, protected }, Self::Read { traffic: before, protected: was }) => {
                Self::Read { traffic: traffic.or(before), protected: protected.or(was) }
            }
            (usage, _) => usage,
        }
    }

    /// The failed reads, the app's traffic first.
    pub fn unknown(self) -> impl Iterator<Item = FailedRead> {
        let (traffic, protected) = match self {
            Self::Recent(_) => (None, None),
            Self::Read { traffic, protected } => (traffic.err(), protected.err()),
        };
        traffic.into_iter().chain(protected)
    }
}
