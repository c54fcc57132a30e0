//! The tag `reveille:state` of the route's listener rule: since when the environment has been in its
//! state, which AWS does not record.
//!
//! As a tag, people can read it too. If it is lost, the environment falls asleep later, or a failed
//! start is retried earlier.

use std::time::{Duration, SystemTime};

use jiff::Timestamp;

use super::{backoff::Backoff, failure::StartFailure};

/// The more often a start has failed, the longer until the next try.
const RETRY: Backoff = Backoff::new(Duration::from_mins(5), Duration::from_hours(1)).unwrap();

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum StateTag {
    #[default]
    None,
    /// The route has pointed to the waker since a moment after this time.
    Dozing { since: SystemTime },
    /// A visitor ended the doze that began at this time.
    Used { since: SystemTime },
    /// It was put to sleep at this time.
    Asleep { since: SystemTime },
    /// No target has been healthy since this time.
    Starting { since: SystemTime },
    /// Its start has failed this many times in a row.
    GaveUp { failure: StartFailure, at: SystemTime, times: u32 },
}

impl StateTag {
    /// Why a start must not be tried at `now`; None if it may.
    pub fn refuses(self, now: SystemTime) -> Option<StartFailure> {
        match self {
            Self::GaveUp { failure, at, times } => {
                let retry = at + RETRY.base(times.saturating_sub(1));
                (now < retry).then_some(failure)
            }
            Self::None
            | Self::Dozing { .. }
            | Self::Used { .. }
            | Self::Asleep { .. }
            | Self::Starting { .. } => None,
        }
    }

    /// The tag after one more failed start.
    #[must_use]
    pub fn give_up(self, failure: StartFailure, at: SystemTime) -> Self {
        let before = if let Self::GaveUp { times, .. } = self { times } else { 0 };
        Self::GaveUp { failure, at, times: before.saturating_add(1) }
    }

    /// Why its start was given up, if it was.
    pub fn failure(self) -> Option<StartFailure> {
        if let Self::GaveUp { failure, .. } = self { Some(failure) } else { None }
    }

    /// When the environment was put to sleep, if the tag was not replaced since. The tag is written
    /// before any count is set to 0.
    pub fn put_to_sleep(self) -> Option<SystemTime> {
        match self {
            Self::Asleep { since } => Some(since),
            Self::GaveUp { at, .. } => Some(at),
            Self::None | Self::Dozing { .. } | Self::Used { .. } | Self::Starting { .. } => None,
        }
    }

    /// The time in the tag.
    pub fn time(self) -> Option<SystemTime> {
        match self {
            Self::None => None,
            Self::Dozing { since }
            | Self::Used { since }
            | Self::Asleep { since }
            | Self::Starting { since } => Some(since),
            Self::GaveUp { at, .. } => Some(at),
        }
    }

    /// The tag's value; None for [`StateTag::None`].
    pub fn text(self) -> Option<String> {
        let time = Timestamp::try_from(self.time()?).ok()?;
        match self {
            Self::None => None,
            Self::Dozing { .. } => Some(format!("dozing {time:.3}")),
            Self::Used { .. } => Some(format!("used {time:.3}")),
            Self::Asleep { .. } => Some(format!("asleep {time:.3}")),
            Self::Starting { .. } => Some(format!("starting {time:.3}")),
            Self::GaveUp { failure, times, .. } => {
                Some(format!("gave-up {time:.3} {times} {}", failure.code()))
            }
        }
    }

    /// Reads the tag. A text of any other form counts as no tag.
    pub fn parse(text: &str) -> Self {
        let mut words = text.split(' ');
        let mut word = || words.next().unwrap_or_default();
        let (kind, time) = (word(), word().parse::<Timestamp>().ok().map(SystemTime::from));
        match (kind, time, word().parse(), StartFailure::from_code(word()), words.next()) {
            ("dozing", Some(since), Err(_), None, None) => Self::Dozing { since },
            ("used", Some(since), Err(_), None, None) => Self::Used { since },
            ("asleep", Some(since), Err(_), None, None) => Self::Asleep { since },
            ("starting", Some(since), Err(_), None, None) => Self::Starting { since },
            ("gave-up", Some(at), Ok(times), Some(failure), None) => Self::GaveUp { failure, at, times },
            _ => Self::None,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::UNIX_EPOCH;

    use proptest::prelude::*;

    use super::*;

    fn at(seconds: u64) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(seconds)
    }

    fn any_note() -> impl Strategy<Value = StateTag> {
        let time = (0_u64..10_000_000_000).prop_map(at);
        let failure = prop::sample::select(StartFailure::ALL.to_vec());
        prop_oneof![
            time.clone().prop_map(|since| StateTag::Dozing { since }),
            time.clone().prop_map(|since| StateTag::Used { since }),
            time.clone().prop_map(|since| StateTag::Asleep { since }),
            time.clone().prop_map(|since| StateTag::Starting { since }),
            (time, failure, any::<u32>()).prop_map(|(at, failure, times)| StateTag::GaveUp {
                failure,
                at,
                times
            }),
        ]
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back_and_keeps_to_the_rules_of_a_tag(state_tag in any_note()) {
            let text = state_tag.text().unwrap();
            prop_assert_eq!(StateTag::parse(&text), state_tag);
            // https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_Tag.html
            prop_assert!(text.len() <= 256);
            prop_assert!(text.chars().all(|c| c.is_ascii_alphanumeric() || " +-=._:/@".contains(c)));
        }

        #[test]
        fn whatever_else_is_written_there_is_no_note(text in "(dozing|asleep|starting|gave-up)?[a-z0-9 :TZ-]{0,30}") {
            let state_tag = StateTag::parse(&text);
            prop_assert!(state_tag == StateTag::None || state_tag.text() == Some(text));
        }
    }

    #[test]
    fn each_further_failure_is_retried_later() {
        let failure = StartFailure::ImageNotPulled;
        let mut state_tag = StateTag::None;
        for minutes in [5, 10, 20, 40, 60, 60] {
            state_tag = state_tag.give_up(failure, at(1000));
            let retry = at(1000) + Duration::from_mins(minutes);
            assert_eq!(state_tag.refuses(retry - Duration::from_secs(1)), Some(failure), "{state_tag:?}");
            assert_eq!(state_tag.refuses(retry), None, "{state_tag:?}");
        }
        assert_eq!(StateTag::Dozing { since: at(1000) }.refuses(at(1000)), None);
    }
}
