//! The tags of a listener rule: the state, the wake history, the suspended scaling.

use std::collections::BTreeMap;

use waker::environment::{
    scaling::Suspended,
    state_tag::StateTag,
    wake_history::{WakeEvent, WakeHistory},
};

#[derive(Debug, Default)]
pub struct Tags {
    state: StateTag,
    pub suspended: Suspended,
    wakes: BTreeMap<&'static str, String>,
    /// As an observation reads it. Ticks read the tags far more often than anything changes them.
    wake_history: WakeHistory,
}

impl Tags {
    pub fn state(&self) -> StateTag {
        self.state
    }

    pub fn wake_history(&self) -> &WakeHistory {
        &self.wake_history
    }

    pub fn write_state(&mut self, state: StateTag) {
        self.state = state;
        self.read_wake_history();
    }

    /// Writes the tag that the event changes, if any.
    pub fn record(&mut self, event: WakeEvent) {
        if let Some(wake_history) = self.wake_history.enter(event) {
            self.wakes.extend([wake_history.tag()]);
            self.read_wake_history();
        }
    }

    fn read_wake_history(&mut self) {
        self.wake_history = WakeHistory::read(|key| self.wakes.get(key).map(String::as_str), self.state);
    }
}
