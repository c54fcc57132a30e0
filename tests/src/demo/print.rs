//! The demo's output: results on standard output, the rest on standard error.

#![expect(clippy::print_stderr, reason = "this is what the demo is for")]

use std::io::{self, Write as _};
use std::time::Duration;

use serde_json::{Value, json};

use super::app_output::AppOutput;
use super::timeline::{CriticalPath, Moment, Timeline};
use super::visit::Visit;
use crate::event_log::Event;

pub(super) fn progress(text: &str) {
    eprintln!("demo: {text}");
}

/// # Errors
///
/// Like all printing here: if the reader of standard output is gone.
pub(super) fn line(text: &str) -> io::Result<()> {
    writeln!(io::stdout(), "{text}")
}

/// The result of a wake.
pub(super) fn wake(timeline: &Timeline, visit: &Visit, json: bool) -> io::Result<()> {
    if json { json_wake(timeline, visit) } else { text_wake(timeline, visit) }
}

fn text_wake(timeline: &Timeline, visit: &Visit) -> io::Result<()> {
    line("")?;
    line(&format!("the answer      {} {}", visit.status.as_u16(), visit.said))?;
    if let (Some(path), Some(overhead)) = (timeline.critical_path, timeline.overhead()) {
        line(&format!("critical path  {:>5.2} s  {}", path.total().as_secs_f64(), explain(path)))?;
        line(&format!("on top of it   {:>5.2} s  {}", overhead.as_secs_f64(), split(timeline, overhead)))?;
    }
    if !visit.answered_by_app {
        eprintln!("demo: the app has not answered");
    }
    line("")
}

fn explain(CriticalPath { resume, start, health }: CriticalPath) -> String {
    let [resume, start, health] = [resume, start, health].map(|part| part.as_secs_f64());
    format!(
        "the slower of the database ({resume:.2}) and the task ({start:.2}), then until healthy ({health:.2})"
    )
}

fn split(timeline: &Timeline, overhead: Duration) -> String {
    let propagation = timeline.propagation.unwrap_or_default().min(overhead);
    let [waker, propagation] =
        [overhead.saturating_sub(propagation), propagation].map(|part| part.as_secs_f64());
    format!("the waker ({waker:.2}) and the load balancer, until it follows the rule ({propagation:.2})")
}

fn json_wake(timeline: &Timeline, visit: &Visit) -> io::Result<()> {
    json_moments(&timeline.moments)?;
    let path = timeline.critical_path;
    let wake = json!({
        "event": "wake",
        "answered_by_app": visit.answered_by_app,
        "status": visit.status.as_u16(),
        "seconds": timeline.total.map(seconds),
        "resume_seconds": path.map(|path| seconds(path.resume)),
        "start_seconds": path.map(|path| seconds(path.start)),
        "health_seconds": path.map(|path| seconds(path.health)),
        "critical_path_seconds": path.map(|path| seconds(path.total())),
        "overhead_seconds": timeline.overhead().map(seconds),
        "propagation_seconds": timeline.propagation.map(seconds),
    });
    line(&wake.to_string())
}

/// For an app that has not answered.
pub(super) fn app_output(output: Option<&AppOutput>, json: bool) -> io::Result<()> {
    let Some(output) = output else { return Ok(()) };
    if json {
        let (code, lines) = (output.exit_code, &output.lines);
        return line(&json!({ "event": "app_output", "exit_code": code, "lines": lines }).to_string());
    }
    line("")?;
    line(&match output.exit_code {
        Some(code) => format!("the app has ended with the exit code {code}; it said last:"),
        None => "the app still runs; it said last:".to_owned(),
    })?;
    if output.left_out > 0 {
        line(&format!("    ({} lines before)", output.left_out))?;
    }
    if output.lines.is_empty() {
        line("    (nothing)")?;
    }
    output.lines.iter().try_for_each(|said| line(&format!("    {said}")))
}

pub(super) fn json_moments(moments: &[Moment]) -> io::Result<()> {
    moments.iter().try_for_each(|moment| {
        line(&json!({ "event": moment.event, "seconds": seconds(moment.at) }).to_string())
    })
}

/// To the millisecond; more is noise.
fn seconds(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 1000.0).round() / 1000.0
}

/// An event of the local AWS.
pub(super) fn event(event: &Event, json: bool) -> io::Result<()> {
    let fields = Value::from(event.fields.clone());
    if json {
        let at = event.at().as_secs_f64();
        return line(&json!({ "event": event.name, "at": at, "fields": fields }).to_string());
    }
    line(&format!("{:<20} {}", event.name.replace('_', " "), brief(&event.name, &fields)))
}

/// The printed part of an event: the line that an app has written, or its short fields.
fn brief(name: &str, fields: &Value) -> String {
    if name == "task_output" {
        return fields["line"].as_str().unwrap_or_default().to_owned();
    }
    let fields = fields.as_object().into_iter().flatten();
    let shown = fields.filter(|(_, value)| !value.is_null() && value.to_string().len() < 80);
    shown.map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_app_says_is_shown_however_long_it_is() {
        let said = "x".repeat(300);
        let fields = json!({ "task": "1", "container": "demo", "line": said });
        assert_eq!(brief("task_output", &fields), said);
        let fields = json!({ "task": "1", "body": said, "reason": null });
        assert_eq!(brief("answered", &fields), "task=\"1\"");
    }
}
