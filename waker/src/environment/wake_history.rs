//! Past wakes: how long they took, for the estimate, and how many there were, for the budget.
//!
//! They are in two tags of the route's listener rule, beside the state tag: read with the same call,
//! free, visible to people, and deleted with the rule. (A CloudWatch metric would cost 0.30 USD a
//! month, and one more call to read it.) If they are lost, an estimate falls back to its default, and a
//! budget starts at zero.
//!
//! ```text
//! wake   1     2     3        a new wake goes into the tag without the last wake, after a copy of
//! tag    0     1     0        the earlier ones; its end goes into the tag that has it
//! ```
//!
//! AWS has no conditional write of a tag: an invocation reads, decides and writes, and others may write
//! in between. With two tags that loses no wake:
//!
//! - Invocations that record the same wake write the same tag with the same past.
//! - One that records the end of a wake while another records the next wake writes the other tag.
//! - One that writes a beginning so late that the environment has slept and been woken again since its
//!   read may overwrite that wake; one that is late with an end, only the second such wake. But a read
//!   and a write take 6 s at most.
//!
//! A wake is lost only if every invocation that should record it crashed or was refused. And an
//! invocation that is late with a beginning may overwrite the end of the same wake, so that the
//! estimate does not learn from it. The state tag says when the environment was put to sleep, so that a
//! wake without an end is not taken for the next one.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::state_tag::StateTag;

const TAGS: [&str; 2] = ["reveille:wakes-0", "reveille:wakes-1"];
/// As many as fit into a tag's value of 256 characters.
const KEPT: usize = 15;
/// A wake that has not ended by then never will.
const OPEN: Duration = Duration::from_mins(15);
/// The estimate is the median of so many wakes.
const LEARNT_FROM: usize = 5;

/// One wake. Times are in whole seconds, as in the tag; only the beginning of the last wake is in
/// milliseconds, as in the state tag, to tell which of the two came first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Entry {
    pub began: SystemTime,
    /// None while it is under way, or if no invocation saw its end.
    pub took: Option<Duration>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum WakeEvent {
    WakeBegan(SystemTime),
    WakeEnded(SystemTime),
}

/// The latest wakes, the oldest first, as one observation read them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct WakeHistory {
    entries: Vec<Entry>,
    /// The index of the tag that has the last wake.
    tag: usize,
    /// When the environment was last put to sleep, by the state tag.
    slept: Option<SystemTime>,
}

