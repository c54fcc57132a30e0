//! What shows that an environment is in use.

use std::time::SystemTime;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Usage {
    /// An earlier read has shown it in use, and another could not let it doze yet.
    Recent(LastUse),
    Read {
        traffic: Result<Traffic, FailedRead>,
        /// A task is protected from being stopped.
        protected: Result<bool, FailedRead>,
    },
}

/// A use that is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LastUse {
    /// The end of the period in which it was.
    pub at: SystemTime,
    /// It was no request.
    pub stream: bool,
}

/// A read that failed or was not complete, and so is no evidence of anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FailedRead {
    /// The API's operation.
    pub read: &'static str,
    /// The same read may succeed in a moment.
    pub retryable: bool,
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
    /// The end of the last period before `healthy_since` of which there are metrics, if
    /// there are none between the two. The app was not there then, or they are lost.
    pub known_before: Option<SystemTime>,
    /// The end of the newest period with a request.
    pub last_request: Option<SystemTime>,
    /// The end of the newest period in which bytes passed that no answer
    /// explains: an open WebSocket, or an answer that goes on and on.
    pub last_stream: Option<SystemTime>,
}

impl Traffic {
    /// The newest use, where a stream that is known for sure ended by `stream`.
    pub fn used(&self, stream: Option<SystemTime>) -> Option<LastUse> {
        let request = self.last_request.map(|at| LastUse { at, stream: false });
        let stream = stream.map(|at| LastUse { at, stream: true });
        request.into_iter().chain(stream).max_by_key(|used| used.at)
    }
}

impl Usage {
    /// With what an earlier read has learnt in place of what this one has not.
    #[must_use]
    pub fn or(self, earlier: Self) -> Self {
        match (self, earlier) {
            (Self::Read { traffic, protected }, Self::Read { traffic: before, protected: was }) => {
                Self::Read { traffic: traffic.or(before), protected: protected.or(was) }
            }
            (usage, _) => usage,
        }
    }

    /// What is not known, the app's traffic first.
    pub fn unknown(self) -> impl Iterator<Item = FailedRead> {
        let (traffic, protected) = match self {
            Self::Recent(_) => (None, None),
            Self::Read { traffic, protected } => (traffic.err(), protected.err()),
        };
        traffic.into_iter().chain(protected)
    }
}
