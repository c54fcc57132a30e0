//! The tags of a listener rule: the state, the wake history, the suspended scaling.

use std::collections::BTreeMap;

use waker::environment::{
    scaling::Suspended,
    state_tag::StateTag,
    wake_history::{WakeEvent, WakeHistory},
};

#[derive(Debug, Default)]
pub struct Tags {
    pub state: StateTag,
    pub suspended: Suspended,
    wakes: BTreeMap<&'static str, String>,
}

impl Tags {
    pub fn wake_history(&self) -> WakeHistory {
        WakeHistory::read(|key| self.wakes.get(key).map(String::as_str), self.state)
    }

    /// Writes the tag that the event changes, if any.
    pub fn record(&mut self, event: WakeEvent) {
        if let Some(wake_history) = self.wake_history().enter(event) {
            self.wakes.extend([wake_history.tag()]);
        }
    }
}