impl WakeHistory {
    /// Reads the tags, by the value of each key and the state tag beside them.
    pub fn read<'a>(value: impl Fn(&str) -> Option<&'a str>, state_tag: StateTag) -> Self {
        let [first, second] = TAGS.map(|key| value(key).map(Self::parse).unwrap_or_default());
        let age = |wake_history: &Self| {
            (wake_history.entries.last().map(|entry| entry.began), wake_history.entries.len())
        };
        let newest = if age(&first) < age(&second) { Self { tag: 1, ..second } } else { first };
        Self { slept: state_tag.put_to_sleep(), ..newest }
    }

    /// The history with the event; None if that changes nothing.
    pub fn enter(&self, event: WakeEvent) -> Option<Self> {
        let mut next = self.clone();
        match event {
            WakeEvent::WakeBegan(at) if !self.has_begun(at) => {
                next.entries.push(Entry { began: at, took: None });
                next.tag = if self.entries.is_empty() { 0 } else { 1 - self.tag };
            }
            WakeEvent::WakeEnded(at) => {
                let took = at.duration_since(self.open(at)?).ok()?;
                next.entries.last_mut()?.took = Some(took);
            }
            WakeEvent::WakeBegan(_) => return None,
        }
        let surplus = next.entries.len().saturating_sub(KEPT);
        next.entries.drain(..surplus);
        Some(next)
    }

    /// The key and the value of the tag that was changed last.
    pub fn tag(&self) -> (&'static str, String) {
        (TAGS[self.tag], self.text())
    }

    /// Whether the last wake belongs to an invocation that saw the environment asleep `at` that time:
    /// it is under way, or has ended since.
    fn has_begun(&self, at: SystemTime) -> bool {
        let ended_since = self.last_wake().is_some_and(|(_, ended)| at < ended) && !self.slept_since_last();
        self.open(at).is_some() || ended_since
    }

    /// When the wake that is under way at `now` began.
    pub fn open(&self, now: SystemTime) -> Option<SystemTime> {
        let last = self.entries.last()?;
        let open = last.took.is_none() && now < last.began + OPEN && !self.slept_since_last();
        open.then_some(last.began)
    }

    /// Whether the environment was put to sleep after the last wake began.
    fn slept_since_last(&self) -> bool {
        self.slept > self.entries.last().map(|entry| entry.began)
    }

    /// When the last wake with a known end ended.
    pub fn last_end(&self) -> Option<SystemTime> {
        self.entries.iter().rev().find_map(|entry| Some(entry.began + entry.took?))
    }

    /// When the last wake began and ended, unless it is under way.
    pub fn last_wake(&self) -> Option<(SystemTime, SystemTime)> {
        let last = self.entries.last()?;
        Some((last.began, last.began + last.took?))
    }

    /// How many wakes began after `since`.
    pub fn since(&self, since: SystemTime) -> usize {
        self.entries.iter().filter(|entry| entry.began > since).count()
    }

    /// How long a wake takes: the median of the last few, which one slow image pull does not move.
    pub fn typical(&self) -> Option<Duration> {
        let mut took: Vec<_> =
            self.entries.iter().rev().filter_map(|entry| entry.took).take(LEARNT_FROM).collect();
        took.sort_unstable();
        took.get(took.len() / 2).copied()
    }

    /// The tag's value: `1763717000+42 1763719000.250`, seconds since the epoch and how long it took.
    fn text(&self) -> String {
        let last = self.entries.len().saturating_sub(1);
        let word = |(index, entry): (usize, &Entry)| {
            let began = entry.began.duration_since(UNIX_EPOCH).unwrap_or_default();
            let mut word = began.as_secs().to_string();
            if index == last && began.subsec_millis() > 0 {
                word = format!("{word}.{:03}", began.subsec_millis());
            }
            match entry.took {
                Some(took) => format!("{word}+{}", took.as_secs()),
                None => word,
            }
        };
        self.entries.iter().enumerate().map(word).collect::<Vec<_>>().join(" ")
    }

    /// Reads one tag. A text of any other form counts as empty.
    pub fn parse(text: &str) -> Self {
        let entry = |word: &str| {
            let (began, took) =
                word.split_once('+').map_or((word, None), |(began, took)| (began, Some(took)));
            let (began, millis) = began.split_once('.').unwrap_or((began, "0"));
            let millis = u32::try_from(whole(millis)?.as_secs()).ok().filter(|millis| *millis < 1_000)?;
            let began = UNIX_EPOCH.checked_add(whole(began)? + Duration::from_millis(millis.into()))?;
            let took = match took {
                Some(took) => Some(whole(took)?),
                None => None,
            };
            Some(Entry { began, took })
        };
        let entries: Option<Vec<_>> = text.split(' ').filter(|word| !word.is_empty()).map(entry).collect();
        Self { entries: entries.unwrap_or_default(), ..Self::default() }
    }
}

