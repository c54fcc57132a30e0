//! What is scheduled.

use std::collections::BTreeMap;

use super::clock::Millis;

/// Scheduled events, the earliest first; of two at the same moment, the one added first.
#[derive(Debug)]
pub struct Events<E> {
    events: BTreeMap<(Millis, u64), E>,
    added: u64,
}

impl<E> Events<E> {
    pub fn new() -> Self {
        Self { events: BTreeMap::new(), added: 0 }
    }

    pub fn add(&mut self, at: Millis, event: E) {
        self.events.insert((at, self.added), event);
        self.added += 1;
    }

    pub fn next_at(&self) -> Option<Millis> {
        self.events.first_key_value().map(|((at, _), _)| *at)
    }

    pub fn pop(&mut self) -> Option<(Millis, E)> {
        self.events.pop_first().map(|((at, _), event)| (at, event))
    }
}
