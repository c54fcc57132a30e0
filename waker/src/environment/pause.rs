//! Why a database stays up, and keeps its full cost, while its environment sleeps. For Aurora: whether
//! it has paused.

use std::time::Duration;

/// Added to the pause time, for late metrics and connections that close late.
const MARGIN: Duration = Duration::from_mins(10);
/// First checked this long after falling asleep, when a cluster with the default pause time of five
/// minutes is overdue; then once in each such period, by its first tick.
const FIRST: Duration = Duration::from_mins(15);
const EVERY: Duration = Duration::from_hours(1);
const TICK: Duration = Duration::from_mins(1);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Pause {
    /// None: `CloudWatch` has no value.
    pub paused: Option<bool>,
    /// Open connections in the newest metric; None if unknown.
    pub connections: Option<u32>,
    /// How long the cluster waits before it pauses; None if it never pauses, because its minimum
    /// capacity is above 0.
    pub after: Option<Duration>,
    /// An instance of the cluster is not serverless.
    pub provisioned: bool,
}

/// Why a database does not pause, or cannot be stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PauseBlocker {
    Capacity,
    Provisioned,
    Connections,
    /// RDS does not stop an instance with a read replica, a replica, or a cluster of a global database.
    Replica,
    Unknown,
}

impl PauseBlocker {
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Capacity => "its minimum capacity is above 0, so that it never pauses by itself",
            Self::Provisioned => "an instance of the cluster is not serverless",
            Self::Connections => "connections to it are open",
            Self::Replica => {
                "RDS cannot stop it: it has a read replica, is one, or belongs to a global database"
            }
            Self::Unknown => {
                "nothing that can be seen: an RDS Proxy, logical replication or connections that come and go \
                 would do it"
            }
        }
    }
}

/// Whether a tick checks the pause, that long after the environment fell asleep.
pub fn is_due(asleep: Duration) -> bool {
    asleep.checked_sub(FIRST).is_some_and(|overdue| overdue.as_secs() % EVERY.as_secs() < TICK.as_secs())
}

impl Pause {
    /// Why it has not paused, if it should have, that long after the environment fell asleep.
    pub fn blocked_by(self, asleep: Duration) -> Option<PauseBlocker> {
        let Some(after) = self.after else { return Some(PauseBlocker::Capacity) };
        if self.paused != Some(false) || asleep < after + MARGIN {
            return None;
        }
        Some(match self.connections {
            _ if self.provisioned => PauseBlocker::Provisioned,
            Some(1..) => PauseBlocker::Connections,
            Some(0) | None => PauseBlocker::Unknown,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AWAKE: Pause = Pause {
        paused: Some(false),
        connections: Some(0),
        after: Some(Duration::from_mins(5)),
        provisioned: false,
    };

    #[test]
    fn only_a_database_that_should_have_paused_has_a_blocker() {
        let late = Duration::from_mins(15);
        for (pause, held) in [
            (AWAKE, Some(PauseBlocker::Unknown)),
            (Pause { connections: None, ..AWAKE }, Some(PauseBlocker::Unknown)),
            (Pause { connections: Some(2), ..AWAKE }, Some(PauseBlocker::Connections)),
            (Pause { provisioned: true, connections: Some(2), ..AWAKE }, Some(PauseBlocker::Provisioned)),
            (Pause { after: None, ..AWAKE }, Some(PauseBlocker::Capacity)),
            (Pause { paused: Some(true), ..AWAKE }, None),
            (Pause { paused: None, ..AWAKE }, None),
            (Pause { after: Some(Duration::from_mins(6)), ..AWAKE }, None),
        ] {
            assert_eq!(pause.blocked_by(late), held, "{pause:?}");
        }
    }

    #[test]
    fn one_tick_an_hour_checks_the_pause() {
        let due = (0..180).filter(|minute| is_due(Duration::from_secs(minute * 60 + 7)));
        assert_eq!(due.collect::<Vec<_>>(), [15, 75, 135]);
    }
}
