//! AWS's share of a wake, and what Reveille adds.

use std::time::Duration;

use reveille_tests::{
    demo::timeline::Timeline,
    event_log::{Event, EventLog},
};

/// In seconds.
pub struct Parts {
    /// Until the waiting page is shown; NaN for a client that gets none.
    pub page: f64,
    /// Until the app's answer.
    pub answer: f64,
    /// AWS's share: until the load balancer calls the app healthy.
    pub healthy: f64,
    /// AWS's share: while the redirected client was still routed by the old rule.
    pub propagation: f64,
    pub redirects: f64,
    /// Answers that told the client to come back later.
    pub refusals: f64,
    /// Provision, pull, container start, resume, registration, check.
    pub aws: [f64; 6],
    /// The time that Reveille takes until a task is provisioned, from healthy until the route is
    /// turned, from then until the client is redirected to the app, and from then, beyond the
    /// rule's propagation, until the app answers: a client that comes back to the waker is held
    /// until the load balancer follows the rule.
    pub steps: [f64; 4],
}

impl Parts {
    pub const AWS: [&str; 6] =
        ["provision", "pull", "container start", "database resume", "registration", "app start and check"];

    pub const STEPS: [&str; 4] =
        ["task asked for", "healthy, route turned", "client sent to the app", "held once more"];

    pub fn of(log: &EventLog) -> Self {
        let events = log.all();
        let wake = &events[events.iter().position(|event| event.name == "request").unwrap()..];
        let timeline = Timeline::of(&events);
        let path = timeline.critical_path.unwrap();
        let count = |name| wake.iter().filter(|event| event.name == name).count();
        let between = |from: &str, to: &str| find(wake, to).after(find(wake, from)).as_secs_f64();
        let sent = wake.iter().find(|event| event.name == "redirected").map_or("answered", |_| "redirected");
        let propagation = timeline.propagation.unwrap_or(Duration::ZERO).as_secs_f64();
        let page = wake.iter().find(|event| event.name == "page");
        Self {
            page: page.map_or(f64::NAN, |page| page.after(&wake[0]).as_secs_f64()),
            answer: timeline.total.unwrap().as_secs_f64(),
            healthy: path.total().as_secs_f64(),
            propagation,
            redirects: number(count("redirected") + count("held")),
            refusals: number(count("told_to_wait")),
            aws: [
                between("task_provisioning", "task_pending"),
                between("task_pending", "task_activating"),
                between("task_activating", "task_running"),
                path.resume.as_secs_f64(),
                between("target_registered", "target_initial"),
                between("target_initial", "target_healthy"),
            ],
            steps: [
                between("request", "task_provisioning"),
                between("target_healthy", "rule_modified"),
                between("rule_modified", sent),
                between(sent, "answered") - propagation,
            ],
        }
    }

    /// Everything but AWS's start and propagation; includes the API's latency.
    pub fn added(&self) -> f64 {
        self.answer - self.healthy - self.propagation
    }
}

fn find<'a>(wake: &'a [Event], name: &str) -> &'a Event {
    wake.iter().find(|event| event.name == name).unwrap_or_else(|| panic!("no {name}"))
}

fn number(count: usize) -> f64 {
    u32::try_from(count).unwrap().into()
}
