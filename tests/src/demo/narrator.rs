//! Prints events while they happen.

use std::convert::Infallible;
use std::time::Duration;

use anyhow::Result;

use super::app_output::AppOutput;
use super::print;
use super::story::Story;
use crate::event_log::EventLog;

/// The form in which events are printed.
#[derive(Debug)]
pub(super) enum Form {
    /// In sentences.
    Story(Story),
    /// Each event of the local AWS in a line.
    Events { json: bool },
    /// Printed at the end instead.
    Silent,
}

/// Follows a log from where it ended when this was created.
#[derive(Debug)]
pub(super) struct Narrator {
    log: EventLog,
    place: usize,
    form: Form,
    /// Whether the output of an app that exits is shown at once.
    with_output: bool,
}

impl Narrator {
    pub(super) fn new(log: &EventLog, form: Form, with_output: bool) -> Self {
        Self { log: log.clone(), place: log.end(), form, with_output }
    }

    /// Prints without end.
    ///
    /// # Errors
    ///
    /// If the reader of standard output is gone.
    pub(super) async fn follow(&mut self) -> Result<Infallible> {
        loop {
            self.log.find(self.place, Duration::MAX, |_| true).await?;
            self.catch_up()?;
        }
    }

    /// Prints what happens until a future is done.
    pub(super) async fn during<T>(&mut self, future: impl Future<Output = T>) -> Result<T> {
        let done = tokio::select! {
            done = future => done,
            never = self.follow() => match never? {},
        };
        self.catch_up()?;
        Ok(done)
    }

    /// Prints the events that are not printed yet.
    pub(super) fn catch_up(&mut self) -> Result<()> {
        let events = self.log.all();
        for (index, event) in events.iter().enumerate().skip(self.place) {
            self.place = index + 1;
            match &mut self.form {
                Form::Silent => {}
                Form::Events { json } => print::event(event, *json)?,
                Form::Story(story) => {
                    let Some(sentence) = story.tell(event) else { continue };
                    print::line(&sentence)?;
                    if self.with_output && event.name == "container_exited" {
                        print::app_output(AppOutput::of(&events[..=index]).as_ref(), false)?;
                    }
                }
            }
        }
        Ok(())
    }
}
