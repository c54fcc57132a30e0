//! A value with its past: what a stale read returns, and what a load balancer's node still follows.

use std::collections::VecDeque;

use super::clock::{MINUTE, Millis};

/// No read and no node lags longer.
const KEPT: Millis = MINUTE;

#[derive(Debug)]
pub struct History<T>(VecDeque<(Millis, T)>);

impl<T: Copy + PartialEq> History<T> {
    pub fn new(value: T) -> Self {
        Self(VecDeque::from([(0, value)]))
    }

    pub fn now(&self) -> T {
        self.0[self.0.len() - 1].1
    }

    /// The value at that time; the oldest one, if that time is longer ago.
    pub fn at(&self, at: Millis) -> T {
        self.0.iter().rev().find(|(since, _)| *since <= at).unwrap_or(&self.0[0]).1
    }

    pub fn set(&mut self, now: Millis, value: T) {
        if value == self.now() {
            return;
        }
        while self.0.get(1).is_some_and(|(since, _)| since + KEPT < now) {
            self.0.pop_front();
        }
        self.0.push_back((now, value));
    }
}
