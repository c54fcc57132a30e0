//! One client's requests in the load balancer's log.

use std::time::Duration;

use reveille_tests::event_log::{Event, EventLog};

/// The requests of a client until the app's answer.
#[derive(Debug)]
pub struct Visit {
    /// The statuses of the waker's answers, one after the other.
    pub answers: Vec<u64>,
    /// How many of its requests reached the app.
    pub to_app: usize,
    /// From its first request's arrival until one reached the app.
    pub took: Duration,
}

impl Visit {
    /// The requests for one path.
    pub fn of(log: &EventLog, path: &str) -> Self {
        let answered: Vec<_> =
            log.named("lambda_invoked").into_iter().filter(|event| event.text("target") == path).collect();
        let reached: Vec<_> =
            log.named("target_request").into_iter().filter(|event| event.text("path") == path).collect();
        let took = match (answered.first(), reached.first()) {
            (Some(first), Some(last)) => last.at().saturating_sub(started(first)),
            _ => Duration::ZERO,
        };
        let status = |event: &Event| event.fields["status"].as_u64().unwrap_or_default();
        Self { answers: answered.iter().map(status).collect(), to_app: reached.len(), took }
    }

    pub fn redirects(&self) -> usize {
        self.answers.iter().filter(|&&status| status == 307).count()
    }
}

/// Since the UNIX epoch.
fn started(event: &Event) -> Duration {
    Duration::from_secs_f64(event.fields["started"].as_f64().unwrap_or_default())
}
