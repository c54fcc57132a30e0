//! Why a service does not start, from its stopped tasks and its events.
//!
//! ECS retries without end and reports no failure. It gives the reason of each stopped task, and
//! English sentences in the service's events.

use std::time::{Duration, SystemTime};

use crate::environment::failure::StartFailure;

/// Older reasons belong to another wake. ECS waits up to 15 minutes between two tries.
const RECENT: Duration = Duration::from_mins(15);
/// A container may stop once because a service that it needs was not ready.
const EXITS: usize = 2;

/// A task that has stopped.
#[derive(Clone, Debug)]
pub(super) struct StoppedTask {
    pub(super) at: SystemTime,
    /// `stopCode`.
    pub(super) code: String,
    /// `stoppedReason`, and its containers' reasons.
    pub(super) reasons: Vec<String>,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct ServiceEvent<'a> {
    pub(super) at: SystemTime,
    pub(super) message: &'a str,
}

impl ServiceEvent<'_> {
    fn says_steady(&self) -> bool {
        self.message.contains("has reached a steady state")
    }
}

/// A failure with ECS's own text, for the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) failure: StartFailure,
    pub(super) reason: String,
    /// Failed starts since then.
    pub(super) times: u32,
}

/// Whether the newest event reports a steady state: ECS has nothing left to do.
pub(super) fn is_steady(events: &[ServiceEvent<'_>]) -> bool {
    events.iter().max_by_key(|event| event.at).is_some_and(ServiceEvent::says_steady)
}

/// Why the service does not start, from failures since its last steady state and since its newest
/// deployment was created.
pub(super) fn find(
    stopped: &[StoppedTask],
    events: &[ServiceEvent<'_>],
    deployed: Option<SystemTime>,
    now: SystemTime,
) -> Option<Found> {
    let steady = events.iter().filter(|event| event.says_steady());
    let since = steady.map(|event| event.at).chain(now.checked_sub(RECENT)).chain(deployed).max()?;

    let recent = || events.iter().filter(|event| event.at > since);
    let unplaced = recent().filter(|event| of_event(event.message).is_some()).count();
    let mut failed: Vec<_> = stopped
        .iter()
        .filter(|task| task.at > since)
        .filter_map(|task| Some((task.at, of_task(task)?)))
        .collect();
    failed.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    if let Some((_, newest)) = failed.first()
        && (failed.len() >= EXITS || !may_pass(newest.failure))
    {
        return Some(Found { times: count(failed.len()), ..newest.clone() });
    }
    let newest = recent().max_by_key(|event| event.at);
    newest.and_then(|event| of_event(event.message)).map(|found| Found { times: count(unplaced), ..found })
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// When ECS last reported the start of a task.
pub(super) fn started(events: &[ServiceEvent<'_>]) -> Option<SystemTime> {
    events.iter().filter(|event| event.message.contains("has started ")).map(|event| event.at).max()
}

/// None for a task that was stopped on purpose.
fn of_task(task: &StoppedTask) -> Option<Found> {
    let reason = task.reasons.join("; ");
    let any = |parts: &[&str]| parts.iter().any(|part| reason.contains(part));
    let failure = match task.code.as_str() {
        "TaskFailedToStart" | "EssentialContainerExited" => {
            if any(&["CannotPull", "registry auth from", "pull image"]) {
                StartFailure::ImageNotPulled
            } else if any(&["retrieve secret", "from asm", "from ssm", "secretsmanager", "SSM Parameter"]) {
                StartFailure::SecretDenied
            } else if any(&["ResourceInitializationError", "network interface"]) {
                StartFailure::ResourcesNotInitialised
            } else if any(&["OutOfMemory"]) {
                StartFailure::OutOfMemory
            } else if any(&["CannotStartContainerError", "CannotCreateContainerError", "ContainerRuntime"]) {
                StartFailure::ContainerNotStarted
            } else if any(&["Capacity is unavailable"]) {
                StartFailure::NoCapacity
            } else if task.code == "EssentialContainerExited" {
                StartFailure::ContainerExits
            } else {
                StartFailure::Other
            }
        }
        // The service's scheduler also stops surplus tasks.
        "ServiceSchedulerInitiated" if any(&["health checks"]) => StartFailure::Unhealthy,
        _ => return None,
    };
    Some(Found { failure, reason, times: 1 })
}

fn of_event(message: &str) -> Option<Found> {
    let failure = if message.contains("unable to place a task") {
        StartFailure::NoCapacity
    } else if message.contains("unable to consistently start tasks") {
        StartFailure::Other
    } else {
        return None;
    };
    Some(Found { failure, reason: message.to_owned(), times: 1 })
}

/// Whether the next try may succeed without a person's help.
fn may_pass(failure: StartFailure) -> bool {
    match failure {
        StartFailure::ContainerExits | StartFailure::OutOfMemory | StartFailure::Other => true,
        StartFailure::ImageNotPulled
        | StartFailure::SecretDenied
        | StartFailure::ResourcesNotInitialised
        | StartFailure::ContainerNotStarted
        | StartFailure::Unhealthy
        | StartFailure::NoCapacity
        | StartFailure::DeploymentFailed => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: u64 = 1_000_000;

    fn at(seconds_ago: u64) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(NOW - seconds_ago)
    }

    fn stopped(seconds_ago: u64, code: &str, reason: &str) -> StoppedTask {
        StoppedTask { at: at(seconds_ago), code: code.to_owned(), reasons: vec![reason.to_owned()] }
    }

    fn failure(tasks: &[StoppedTask], events: &[ServiceEvent<'_>]) -> Option<StartFailure> {
        find(tasks, events, None, at(0)).map(|found| found.failure)
    }

    /// The texts are ECS's own, from "Stopped tasks error messages" in its developer guide.
    #[test]
    fn each_reason_that_ecs_gives_has_its_kind() {
        for (code, reason, kind) in [
            (
                "TaskFailedToStart",
                "CannotPullContainerError: pull image manifest has been retried 1 time(s): image not found",
                StartFailure::ImageNotPulled,
            ),
            (
                "TaskFailedToStart",
                "ResourceInitializationError: unable to pull secrets or registry auth: The task cannot pull \
                 registry auth from Amazon ECR: There is a connection issue",
                StartFailure::ImageNotPulled,
            ),
            (
                "TaskFailedToStart",
                "ResourceInitializationError: unable to pull secrets or registry auth: execution resource \
                 retrieval failed: unable to retrieve secret from asm: service call has been retried 1 time(s): \
                 failed to fetch secret arn:aws:secretsmanager:us-east-1:111122223333:secret:a: AccessDenied",
                StartFailure::SecretDenied,
            ),
            (
                "TaskFailedToStart",
                "ResourceInitializationError: failed to configure the network interface",
                StartFailure::ResourcesNotInitialised,
            ),
            (
                "TaskFailedToStart",
                "CannotStartContainerError: failed to create the container process",
                StartFailure::ContainerNotStarted,
            ),
            (
                "TaskFailedToStart",
                "Capacity is unavailable at this time. Please try again",
                StartFailure::NoCapacity,
            ),
            (
                "ServiceSchedulerInitiated",
                "Task failed ELB health checks in (target-group arn:aws:elasticloadbalancing:x)",
                StartFailure::Unhealthy,
            ),
        ] {
            assert_eq!(failure(&[stopped(5, code, reason)], &[]), Some(kind), "{reason}");
        }
    }

    #[test]
    fn a_container_that_stops_once_may_do_better_next_time() {
        let once = stopped(20, "EssentialContainerExited", "Essential container in task exited");
        assert_eq!(failure(std::slice::from_ref(&once), &[]), None);
        let twice = stopped(5, "EssentialContainerExited", "Essential container in task exited");
        assert_eq!(failure(&[once, twice], &[]), Some(StartFailure::ContainerExits));
    }

    #[test]
    fn out_of_memory_is_in_the_containers_reason() {
        let mut task = stopped(5, "EssentialContainerExited", "Essential container in task exited");
        task.reasons.push("OutOfMemoryError: Container killed due to memory usage".to_owned());
        assert_eq!(failure(&[task.clone(), task], &[]), Some(StartFailure::OutOfMemory));
    }

    #[test]
    fn the_newest_failure_counts() {
        let older = stopped(30, "TaskFailedToStart", "CannotPullContainerError: x");
        let newer = stopped(5, "TaskFailedToStart", "CannotStartContainerError: x");
        assert_eq!(failure(&[newer, older], &[]), Some(StartFailure::ContainerNotStarted));
    }

    #[test]
    fn failures_before_the_last_steady_state_or_long_ago_do_not_count() {
        let task = stopped(60, "TaskFailedToStart", "CannotPullContainerError: x");
        let steady = ServiceEvent { at: at(30), message: "(service web) has reached a steady state." };
        assert_eq!(failure(std::slice::from_ref(&task), &[steady]), None);
        let before = ServiceEvent { at: at(90), ..steady };
        assert_eq!(failure(&[task], &[before]), Some(StartFailure::ImageNotPulled));
        let old = stopped(RECENT.as_secs() + 1, "TaskFailedToStart", "CannotPullContainerError: x");
        assert_eq!(failure(&[old], &[]), None);
    }

    #[test]
    fn tasks_that_were_stopped_on_purpose_are_no_failure() {
        for (code, reason) in [
            ("ServiceSchedulerInitiated", "Scaling activity initiated by (deployment ecs-svc/1)"),
            ("UserInitiated", "stopped by hand"),
            ("SpotInterruption", "Your Spot Task was interrupted."),
        ] {
            assert_eq!(failure(&[stopped(5, code, reason)], &[]), None, "{code}");
        }
    }

    #[test]
    fn events_report_tasks_that_could_not_be_placed() {
        let place = "(service web) was unable to place a task. Reason: Capacity is unavailable at this time.";
        let event = ServiceEvent { at: at(10), message: place };
        assert_eq!(failure(&[], &[event]), Some(StartFailure::NoCapacity));
        let started = ServiceEvent { at: at(5), message: "(service web) has started 1 tasks: (task a)." };
        assert_eq!(failure(&[], &[event, started]), None, "a later event supersedes it");
    }

    #[test]
    fn failed_starts_are_counted_since_the_last_steady_state() {
        let task = |ago| stopped(ago, "TaskFailedToStart", "CannotPullContainerError: x");
        let tasks = [task(50), task(30), task(10)];
        let times = |events: &[ServiceEvent<'_>]| find(&tasks, events, None, at(0)).unwrap().times;
        assert_eq!(times(&[]), 3);
        assert_eq!(
            times(&[ServiceEvent { at: at(40), message: "(service web) has reached a steady state." }]),
            2
        );
        let place = |ago| ServiceEvent { at: at(ago), message: "(service web) was unable to place a task." };
        assert_eq!(find(&[], &[place(3), place(2), place(1)], None, at(0)).unwrap().times, 3);
    }

    #[test]
    fn failed_starts_of_an_earlier_deployment_do_not_count_for_the_newest() {
        let task = |ago| stopped(ago, "TaskFailedToStart", "CannotPullContainerError: x");
        let place = ServiceEvent { at: at(40), message: "(service web) was unable to place a task." };
        assert_eq!(find(&[task(50)], &[place], Some(at(30)), at(0)), None);
        assert_eq!(find(&[task(50), task(20)], &[place], Some(at(30)), at(0)).unwrap().times, 1);
    }

    #[test]
    fn the_last_start_is_in_the_events() {
        let start = |ago| ServiceEvent {
            at: at(ago),
            message: "(service web) has started 2 tasks: (task a) (task b).",
        };
        let steady = ServiceEvent { at: at(1), message: "(service web) has reached a steady state." };
        assert_eq!(started(&[steady, start(10), start(50)]), Some(at(10)));
        assert_eq!(started(&[steady]), None);
    }
}
