//! A wake's timeline, and the part that the waker itself adds.
//!
//! No waker is faster than the slowest part: the database has to resume and the task has to start,
//! which may overlap, and then the app has to become healthy, which needs both. That is the
//! critical path. The time of the first answer beyond it is overhead: reading the state, polling,
//! turning the route, redirecting.

use std::time::Duration;

use crate::event_log::Event;

/// Events of the log that are moments of a wake, and their names.
const MOMENTS: [(&str, &str); 14] = [
    ("request", "request"),
    ("desired_count_set", "desired count set"),
    ("database_touched", "database touched"),
    ("database_up", "database up"),
    ("task_pending", "task provisioned, image pull begins"),
    ("task_activating", "image pulled, container starts"),
    ("task_running", "task running"),
    ("target_registered", "target registered"),
    ("target_healthy", "target healthy"),
    ("rule_modified", "route turned"),
    ("held", "held, and told to send it again"),
    ("told_to_wait", "told to come back later"),
    ("redirected", "redirect"),
    ("answered", "first answer of the app"),
];

#[derive(Debug, Clone, PartialEq)]
pub struct Moment {
    /// The event's name in the log.
    pub event: &'static str,
    pub name: &'static str,
    /// Since the request.
    pub at: Duration,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CriticalPath {
    /// From the first connection attempt until the database is up.
    pub resume: Duration,
    /// From the decision to start a task until it runs.
    pub start: Duration,
    /// From when task and database are both ready until the load balancer calls the app healthy.
    pub health: Duration,
}

impl CriticalPath {
    pub fn total(&self) -> Duration {
        self.resume.max(self.start) + self.health
    }
}

#[derive(Debug, PartialEq)]
pub struct Timeline {
    /// The first of each kind, in the order in which they happened.
    pub moments: Vec<Moment>,
    /// None if the wake did not complete.
    pub critical_path: Option<CriticalPath>,
    pub total: Option<Duration>,
    /// How long the client was redirected and still routed to the waker, because the load balancer
    /// had not followed the changed rule yet: a part of the overhead that the waker does not cause.
    pub propagation: Option<Duration>,
}

impl Timeline {
    /// The wake by the first request in a log.
    pub fn of(events: &[Event]) -> Self {
        let request = events.iter().position(|event| event.name == "request");
        let wake = request.map_or(&[][..], |request| &events[request..]);
        let first = |name: &str| wake.iter().find(|event| event.name == name);
        let began = first("request");
        let mut moments: Vec<_> = MOMENTS
            .into_iter()
            .filter_map(|(event, name)| Some(Moment { event, name, at: first(event)?.after(began?) }))
            .collect();
        moments.sort_by_key(|moment| moment.at);

        let critical_path = || {
            let (running, up) = (first("task_running")?, first("database_up")?);
            let both = if running.at() > up.at() { running } else { up };
            Some(CriticalPath {
                resume: up.after(first("database_touched")?),
                start: running.after(first("task_provisioning")?),
                health: first("target_healthy")?.after(both),
            })
        };
        let total = first("answered").and_then(|answered| Some(answered.after(began?)));
        let propagation = || {
            let answered = first("answered")?;
            // A client that was routed to the app at once has lost nothing.
            let Some(redirected) = first("redirected") else { return Some(Duration::ZERO) };
            let followed =
                first("rule_followed").map_or(Duration::MAX, |followed| followed.after(redirected));
            Some(answered.after(redirected).min(followed))
        };
        Self { moments, critical_path: critical_path(), total, propagation: propagation() }
    }

    /// The time of the wake beyond its critical path.
    pub fn overhead(&self) -> Option<Duration> {
        Some(self.total?.saturating_sub(self.critical_path?.total()))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn log(events: &[(&str, f64)]) -> Vec<Event> {
        let event = |(name, at): &(&str, f64)| json!({ "event": name, "at": 1e9 + at });
        events.iter().map(|said| serde_json::from_value(event(said)).unwrap()).collect()
    }

    #[track_caller]
    fn assert_seconds(duration: Option<Duration>, expected: f64) {
        let seconds = duration.unwrap().as_secs_f64();
        assert!((seconds - expected).abs() < 1e-3, "{seconds} is not {expected}");
    }

    #[test]
    fn what_overlaps_counts_once() {
        let timeline = Timeline::of(&log(&[
            ("request", 0.0),
            ("task_provisioning", 0.1),
            ("database_touched", 0.1),
            ("database_up", 6.1),
            ("task_running", 6.2),
            ("target_healthy", 6.5),
            ("answered", 6.9),
        ]));
        assert_seconds(timeline.critical_path.map(|path| path.total()), 6.4);
        assert_seconds(timeline.overhead(), 0.5);
    }

    #[test]
    fn a_database_that_is_touched_late_is_overhead() {
        let timeline = Timeline::of(&log(&[
            ("request", 0.0),
            ("task_provisioning", 0.0),
            ("database_touched", 2.0),
            ("task_running", 4.0),
            ("database_up", 5.0),
            ("target_healthy", 5.5),
            ("answered", 5.5),
        ]));
        assert_seconds(timeline.critical_path.map(|path| path.total()), 4.5);
        assert_seconds(timeline.overhead(), 1.0);
    }

    #[test]
    fn the_rules_propagation_is_from_the_redirect_until_it_is_followed_or_the_app_answers() {
        for (followed, expected) in [(2.5, 0.0), (4.0, 1.0), (9.0, 2.0)] {
            let events = log(&[
                ("request", 0.0),
                ("rule_modified", 2.0),
                ("redirected", 3.0),
                ("rule_followed", followed),
                ("answered", 5.0),
            ]);
            assert_seconds(Timeline::of(&events).propagation, expected);
        }
        let at_once =
            log(&[("request", 0.0), ("rule_modified", 2.0), ("rule_followed", 4.0), ("answered", 3.0)]);
        assert_seconds(Timeline::of(&at_once).propagation, 0.0);
    }

    #[test]
    fn moments_come_in_their_order_and_what_was_before_the_request_is_left_out() {
        let events = log(&[("database_up", 0.0), ("request", 1.0), ("answered", 3.0), ("task_running", 2.0)]);
        let timeline = Timeline::of(&events);
        let names: Vec<_> = timeline.moments.iter().map(|moment| moment.event).collect();
        assert_eq!(names, ["request", "task_running", "answered"]);
        assert_eq!(timeline.overhead(), None);
    }
}
