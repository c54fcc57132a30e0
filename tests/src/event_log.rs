//! The local AWS's events, and waiting for them.
//!
//! The launcher, the database's gate and the harness write into one log, on one clock, so that a
//! wake has one timeline and a test waits for events, never for a fixed time.

use std::fmt::Write as _;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, SystemTime};

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use serde_json::{Map, Value};
use tokio::sync::watch;
use tokio::time::timeout;

/// How many of the last events a failed wait shows.
const SHOWN: usize = 25;

#[derive(Debug, Clone, Deserialize)]
pub struct Event {
    #[serde(rename = "event")]
    pub name: String,
    /// UNIX time in seconds.
    at: f64,
    #[serde(flatten)]
    pub fields: Map<String, Value>,
}

impl Event {
    /// Since the UNIX epoch.
    pub fn at(&self) -> Duration {
        Duration::from_secs_f64(self.at)
    }

    /// How long after another event this one was; zero if it was before.
    pub fn after(&self, other: &Self) -> Duration {
        self.at().saturating_sub(other.at())
    }

    /// A field's text; empty when there is no such field or it is no text.
    pub fn text(&self, field: &str) -> &str {
        self.fields.get(field).and_then(Value::as_str).unwrap_or_default()
    }
}

/// A log with any number of writers and readers; a clone is the same log.
#[derive(Debug, Clone, Default)]
pub struct EventLog {
    events: Arc<Mutex<Vec<Event>>>,
    length: watch::Sender<usize>,
}

impl EventLog {
    pub fn push(&self, event: Event) {
        let mut events = self.lock();
        events.push(event);
        self.length.send_replace(events.len());
    }

    /// Records an event that happens now.
    pub fn record<const N: usize>(&self, name: &str, fields: [(&str, Value); N]) {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let fields = fields.into_iter().map(|(field, value)| (field.to_owned(), value)).collect();
        self.push(Event { name: name.to_owned(), at: now.as_secs_f64(), fields });
    }

    pub fn all(&self) -> Vec<Event> {
        self.lock().clone()
    }

    /// Those with this name, in the order in which they were written.
    pub fn named(&self, name: &str) -> Vec<Event> {
        self.lock().iter().filter(|event| event.name == name).cloned().collect()
    }

    /// The present end of the log, to read on from.
    pub fn end(&self) -> usize {
        *self.length.borrow()
    }

    /// The first matching event at or after a place, and the place after it.
    ///
    /// Fails after `limit`, and then shows the end of the log.
    pub async fn find(
        &self,
        from: usize,
        limit: Duration,
        looked_for: impl Fn(&Event) -> bool,
    ) -> Result<(Event, usize)> {
        let mut length = self.length.subscribe();
        let mut next = from;
        let search = async {
            loop {
                let seen = *length.borrow_and_update();
                let found = self.lock()[next..seen].iter().position(&looked_for);
                if let Some(position) = found {
                    let place = next + position;
                    return Ok((self.lock()[place].clone(), place + 1));
                }
                next = seen;
                length.changed().await.context("the log is closed")?;
            }
        };
        match timeout(limit, search).await {
            Ok(found) => found,
            Err(_) => bail!("it did not happen within {limit:?}; the log ends with\n{}", self.tail()),
        }
    }

    /// Waits until an event with this name is in the log, from its beginning.
    pub async fn wait_for(&self, name: &str, limit: Duration) -> Result<Event> {
        let found = self.find(0, limit, |event| event.name == name).await;
        found.map(|(event, _)| event).with_context(|| format!("there is no {name}"))
    }

    fn tail(&self) -> String {
        let events = self.lock();
        let mut text = String::new();
        for event in &events[events.len().saturating_sub(SHOWN)..] {
            let _ = writeln!(text, "{:.3} {} {}", event.at, event.name, Value::from(event.fields.clone()));
        }
        text
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Event>> {
        // A poisoned log is still readable, and explains the panic.
        self.events.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_wait_ends_with_an_event_written_before_or_after_it_began() {
        let log = EventLog::default();
        log.record("first", []);
        let (_, place) = log.find(0, Duration::from_secs(1), |event| event.name == "first").await.unwrap();
        let (found, ()) =
            tokio::join!(log.find(place, Duration::from_secs(1), |event| event.name == "second"), async {
                log.record("second", [("of", "it".into())]);
            });
        assert_eq!(found.unwrap().0.text("of"), "it");
    }

    #[tokio::test]
    async fn a_wait_in_vain_says_what_it_saw() {
        let log = EventLog::default();
        log.record("something_else", []);
        let error = log.wait_for("it", Duration::from_millis(1)).await.unwrap_err();
        assert!(format!("{error:#}").contains("something_else"), "{error:#}");
    }
}
