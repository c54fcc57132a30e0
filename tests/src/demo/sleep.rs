//! How the environment falls asleep without visitors.

use std::time::Duration;

use anyhow::{Context, Result};

use super::timeline::Moment;
use crate::event_log::{Event, EventLog};

/// Waits until its last task has stopped; the moments are since the last answer.
pub async fn moments(log: &EventLog, limit: Duration) -> Result<Vec<Moment>> {
    let (answered, place) = log.find(0, limit, |event| event.name == "answered").await?;
    let mut moments = Vec::new();
    let mut place = place;
    for (event, name, is) in STEPS {
        let (found, next) = log.find(place, limit, is).await.with_context(|| format!("not yet: {name}"))?;
        moments.push(Moment { event, name, at: found.after(&answered) });
        place = next;
    }
    Ok(moments)
}

type Step = (&'static str, &'static str, fn(&Event) -> bool);

const STEPS: [Step; 3] = [
    ("dozing", "route turned to the waker: it dozes", |event| event.name == "rule_modified"),
    ("emptied", "desired count 0: nobody has come", |event| {
        event.name == "desired_count_set" && event.fields.get("count").is_some_and(|count| *count == 0)
    }),
    ("asleep", "task stopped: it is asleep", |event| event.name == "task_stopped"),
];
