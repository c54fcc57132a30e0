//! The last output of the app and of the entrypoint in front of it, to find out why an app does not
//! start.

use serde_json::Value;

use crate::event_log::Event;

const MOST_LINES: usize = 20;

/// The output of the task that ended last, or, if none has ended, of the last one.
#[derive(Debug, PartialEq, Eq)]
pub struct AppOutput {
    /// None while it runs.
    pub exit_code: Option<i64>,
    /// The last lines, of standard output and standard error together.
    pub lines: Vec<String>,
    /// The number of earlier lines.
    pub left_out: usize,
}

impl AppOutput {
    /// None if no task has started a container.
    pub fn of(events: &[Event]) -> Option<Self> {
        let last = |name: &str| events.iter().rfind(|event| event.name == name);
        let exited = last("container_exited");
        let task = exited.or(last("task_output"))?.text("task");
        let output = events.iter().filter(|event| event.name == "task_output" && event.text("task") == task);
        let mut lines: Vec<_> = output.map(|event| event.text("line").to_owned()).collect();
        let left_out = lines.len().saturating_sub(MOST_LINES);
        lines.drain(..left_out);
        let exit_code = exited.and_then(|event| event.fields.get("exit_code")).and_then(Value::as_i64);
        Some(Self { exit_code, lines, left_out })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn events(events: &[Value]) -> Vec<Event> {
        let timed = events.iter().cloned().map(|mut event| {
            event["at"] = json!(1e9);
            serde_json::from_value(event).unwrap()
        });
        timed.collect()
    }

    fn said(task: &str, line: &str) -> Value {
        json!({ "event": "task_output", "task": task, "container": "demo", "line": line })
    }

    fn exited(task: &str, code: i32) -> Value {
        json!({ "event": "container_exited", "task": task, "container": "demo", "exit_code": code })
    }

    #[test]
    fn it_is_that_of_the_task_that_ended_last() {
        let log = [said("1", "one"), exited("1", 1), said("2", "two"), exited("2", 3), said("3", "starts")];
        let output = AppOutput { exit_code: Some(3), lines: vec!["two".into()], left_out: 0 };
        assert_eq!(AppOutput::of(&events(&log)), Some(output));
    }

    #[test]
    fn of_a_task_that_goes_on_there_is_no_exit_code() {
        let output = AppOutput { exit_code: None, lines: vec!["waits".into()], left_out: 0 };
        assert_eq!(AppOutput::of(&events(&[said("1", "waits")])), Some(output));
        assert_eq!(AppOutput::of(&[]), None);
    }

    #[test]
    fn the_last_lines_of_many_are_kept() {
        let mut log: Vec<_> = (0..50).map(|line| said("1", &line.to_string())).collect();
        log.push(exited("1", 1));
        let output = AppOutput::of(&events(&log)).unwrap();
        assert_eq!((output.lines.first().unwrap().as_str(), output.left_out), ("30", 30));
        assert_eq!(output.lines.last().unwrap(), "49");
    }
}
