//! How many redirects a held client has followed, and when it gets the next one.
//!
//! A wake takes longer than one answer may take, so a client is held several times: at the end of each
//! hold it is redirected to the same address. The request carries no count. But each hold lasts at
//! least [`Hold::time`], so the wake's age bounds the count. (The client that starts the wake comes
//! before the wake begins, by the time of its first observation.)
//!
//! ```text
//! followed <= floor((arrival + 2 s - began) / time)
//!
//! age     0 s        25         50         75         100
//!         | hold 1 --|- hold 2 -|- hold 3 -|- hold 4 -|
//!                   307        307        307        503: it takes too long (*)
//! left    4          3          2          1
//! ```
//!
//! (*) If AWS refuses the invocation's calls, the client gets its last redirect here: the load balancer
//! sends it to the app if the route has been turned meanwhile.
//!
//! When the route is turned, the remaining redirects are spread so that the last one comes when the
//! load balancer has certainly followed the route ([`PROPAGATION`]):
//!
//! | left | redirects, seconds after the turn |
//! |---|---|
//! | 1 | 6 |
//! | 2 | 2, 6 |
//! | 3 | 0, 2, 6 |
//! | 4 or more | 0, 2, 4, 6 |

use std::time::{Duration, SystemTime};

use crate::config::Hold;

/// How many redirects every common client follows: Python's urllib follows four to one address
/// (`HTTPRedirectHandler.max_repeats`) and Java's `HttpClient` four
/// (`jdk.httpclient.redirects.retrylimit` is 5 and counts requests). aiohttp follows nine.
const FOLLOWED_BY_ALL: u32 = Hold::DEFAULT_ROUNDS;

/// How long the load balancer takes to follow a turned route. AWS documents no number; seconds of mixed
/// routing are expected, and five have been measured.
pub(super) const PROPAGATION: Duration = Duration::from_secs(6);

/// The longest first observation, while AWS refuses no calls.
const FIRST_OBSERVATION: Duration = Duration::from_secs(2);

/// How many redirects a client that arrives at `arrival` may have followed during the wake.
fn followed(hold: Hold, began: SystemTime, arrival: SystemTime) -> u32 {
    let age = (arrival + FIRST_OBSERVATION).duration_since(began).unwrap_or_default();
    let holds = age.as_nanos().checked_div(hold.time.as_nanos()).unwrap_or_default();
    u32::try_from(holds).unwrap_or(u32::MAX)
}

/// Whether one redirect to the same address is left, besides the last one, to the app.
pub(super) fn may_be_held_again(hold: Hold, began: SystemTime, arrival: SystemTime) -> bool {
    !hold.time.is_zero() && followed(hold, began, arrival).saturating_add(2) <= hold.rounds
}

/// Whether the last redirect is left, which reaches the app if the load balancer has followed.
pub(super) fn last_is_left(hold: Hold, began: SystemTime, arrival: SystemTime) -> bool {
    hold.rounds == 1 || followed(hold, began, arrival) < hold.rounds
}

/// How many redirects are left for a client that arrives at `arrival`; at least the last one.
pub(super) fn left(hold: Hold, began: SystemTime, arrival: SystemTime) -> u32 {
    hold.rounds.max(FOLLOWED_BY_ALL).saturating_sub(followed(hold, began, arrival)).max(1)
}

/// When a client is redirected to the app, after the route was turned. `since` is the time from the
/// turn to the client's arrival; None for a client that was held during the turn.
pub(super) fn next(left: u32, since: Option<Duration>) -> Duration {
    let seconds: &[u64] = match left {
        0 | 1 => &[],
        2 => &[2],
        3 => &[0, 2],
        _ => &[0, 2, 4],
    };
    let mut times = seconds.iter().copied().map(Duration::from_secs);
    times.find(|time| since.is_none_or(|since| *time > since)).unwrap_or(PROPAGATION)
}

#[cfg(test)]
mod tests {
    use std::time::UNIX_EPOCH;

    use proptest::prelude::*;

    use super::*;

    fn hold(seconds: u64, rounds: u32) -> Hold {
        Hold { time: Duration::from_secs(seconds), rounds }
    }

    fn at(millis: u64) -> SystemTime {
        UNIX_EPOCH + Duration::from_millis(millis)
    }

    #[test]
    fn the_default_serves_wakes_of_up_to_100_seconds_with_four_redirects() {
        let hold = hold(25, 4);
        let again = [0, 25_100, 50_200, 75_300, 100_400].map(|ms| may_be_held_again(hold, at(0), at(ms)));
        assert_eq!(again, [true, true, true, false, false]);
        let left = [0, 25_100, 50_200, 75_300, 100_400].map(|ms| left(hold, at(0), at(ms)));
        assert_eq!(left, [4, 3, 2, 1, 1]);
    }

    #[test]
    fn one_round_is_one_hold_and_a_time_of_0_is_no_hold() {
        assert!(!may_be_held_again(hold(25, 1), at(0), at(0)));
        assert!(!may_be_held_again(hold(0, 4), at(0), at(0)));
        assert_eq!(left(hold(25, 1), at(0), at(0)), 4);
        assert_eq!(left(hold(0, 4), at(0), at(90_000)), 4, "without a hold there is no redirect to follow");
    }

    #[test]
    fn a_client_that_came_before_the_wake_began_has_followed_no_redirect() {
        assert_eq!(left(hold(25, 4), at(1_000), at(0)), 4);
    }

    #[test]
    fn the_redirects_match_the_table() {
        for (left, times) in
            [(1, &[6][..]), (2, &[2, 6]), (3, &[0, 2, 6]), (4, &[0, 2, 4, 6]), (9, &[0, 2, 4, 6])]
        {
            let mut since = None;
            for time in times {
                assert_eq!(next(left, since), Duration::from_secs(*time), "{left} {since:?}");
                since = Some(next(left, since));
            }
        }
    }

    proptest! {
        /// A client that follows every redirect, for any round-trip times, and whenever the route is
        /// turned and followed. Without any round-trip time it would be redirected without end at the
        /// moment of the turn.
        #[test]
        fn no_client_follows_more_redirects_than_there_are(
            seconds in 1_u64..300, rounds in 1_u32..=10, trip in 1_u64..900, wake in 0_u64..3_000_000,
            first in 0_u64..400_000, early in 0_u64..2_000, propagation in 0_u64..6_000,
        ) {
            let hold = hold(seconds, rounds);
            // The first client comes before the wake begins.
            let began = |ms: u64| at(ms + 2_000 - early);
            let (mut now, mut redirects) = (first, 0);
            let served = loop {
                now += trip;
                if now >= wake + propagation {
                    break true;
                }
                let held_until = now + seconds * 1000;
                if now > wake {
                    let left = left(hold, began(0), at(wake + 2_000));
                    now = wake + u64::try_from(next(left, Some(Duration::from_millis(now - wake))).as_millis()).unwrap();
                } else if held_until >= wake {
                    let left = left(hold, began(0), at(now + 2_000));
                    now = wake + u64::try_from(next(left, None).as_millis()).unwrap();
                } else if may_be_held_again(hold, began(0), at(now + 2_000)) {
                    now = held_until;
                } else {
                    break false;
                }
                redirects += 1;
            };
            prop_assert!(redirects <= rounds.max(FOLLOWED_BY_ALL), "{redirects} redirects");
            prop_assert!(served || wake + 2_000 > u64::from(rounds) * seconds * 1000 - seconds * 1000);
        }
    }
}
