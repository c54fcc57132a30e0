//! Past wakes, from which is learnt how long the next one takes and how many there
//! have been lately.
//!
//! It is a tag of the route's rule, beside the note: read with the same call, free,
//! seen by anybody who looks at the rule, and gone with it. (A metric of our own would
//! cost 0.30 USD a month, and a call more to read it.) Nothing is wrong without it: an
//! estimate falls back to its default, and a budget counts from anew.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// As many as fit into a tag's value, which holds 256 characters.
const KEPT: usize = 15;
/// A wake that has not come to its end by then never will.
const OPEN: Duration = Duration::from_mins(15);
/// Of how many wakes the middle one is taken.
const LEARNT_FROM: usize = 5;

/// One wake. Times are in whole seconds, as the tag has them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Entry {
    pub began: SystemTime,
    /// None while it is under way, and for one whose end nobody has seen.
    pub took: Option<Duration>,
}

/// What there is to enter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Event {
    WakeBegan(SystemTime),
    WakeEnded(SystemTime),
}

/// The latest wakes, the oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Ledger(Vec<Entry>);

impl Ledger {
    /// The ledger with the event; None if that changes nothing.
    pub fn enter(&self, event: Event) -> Option<Self> {
        let mut entries = self.0.clone();
        match event {
            Event::WakeBegan(at) if self.open(at).is_none() => entries.push(Entry { began: at, took: None }),
            Event::WakeEnded(at) => {
                let began = self.open(at)?;
                entries.last_mut()?.took = at.duration_since(began).ok();
            }
            Event::WakeBegan(_) => return None,
        }
        let surplus = entries.len().saturating_sub(KEPT);
        entries.drain(..surplus);
        Some(Self(entries))
    }

    /// When the wake began that is under way at `now`.
    pub fn open(&self, now: SystemTime) -> Option<SystemTime> {
        let last = self.0.last()?;
        (last.took.is_none() && now < last.began + OPEN).then_some(last.began)
    }

    /// When the environment was last woken to the end, as far as that is known.
    pub fn last_end(&self) -> Option<SystemTime> {
        self.0.iter().rev().find_map(|entry| Some(entry.began + entry.took?))
    }

    /// When the last wake began and ended, unless it is under way.
    pub fn last_wake(&self) -> Option<(SystemTime, SystemTime)> {
        let last = self.0.last()?;
        Some((last.began, last.began + last.took?))
    }

    /// How many wakes began after `since`.
    pub fn since(&self, since: SystemTime) -> usize {
        self.0.iter().filter(|entry| entry.began > since).count()
    }

    /// How long a wake takes: the median of the last few, which one slow pull of an
    /// image does not move.
    pub fn typical(&self) -> Option<Duration> {
        let mut took: Vec<_> = self.0.iter().rev().filter_map(|entry| entry.took).take(LEARNT_FROM).collect();
        took.sort_unstable();
        took.get(took.len() / 2).copied()
    }

    /// As the tag has it: `1763717000+42 1763719000`, seconds since the epoch and how
    /// long it took.
    pub fn text(&self) -> String {
        let entry = |entry: &Entry| {
            let began = seconds(entry.began);
            match entry.took {
                Some(took) => format!("{began}+{}", took.as_secs()),
                None => began.to_string(),
            }
        };
        self.0.iter().map(entry).collect::<Vec<_>>().join(" ")
    }

    /// Reads the tag; of what somebody else has written there nothing is taken.
    pub fn parse(text: &str) -> Self {
        let entry = |word: &str| {
            let (began, took) =
                word.split_once('+').map_or((word, None), |(began, took)| (began, Some(took)));
            let began = UNIX_EPOCH.checked_add(whole(began)?)?;
            let took = match took {
                Some(took) => Some(whole(took)?),
                None => None,
            };
            Some(Entry { began, took })
        };
        let entries: Option<Vec<_>> = text.split(' ').filter(|word| !word.is_empty()).map(entry).collect();
        Self(entries.unwrap_or_default())
    }
}

