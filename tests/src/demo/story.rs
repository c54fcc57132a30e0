//! The events as sentences.
//!
//! ```text
//!            visitor                 route to the app
//!   Asleep ----------> Waking -----------------------> Awake
//!     ^                                                ^   |
//!     | task stopped                  route to the app |   | route to the waker
//!     |                                                |   v
//!   Stopping <-------------------------------------- Dozing
//!                       desired count 0
//! ```

use std::time::Duration;

use serde_json::Value;

use crate::event_log::Event;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Asleep,
    /// Since this moment.
    Waking(Duration),
    Awake,
    Dozing,
    Stopping,
}

/// The story of one environment, which begins asleep.
#[derive(Debug)]
pub(super) struct Story {
    /// The moment that is 0:00, since the UNIX epoch.
    began: Duration,
    /// The ARN of the app's target group.
    app: String,
    /// The time without a request after which it dozes.
    idle: Duration,
    state: State,
}

impl Story {
    pub(super) fn new(began: Duration, app: String, idle: Duration) -> Self {
        Self { began, app, idle, state: State::Asleep }
    }

    /// The sentence about an event, with its time; None if the event is a detail.
    pub(super) fn tell(&mut self, event: &Event) -> Option<String> {
        let (state, sentence) = self.next(event)?;
        self.state = state;
        Some(format!("{} {sentence}", clock(event.at().saturating_sub(self.began))))
    }

    fn next(&self, event: &Event) -> Option<(State, String)> {
        let count = event.fields.get("count").and_then(Value::as_i64);
        let is = |name: &str| event.name == name;
        let wakes = is("database_touched") || is("desired_count_set") && count > Some(0);
        Some(match self.state {
            State::Asleep if wakes => {
                (State::Waking(event.at()), "somebody came; waking the database and 1 service".to_owned())
            }
            State::Waking(since) => {
                let took = seconds(event.at().saturating_sub(since));
                match event.name.as_str() {
                    "database_up" => (self.state, format!("the database answers, {took}")),
                    "task_running" => (self.state, format!("the task runs, {took}; its health is checked")),
                    "container_exited" => (self.state, exited(event)),
                    "rule_modified" if self.leads_to_app(event) => (State::Awake, format!("ready, {took}")),
                    _ => return None,
                }
            }
            State::Awake if is("rule_modified") && !self.leads_to_app(event) => (
                State::Dozing,
                format!("nobody came for {} s: dozing, the task still runs", self.idle.as_secs_f64()),
            ),
            State::Dozing if is("rule_modified") && self.leads_to_app(event) => {
                (State::Awake, "somebody came while the task still ran: ready at once".to_owned())
            }
            State::Dozing if is("desired_count_set") && count == Some(0) => {
                (State::Stopping, "it is certain that nobody came: stopping the task".to_owned())
            }
            State::Awake | State::Dozing if is("container_exited") => (self.state, exited(event)),
            State::Stopping if is("task_stopped") => (
                State::Asleep,
                "asleep: no task runs, and the database pauses without connections".to_owned(),
            ),
            // A visitor who comes while the task stops.
            State::Stopping if wakes => (
                State::Waking(event.at()),
                "somebody came while the task stopped; waking 1 service".to_owned(),
            ),
            _ => return None,
        })
    }

    fn leads_to_app(&self, event: &Event) -> bool {
        let weight = event.fields.get("target_groups").and_then(|groups| groups.get(&self.app));
        weight.and_then(Value::as_i64) > Some(0)
    }
}

fn exited(event: &Event) -> String {
    let code = event.fields.get("exit_code").map(Value::to_string).unwrap_or_default();
    format!("the app has ended by itself, with the exit code {code}; ECS starts it again")
}

fn seconds(duration: Duration) -> String {
    format!("{:.1} s", duration.as_secs_f64())
}

/// Minutes and seconds.
fn clock(duration: Duration) -> String {
    let seconds = duration.as_secs();
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn told(events: &[Value]) -> Vec<String> {
        let mut story = Story::new(Duration::from_secs(1000), "arn:app".into(), Duration::from_secs(5));
        let events = events.iter().cloned().map(|event| serde_json::from_value(event).unwrap());
        events.filter_map(|event: Event| story.tell(&event)).collect()
    }

    fn event(name: &str, at: f64, fields: &Value) -> Value {
        let mut event = fields.clone();
        event["event"] = name.into();
        event["at"] = (1000.0 + at).into();
        event
    }

    fn routed(at: f64, to: &str) -> Value {
        let weight = |group: &str| i64::from(group == to);
        let groups = json!({ "arn:app": weight("arn:app"), "arn:waker": weight("arn:waker") });
        event("rule_modified", at, &json!({ "target_groups": groups }))
    }

    fn counted(at: f64, count: i64) -> Value {
        event("desired_count_set", at, &json!({ "count": count }))
    }

    fn plain(name: &str, at: f64) -> Value {
        event(name, at, &json!({}))
    }

    #[test]
    fn it_tells_a_wake_and_the_sleep_after_it() {
        let events = [
            counted(12.4, 1),
            plain("database_touched", 12.5),
            plain("task_provisioning", 12.6),
            plain("database_up", 15.5),
            plain("task_running", 16.4),
            routed(17.0, "arn:app"),
            routed(63.2, "arn:waker"),
            counted(83.0, 0),
            event("container_exited", 83.5, &json!({ "exit_code": 143 })),
            plain("task_stopped", 84.0),
            counted(3601.0, 1),
        ];
        let expected = [
            "0:12 somebody came; waking the database and 1 service",
            "0:15 the database answers, 3.1 s",
            "0:16 the task runs, 4.0 s; its health is checked",
            "0:17 ready, 4.6 s",
            "1:03 nobody came for 5 s: dozing, the task still runs",
            "1:23 it is certain that nobody came: stopping the task",
            "1:24 asleep: no task runs, and the database pauses without connections",
            "60:01 somebody came; waking the database and 1 service",
        ];
        assert_eq!(told(&events), expected);
    }

    #[test]
    fn a_visitor_ends_a_doze_or_a_stop() {
        let awake = [counted(0.0, 1), routed(4.0, "arn:app"), routed(9.0, "arn:waker")];
        let back = told(&[&awake[..], &[routed(11.0, "arn:app"), routed(16.0, "arn:waker")]].concat());
        assert_eq!(back[3], "0:11 somebody came while the task still ran: ready at once");
        assert_eq!(back[4], "0:16 nobody came for 5 s: dozing, the task still runs");
        let stopped =
            told(&[&awake[..], &[counted(20.0, 0), counted(21.0, 1), routed(25.0, "arn:app")]].concat());
        assert_eq!(
            stopped[4..],
            ["0:21 somebody came while the task stopped; waking 1 service", "0:25 ready, 4.0 s"]
        );
    }

    #[test]
    fn an_app_that_ends_by_itself_is_told_and_one_that_is_stopped_is_not() {
        let exits = |at| event("container_exited", at, &json!({ "exit_code": 3 }));
        let told = told(&[counted(0.0, 1), exits(1.0), routed(4.0, "arn:app"), exits(7.0)]);
        let sentence = "the app has ended by itself, with the exit code 3; ECS starts it again";
        assert_eq!([&told[1], &told[3]], [&format!("0:01 {sentence}"), &format!("0:07 {sentence}")]);
    }
}
