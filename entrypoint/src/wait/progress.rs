//! The log lines of a wait: when it begins, when the reason changes, when it is over.

use tokio::time::Instant;

use super::Failure;

#[derive(Debug)]
pub(super) struct Progress {
    dependency: String,
    since: Instant,
    reason: String,
}

impl Progress {
    pub(super) fn start(dependency: &str) -> Self {
        tracing::info!(dependency, "waiting");
        Self { dependency: dependency.to_owned(), since: Instant::now(), reason: String::new() }
    }

    pub(super) fn not_yet(&mut self, failure: &Failure) {
        let reason = failure.to_string();
        if reason != self.reason {
            tracing::info!(dependency = self.dependency, reason, "not yet");
            self.reason = reason;
        }
    }

    pub(super) fn over(&self) {
        let ms = u64::try_from(self.since.elapsed().as_millis()).unwrap_or(u64::MAX);
        tracing::info!(dependency = self.dependency, ms, "up");
    }
}
