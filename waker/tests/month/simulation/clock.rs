//! The month's time and its scheduled events.

use std::{
    cmp::Reverse,
    collections::BinaryHeap,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

/// Milliseconds since the beginning of the month, or a duration.
pub type Millis = u64;

pub const SECOND: Millis = 1_000;
pub const MINUTE: Millis = 60 * SECOND;
pub const HOUR: Millis = 60 * MINUTE;
pub const DAY: Millis = 24 * HOUR;
pub const MONTH: Millis = 30 * DAY;

/// 1 June 2026, a Monday, at midnight.
const BEGINNING: Duration = Duration::from_secs(20_605 * 86_400);

/// The same moment as wall-clock time, which the waker reads.
pub fn wall(at: Millis) -> SystemTime {
    UNIX_EPOCH + BEGINNING + Duration::from_millis(at)
}

pub fn millis(time: Duration) -> Millis {
    Millis::try_from(time.as_millis()).unwrap_or(Millis::MAX)
}

/// Monday to Friday, 8:00 to 18:00.
pub fn is_working(at: Millis) -> bool {
    at / DAY % 7 < 5 && (8..18).contains(&(at / HOUR % 24))
}

/// Scheduled events, the earliest first; of two at the same moment, the one added first.
#[derive(Debug)]
pub struct Events<E> {
    heap: BinaryHeap<Reverse<Entry<E>>>,
    added: u64,
}

#[derive(Debug)]
struct Entry<E> {
    at: Millis,
    order: u64,
    event: E,
}

impl<E> Events<E> {
    pub fn new() -> Self {
        Self { heap: BinaryHeap::new(), added: 0 }
    }

    pub fn add(&mut self, at: Millis, event: E) {
        self.heap.push(Reverse(Entry { at, order: self.added, event }));
        self.added += 1;
    }

    pub fn next_at(&self) -> Option<Millis> {
        self.heap.peek().map(|Reverse(entry)| entry.at)
    }

    pub fn pop(&mut self) -> Option<(Millis, E)> {
        self.heap.pop().map(|Reverse(entry)| (entry.at, entry.event))
    }
}

impl<E> PartialEq for Entry<E> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl<E> Eq for Entry<E> {}

impl<E> PartialOrd for Entry<E> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl<E> Ord for Entry<E> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.at, self.order).cmp(&(other.at, other.order))
    }
}