/// Up to ten digits, so that no sum of two overflows.
fn whole(text: &str) -> Option<Duration> {
    let digits = (1..=10).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok().map(Duration::from_secs)).flatten()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    const NOW: u64 = 1_763_717_000;

    fn at(seconds: u64) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(NOW + seconds)
    }

    fn after(events: &[WakeEvent]) -> WakeHistory {
        events.iter().fold(WakeHistory::default(), |wake_history, event| {
            wake_history.enter(*event).unwrap_or(wake_history)
        })
    }

    /// Wakes that took so long, an hour apart.
    fn wakes(took: &[u64]) -> WakeHistory {
        let events = took.iter().zip((0_u64..).step_by(3600)).flat_map(|(took, began)| {
            [WakeEvent::WakeBegan(at(began)), WakeEvent::WakeEnded(at(began + took))]
        });
        after(&events.collect::<Vec<_>>())
    }

    #[test]
    fn visitors_who_come_at_once_are_one_wake() {
        let wake_history =
            after(&[WakeEvent::WakeBegan(at(0)), WakeEvent::WakeBegan(at(1)), WakeEvent::WakeEnded(at(30))]);
        assert_eq!(wake_history.text(), format!("{NOW}+30"));
        assert_eq!(wake_history.enter(WakeEvent::WakeEnded(at(31))), None);
        assert_eq!(wake_history.since(at(0) - Duration::from_secs(1)), 1);
        assert_eq!((wake_history.open(at(31)), wake_history.last_end()), (None, Some(at(30))));
    }

    #[test]
    fn a_wake_without_a_known_end_stays_open_and_does_not_change_the_estimate() {
        let wake_history = after(&[WakeEvent::WakeBegan(at(0))]);
        assert_eq!(wake_history.open(at(60)), Some(at(0)));
        assert_eq!(wake_history.open(at(0) + OPEN), None);
        let again = wake_history.enter(WakeEvent::WakeBegan(at(7200))).unwrap();
        assert_eq!(again.since(at(0)), 1);
        assert_eq!(again.typical(), None);
    }

    #[test]
    fn one_slow_wake_does_not_move_the_estimate() {
        assert_eq!(WakeHistory::default().typical(), None);
        for (took, typical) in
            [(&[40][..], 40), (&[30, 600, 32], 32), (&[600, 600, 600, 20, 21, 22, 23, 24], 22)]
        {
            assert_eq!(wakes(took).typical(), Some(Duration::from_secs(typical)), "{took:?}");
        }
    }

    #[test]
    fn the_oldest_are_forgotten() {
        let wake_history = wakes(&[9; KEPT + 3]);
        assert_eq!(wake_history.entries.len(), KEPT);
        assert_eq!(wake_history.entries[0].began, at(3 * 3600));
    }

    /// The two tags, as invocations read and write them.
    #[derive(Default)]
    struct Rule {
        tags: BTreeMap<&'static str, String>,
        state_tag: StateTag,
    }

    impl Rule {
        fn with(first: &str, state_tag: StateTag) -> Self {
            Self { tags: BTreeMap::from([(TAGS[0], first.to_owned())]), state_tag }
        }

        fn read(&self) -> WakeHistory {
            WakeHistory::read(|key| self.tags.get(key).map(String::as_str), self.state_tag)
        }

        fn values(&self) -> [&str; 2] {
            TAGS.map(|key| self.tags.get(key).map(String::as_str).unwrap_or_default())
        }

        /// What an invocation writes that read the tags before.
        fn write(&mut self, read: &WakeHistory, event: WakeEvent) {
            self.tags.extend(read.enter(event).map(|wake_history| wake_history.tag()));
        }

        fn enter(&mut self, event: WakeEvent) {
            self.write(&self.read(), event);
        }
    }

    #[test]
    fn each_wake_goes_into_the_tag_without_the_last_one() {
        let mut rule = Rule::default();
        for began in [0, 3600, 7200] {
            rule.enter(WakeEvent::WakeBegan(at(began)));
            rule.enter(WakeEvent::WakeEnded(at(began + 30)));
        }
        let (first, second, third) = (NOW, NOW + 3600, NOW + 7200);
        let [newest, before] =
            [format!("{first}+30 {second}+30 {third}+30"), format!("{first}+30 {second}+30")];
        assert_eq!(rule.values(), [newest, before]);
        assert_eq!(rule.read().since(at(0)), 2);
    }

    #[test]
    fn invocations_that_record_the_same_wake_at_once_record_it_once() {
        let mut rule = Rule::default();
        let (first, second) = (rule.read(), rule.read());
        rule.write(&first, WakeEvent::WakeBegan(at(1)));
        rule.write(&second, WakeEvent::WakeBegan(at(0)));
        assert_eq!(rule.values(), [NOW.to_string().as_str(), ""]);
    }

    #[test]
    fn an_invocation_that_records_an_end_late_loses_no_later_wake() {
        let mut rule = Rule::default();
        rule.enter(WakeEvent::WakeBegan(at(0)));
        let late = rule.read();
        rule.state_tag = StateTag::Asleep { since: at(600) };
        rule.enter(WakeEvent::WakeBegan(at(601)));
        rule.write(&late, WakeEvent::WakeEnded(at(30)));
        assert_eq!(rule.values(), [format!("{NOW}+30"), format!("{NOW} {}", NOW + 601)]);
        assert_eq!(rule.read().since(at(0) - Duration::from_secs(1)), 2);
    }

    #[test]
    fn an_invocation_that_records_a_beginning_late_does_not_begin_another_wake() {
        let mut rule = Rule::default();
        rule.enter(WakeEvent::WakeBegan(at(0)));
        rule.enter(WakeEvent::WakeEnded(at(30)));
        rule.enter(WakeEvent::WakeBegan(at(1)));
        assert_eq!(rule.values(), [format!("{NOW}+30").as_str(), ""]);
        rule.enter(WakeEvent::WakeBegan(at(30)));
        assert_eq!(rule.read().open(at(40)), Some(at(30)), "its count was set to 0 by hand");
    }

    #[test]
    fn a_wake_without_an_end_is_over_when_the_environment_has_been_put_to_sleep() {
        let failure = crate::environment::failure::StartFailure::Other;
        let slept = [StateTag::Asleep { since: at(60) }, StateTag::GaveUp { failure, at: at(60), times: 1 }];
        for state_tag in slept {
            let mut rule = Rule::with(&NOW.to_string(), state_tag);
            assert_eq!(rule.read().open(at(61)), None);
            rule.enter(WakeEvent::WakeEnded(at(61)));
            rule.enter(WakeEvent::WakeBegan(at(61)));
            assert_eq!(rule.read().since(at(0) - Duration::from_secs(1)), 2, "{state_tag:?}");
        }
        for state_tag in
            [StateTag::None, StateTag::Dozing { since: at(60) }, StateTag::Asleep { since: at(0) }]
        {
            let rule = Rule::with(&NOW.to_string(), state_tag);
            assert_eq!(rule.read().open(at(61)), Some(at(0)), "{state_tag:?}");
        }
    }

    #[test]
    fn a_sleep_right_before_a_wake_and_one_right_after_it_are_distinguished() {
        let began = at(0) + Duration::from_millis(250);
        for (slept, open) in [(249, Some(began)), (250, Some(began)), (251, None)] {
            let mut rule = Rule::default();
            rule.enter(WakeEvent::WakeBegan(began));
            assert_eq!(rule.values(), [format!("{NOW}.250").as_str(), ""]);
            rule.state_tag = StateTag::Asleep { since: at(0) + Duration::from_millis(slept) };
            assert_eq!(rule.read().open(at(1)), open, "{slept}");
            rule.enter(WakeEvent::WakeBegan(at(1000)));
            assert_eq!(rule.values()[1], format!("{NOW} {}", NOW + 1000), "only the last is that exact");
        }
    }

    #[test]
    fn an_unreadable_tag_leaves_the_wakes_of_the_other() {
        let mut rule = Rule::default();
        rule.enter(WakeEvent::WakeBegan(at(0)));
        rule.enter(WakeEvent::WakeEnded(at(30)));
        rule.enter(WakeEvent::WakeBegan(at(3600)));
        rule.tags.insert(TAGS[1], "not written by the waker".to_owned());
        assert_eq!(rule.read().last_wake(), Some((at(0), at(30))));
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
            let wake_history = WakeHistory { entries: entries.collect(), ..WakeHistory::default() };
            let text = wake_history.text();
            prop_assert_eq!(WakeHistory::parse(&text), wake_history);
            prop_assert!(text.len() <= 256);
            prop_assert!(text.chars().all(|c| c.is_ascii_alphanumeric() || " +-=._:/@".contains(c)));
        }

        #[test]
        fn whatever_is_written_there_can_be_read_and_added_to(text in "[0-9+. a-z-]{0,40}", later in 0_u64..1_000_000) {
            let wake_history = WakeHistory::parse(&text);
            let _ = (wake_history.typical(), wake_history.last_end(), wake_history.open(at(later)));
            for event in [WakeEvent::WakeBegan(at(later)), WakeEvent::WakeEnded(at(later + 1))] {
                let _ = wake_history.enter(event);
            }
        }
    }
}
