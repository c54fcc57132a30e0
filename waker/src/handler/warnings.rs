//! Warnings that were logged, and since when an environment's use is unknown.
//!
//! Kept as long as the sandbox lives; decides only what is logged.

use std::{
    collections::{HashMap, HashSet},
    sync::{Mutex, PoisonError},
    time::SystemTime,
};

use crate::{
    config::Environment,
    environment::{
        drive::Run,
        protocol::TickOutcome,
        sleep_decision::{AwakeReason, UNKNOWN},
        usage::Usage,
    },
};

#[derive(Debug, Default)]
pub(super) struct Warnings {
    unknown: Mutex<HashMap<String, UnknownSince>>,
    /// Environments whose database cannot be stopped.
    replicas: Mutex<HashSet<String>>,
}

#[derive(Clone, Copy, Debug)]
struct UnknownSince {
    since: SystemTime,
    /// When it was last logged.
    logged: Option<SystemTime>,
}

/// An environment's use has been unknown for long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct UnknownUse {
    /// The failing operation, or the missing metric.
    pub(super) what: &'static str,
    pub(super) since: SystemTime,
}

impl Warnings {
    /// What is missing, at most once in [`UNKNOWN`].
    pub(super) fn missing(
        &self,
        environment: &Environment,
        run: &Run<TickOutcome>,
        now: SystemTime,
    ) -> Option<UnknownUse> {
        let mut unknown = self.unknown.lock().unwrap_or_else(PoisonError::into_inner);
        let (what, last_known) = match (run.outcome, run.latest.usage.as_deref().copied()) {
            (
                TickOutcome::Awake(AwakeReason::MetricsMissing | AwakeReason::ProtectionUnknown),
                Some(usage),
            ) => missing(usage),
            (TickOutcome::Dozing, Some(usage)) if usage.unknown().next().is_some() => missing(usage),
            // It was not read, or may be known now.
            (TickOutcome::Failed(_) | TickOutcome::Waking(_) | TickOutcome::Would(_), _) => return None,
            (_, _) => {
                unknown.remove(&environment.name);
                return None;
            }
        };
        let entry = UnknownSince { since: now, logged: None };
        let entry = unknown.entry(environment.name.clone()).or_insert(entry);
        entry.since = last_known.map_or(entry.since, |known| known.min(entry.since));
        let long_since = |then: SystemTime| now.duration_since(then).is_ok_and(|time| time >= UNKNOWN);
        let due = long_since(entry.since) && entry.logged.is_none_or(long_since);
        if !due {
            return None;
        }
        entry.logged = Some(now);
        Some(UnknownUse { what, since: entry.since })
    }

    /// Whether it has not been logged yet that the environment's database cannot be stopped.
    pub(super) fn is_new_replica(&self, environment: &Environment) -> bool {
        let mut replicas = self.replicas.lock().unwrap_or_else(PoisonError::into_inner);
        replicas.insert(environment.name.clone())
    }
}

/// What is missing, and the last time with known use.
fn missing(usage: Usage) -> (&'static str, Option<SystemTime>) {
    match (usage.unknown().next(), usage) {
        (Some(unknown), _) => (unknown.read, None),
        (None, Usage::Read { traffic: Ok(traffic), .. }) if traffic.known_before.is_none() => {
            ("HealthyHostCount", Some(traffic.until))
        }
        (None, _) => ("HealthyHostCount", None),
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use super::*;
    use crate::{
        config::tests::example,
        environment::{
            plan::Phase,
            snapshot::PartialSnapshot,
            usage::{self, Traffic},
        },
    };

    fn at(minute: u64) -> SystemTime {
        UNIX_EPOCH + Duration::from_mins(minute)
    }

    fn run(outcome: TickOutcome, usage: Usage) -> Run<TickOutcome> {
        let partial = PartialSnapshot { usage: Some(Box::new(usage)), ..PartialSnapshot::default() };
        Run { outcome, phase: Phase::Ready, observations: 2, steps: 0, took: Duration::ZERO, latest: partial }
    }

    fn traffic(until: u64) -> Traffic {
        Traffic {
            until: at(until),
            healthy_since: Some(at(1)),
            known_before: None,
            last_request: None,
            last_stream: None,
        }
    }

    fn failing(read: &'static str) -> Usage {
        let unknown = usage::FailedRead { read, retryable: false };
        Usage::Read { traffic: Ok(traffic(100)), protected: Err(unknown) }
    }

    const UNPROTECTED: TickOutcome = TickOutcome::Awake(AwakeReason::ProtectionUnknown);

    #[test]
    fn a_read_that_fails_for_half_an_hour_is_logged_and_again_after_another() {
        let (warnings, environment) = (Warnings::default(), example());
        let failing = failing("GetTaskProtection");
        let minutes: Vec<_> = (100..=200)
            .filter(|minute| {
                // For some of the time it dozes.
                let outcome = if *minute < 120 { TickOutcome::Dozing } else { UNPROTECTED };
                let missing = warnings.missing(&environment, &run(outcome, failing), at(*minute));
                let expected = UnknownUse { what: "GetTaskProtection", since: at(100) };
                missing.inspect(|missing| assert_eq!(*missing, expected)).is_some()
            })
            .collect();
        assert_eq!(minutes, [130, 160, 190]);
    }

    #[test]
    fn a_read_in_between_restarts_the_time_and_a_failed_observation_does_not() {
        let (warnings, environment) = (Warnings::default(), example());
        let known = Usage::Read { traffic: Ok(traffic(100)), protected: Ok(false) };
        let fails = run(UNPROTECTED, failing("ListTasks"));
        let missing = |run: &Run<TickOutcome>, minute| warnings.missing(&environment, run, at(minute));
        assert_eq!(missing(&fails, 100), None);
        assert_eq!(missing(&run(TickOutcome::Awake(AwakeReason::Request), known), 120), None);
        assert_eq!(missing(&fails, 135), None);
        assert_eq!(missing(&run(TickOutcome::Waking(Phase::TurningRoute), known), 150), None);
        assert_eq!(missing(&fails, 165), Some(UnknownUse { what: "ListTasks", since: at(135) }));
    }

    #[test]
    fn missing_metrics_are_unknown_since_their_last_value() {
        let (warnings, environment) = (Warnings::default(), example());
        let late = Usage::Read { traffic: Ok(traffic(100)), protected: Ok(false) };
        let late = run(TickOutcome::Awake(AwakeReason::MetricsMissing), late);
        let missing = warnings.missing(&environment, &late, at(135));
        assert_eq!(missing, Some(UnknownUse { what: "HealthyHostCount", since: at(100) }));
        let mut other = example();
        other.name = "other".to_owned();
        assert_eq!(warnings.missing(&other, &late, at(129)), None);
    }

    #[test]
    fn a_database_that_cannot_be_stopped_is_logged_once() {
        let (warnings, environment) = (Warnings::default(), example());
        assert!(warnings.is_new_replica(&environment));
        assert!(!warnings.is_new_replica(&environment));
    }
}