/// Up to ten digits, so that no sum of two overflows.
fn whole(text: &str) -> Option<Duration> {
    let digits = (1..=10).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok().map(Duration::from_secs)).flatten()
}

fn seconds(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NOW: u64 = 1_763_717_000;

    fn at(seconds: u64) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(NOW + seconds)
    }

    fn after(events: &[Event]) -> Ledger {
        events.iter().fold(Ledger::default(), |ledger, event| ledger.enter(*event).unwrap_or(ledger))
    }

    /// Wakes that took so long, an hour apart.
    fn wakes(took: &[u64]) -> Ledger {
        let events = took
            .iter()
            .zip((0_u64..).step_by(3600))
            .flat_map(|(took, began)| [Event::WakeBegan(at(began)), Event::WakeEnded(at(began + took))]);
        after(&events.collect::<Vec<_>>())
    }

    #[test]
    fn visitors_who_come_together_wake_it_once() {
        let ledger = after(&[Event::WakeBegan(at(0)), Event::WakeBegan(at(1)), Event::WakeEnded(at(30))]);
        assert_eq!(ledger.text(), format!("{NOW}+30"));
        assert_eq!(ledger.enter(Event::WakeEnded(at(31))), None);
        assert_eq!(ledger.since(at(0) - Duration::from_secs(1)), 1);
        assert_eq!((ledger.open(at(31)), ledger.last_end()), (None, Some(at(30))));
    }

    #[test]
    fn a_wake_that_nobody_saw_the_end_of_is_left_open_and_teaches_nothing() {
        let ledger = after(&[Event::WakeBegan(at(0))]);
        assert_eq!(ledger.open(at(60)), Some(at(0)));
        assert_eq!(ledger.open(at(0) + OPEN), None);
        let again = ledger.enter(Event::WakeBegan(at(7200))).unwrap();
        assert_eq!(again.since(at(0)), 1);
        assert_eq!(again.typical(), None);
    }

    #[test]
    fn one_slow_wake_does_not_move_the_estimate() {
        assert_eq!(Ledger::default().typical(), None);
        for (took, typical) in
            [(&[40][..], 40), (&[30, 600, 32], 32), (&[600, 600, 600, 20, 21, 22, 23, 24], 22)]
        {
            assert_eq!(wakes(took).typical(), Some(Duration::from_secs(typical)), "{took:?}");
        }
    }

    #[test]
    fn the_oldest_are_forgotten() {
        let ledger = wakes(&[9; KEPT + 3]);
        assert_eq!(ledger.0.len(), KEPT);
        assert_eq!(ledger.0[0].began, at(3 * 3600));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back_and_keeps_to_the_rules_of_a_tag(
            wakes in prop::collection::vec((0_u64..9_999_999_999, prop::option::of(0_u64..99_999)), 0..=KEPT),
        ) {
            let entries = wakes.into_iter().map(|(began, took)| Entry {
                began: UNIX_EPOCH + Duration::from_secs(began),
                took: took.map(Duration::from_secs),
            });
            let ledger = Ledger(entries.collect());
            let text = ledger.text();
            prop_assert_eq!(Ledger::parse(&text), ledger);
            prop_assert!(text.len() <= 256);
            prop_assert!(text.chars().all(|c| c.is_ascii_alphanumeric() || " +-=._:/@".contains(c)));
        }

        #[test]
        fn whatever_is_written_there_can_be_read_and_added_to(text in "[0-9+ a-z-]{0,40}", later in 0_u64..1_000_000) {
            let ledger = Ledger::parse(&text);
            let _ = (ledger.typical(), ledger.last_end(), ledger.open(at(later)));
            for event in [Event::WakeBegan(at(later)), Event::WakeEnded(at(later + 1))] {
                let _ = ledger.enter(event);
            }
        }
    }
}
