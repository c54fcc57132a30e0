//! How long a wake will take.
//!
//! Learnt from the environment's past wakes in the wake history. Without any, the estimate is on the
//! long side: a wake that ends early is better than one that is late.

use std::time::Duration;

use crate::{
    config::Environment,
    environment::{plan::Phase, wake_history::WakeHistory},
};

/// A task on Fargate with an image of about 100 MB, and a health check.
const TASKS: Duration = Duration::from_secs(45);
/// Meanwhile an Aurora cluster resumes in about 15 s, or 30 s after more than a day, and the
/// application that waits for it starts later.
const WITH_DATABASE: Duration = Duration::from_secs(60);
/// A database that was stopped, not paused.
const STOPPED_DATABASE: Duration = Duration::from_mins(6);

/// The share of the bar that is filled when the expected time is over.
const ON_TIME: f64 = 0.9;
const NEARLY: f64 = 0.99;

/// From the first request to the app's answer.
pub fn expected(environment: &Environment, wake_history: &WakeHistory, phase: Phase) -> Duration {
    let default = if environment.database.is_some() { WITH_DATABASE } else { TASKS };
    let usual = wake_history.typical().unwrap_or(default);
    // The database may be stopped for the first time, which the past wakes do not show.
    if phase == Phase::StartingDatabase { usual.max(STOPPED_DATABASE) } else { usual }
}

/// Of the wake, in per cent. It never stops and never reaches 100.
pub fn progress(elapsed: Duration, expected: Duration) -> u8 {
    let (elapsed, expected) = (elapsed.as_secs_f64(), expected.as_secs_f64().max(1.0));
    let share = if elapsed <= expected {
        ON_TIME * elapsed / expected
    } else {
        ON_TIME + (NEARLY - ON_TIME) * (1.0 - expected / elapsed)
    };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 99")]
    let percent = (share * 100.0).floor() as u8;
    percent
}

#[cfg(test)]
mod tests {
    use std::time::UNIX_EPOCH;

    use proptest::prelude::*;

    use super::*;
    use crate::{config::tests::example, environment::wake_history::WakeEvent};

    #[test]
    fn past_wakes_decide_and_a_default_without_any() {
        let mut environment = example();
        let of =
            |environment: &_, wake_history: &_, phase| expected(environment, wake_history, phase).as_secs();
        let none = WakeHistory::default();
        assert_eq!(of(&environment, &none, Phase::StartingTasks), 60);
        assert_eq!(of(&environment, &none, Phase::StartingDatabase), 360);
        let began = none.enter(WakeEvent::WakeBegan(UNIX_EPOCH)).unwrap();
        let learnt = began.enter(WakeEvent::WakeEnded(UNIX_EPOCH + Duration::from_secs(24))).unwrap();
        assert_eq!(of(&environment, &learnt, Phase::StartingTasks), 24);
        environment.database = None;
        assert_eq!(of(&environment, &none, Phase::StartingTasks), 45);
    }

    proptest! {
        #[test]
        fn the_bar_only_ever_grows_and_is_never_full(expected in 0_u64..900, a in 0_u64..2000, b in 0_u64..2000) {
            let at = |seconds| progress(Duration::from_secs(seconds), Duration::from_secs(expected));
            prop_assert!(at(a.min(b)) <= at(a.max(b)));
            prop_assert!(at(a) < 100);
        }
    }
}
