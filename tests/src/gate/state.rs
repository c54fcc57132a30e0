//! The database's status, and the connections that keep it from pausing.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::Value;
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

use super::Options;
use crate::event_log::EventLog;
use crate::pace::Distribution;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    Up,
    /// The next connection attempt resumes it.
    Paused,
    Resuming,
    /// Connections are refused.
    Stopped,
}

#[derive(Debug)]
pub(crate) struct State {
    status: watch::Sender<Status>,
    /// Connections that are open or stalled.
    open: watch::Sender<usize>,
    /// Distinguishes the present resume from one that [`State::turn`] has cancelled.
    turns: AtomicUsize,
    pub(super) server: u16,
    resume: Mutex<Distribution>,
    pause_after: Option<Duration>,
    log: EventLog,
}

/// Counts a connection for as long as it lives.
pub(super) struct Open(Arc<State>);

impl Drop for Open {
    fn drop(&mut self) {
        self.0.open.send_modify(|open| *open -= 1);
    }
}

impl State {
    pub(super) fn new(options: &Options, log: EventLog) -> Self {
        Self {
            status: watch::Sender::new(options.status),
            open: watch::Sender::new(0),
            turns: AtomicUsize::new(0),
            server: options.server,
            resume: Mutex::new(Distribution::fixed(options.resume)),
            pause_after: options.pause_after,
            log,
        }
    }

    pub(super) fn status(&self) -> Status {
        *self.status.borrow()
    }

    pub(super) fn resume_in(&self, time: Distribution) {
        *self.resume.lock().unwrap_or_else(PoisonError::into_inner) = time;
    }

    pub(crate) fn turn(&self, status: Status) {
        self.turns.fetch_add(1, Ordering::Relaxed);
        self.set(status);
    }

    /// Waits until the status matches.
    pub(super) async fn until(&self, matches: impl Fn(Status) -> bool) {
        // The sender lives in self, so the channel cannot be closed.
        let _ = self.status.subscribe().wait_for(|status| matches(*status)).await;
    }

    /// A client has sent its first message: resumes a paused database.
    pub(super) fn touch(self: &Arc<Self>) -> Open {
        self.open.send_modify(|open| *open += 1);
        let resumes = self.status.send_if_modified(|status| {
            let paused = *status == Status::Paused;
            if paused {
                *status = Status::Resuming;
            }
            paused
        });
        if resumes {
            self.record("database_touched", []);
            let turn = self.turns.load(Ordering::Relaxed);
            let state = Arc::clone(self);
            let up_at = Instant::now() + self.resume.lock().unwrap_or_else(PoisonError::into_inner).sample();
            tokio::spawn(async move {
                sleep_until(up_at).await;
                if state.turns.load(Ordering::Relaxed) == turn {
                    state.set(Status::Up);
                }
            });
        }
        Open(Arc::clone(self))
    }

    pub(super) fn record<const N: usize>(&self, name: &str, fields: [(&str, Value); N]) {
        self.log.record(name, fields);
    }

    fn set(&self, status: Status) {
        let changed = self.status.send_if_modified(|current| {
            let changed = *current != status;
            *current = status;
            changed
        });
        let name = match status {
            Status::Up => "database_up",
            Status::Paused => "database_paused",
            Status::Resuming => "database_touched",
            Status::Stopped => "database_stopped",
        };
        if changed {
            self.record(name, []);
        }
    }
}

/// Pauses the database whenever it has been up without connections for long enough.
pub(super) async fn pause_when_idle(state: Arc<State>) {
    let Some(pause_after) = state.pause_after else { return };
    let mut open = state.open.subscribe();
    loop {
        state.until(|status| status == Status::Up).await;
        let _ = open.wait_for(|open| *open == 0).await;
        open.borrow_and_update();
        tokio::select! {
            _ = open.changed() => {}
            () = state.until(|status| status != Status::Up) => {}
            () = tokio::time::sleep(pause_after) => state.set(Status::Paused),
        }
    }
}
