//! What keeps a database up while its environment sleeps: it costs as much as before.
//! For an Aurora, whether it has paused.

use std::time::Duration;

/// Beyond its pause time, for the metrics and for the connections' end.
const MARGIN: Duration = Duration::from_mins(10);
/// It is looked at after so long, when one with the default pause time of five
/// minutes is overdue, and then once in so long, by the first tick of that time.
const FIRST: Duration = Duration::from_mins(15);
const EVERY: Duration = Duration::from_hours(1);
const TICK: Duration = Duration::from_mins(1);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Pause {
    /// None: `CloudWatch` does not tell.
    pub paused: Option<bool>,
    /// Connections that were open when last counted; None where unknown.
    pub connections: Option<u32>,
    /// How long the cluster waits; None if it never pauses by itself, because its
    /// minimum capacity is above 0.
    pub after: Option<Duration>,
    /// An instance of the cluster is not serverless.
    pub provisioned: bool,
}

/// What keeps a database from pausing, or from being stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PauseBlocker {
    Capacity,
    Provisioned,
    Connections,
    /// RDS stops no instance with a read replica, no replica, and no cluster of a global
    /// database.
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
                "it has a read replica, is one, or belongs to a global database: RDS does not stop such a one"
            }
            Self::Unknown => {
                "nothing that can be seen: an RDS Proxy, logical replication or connections that come and go \
                 would do it"
            }
        }
    }
}

/// Whether the pause is to be looked at, so long after the environment fell asleep.
pub fn is_due(asleep: Duration) -> bool {
    asleep.checked_sub(FIRST).is_some_and(|overdue| overdue.as_secs() % EVERY.as_secs() < TICK.as_secs())
}

impl Pause {
    /// What keeps it awake so long after the environment fell asleep, if it should
    /// have paused by then.
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
    fn only_one_that_should_have_paused_is_held_by_something() {
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
    fn it_is_looked_at_by_one_tick_an_hour() {
        let due = (0..180).filter(|minute| is_due(Duration::from_secs(minute * 60 + 7)));
        assert_eq!(due.collect::<Vec<_>>(), [15, 75, 135]);
    }
}
