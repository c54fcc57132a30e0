//! Spans of time with something in common, such as trouble of AWS.

use std::ops::Range;

use super::clock::Millis;

/// In order. Queried in the order of time, within a few seconds.
#[derive(Clone, Debug, Default)]
pub struct Spans {
    spans: Vec<Range<Millis>>,
    next: usize,
}

impl Spans {
    pub fn new(spans: Vec<Range<Millis>>) -> Self {
        Self { spans, next: 0 }
    }

    pub fn around(&mut self, at: Millis) -> Option<Range<Millis>> {
        while self.spans.get(self.next).is_some_and(|span| span.end <= at) {
            self.next += 1;
        }
        self.spans.get(self.next).filter(|span| span.start <= at).cloned()
    }

    pub fn all(&self) -> &[Range<Millis>] {
        &self.spans
    }
}
