//! Stable codes for an environment's state, for scripts: each is in the table of waker/docs/commands.md, and
//! its meaning does not change.

use crate::environment::{
    failure::Failure,
    pause::PauseBlocker,
    plan::Phase,
    protocol::{Outcome, TickOutcome},
    sleep_decision::{AwakeReason, SleepDecision},
};

/// The tick had no time for it.
pub(super) const NO_TIME: &str = "no_time";
/// Put to sleep by command, and its tasks have not all stopped.
pub(super) const TASKS_STOPPING: &str = "tasks_stopping";

pub(super) fn of_wake(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Ready => of_phase(Phase::Ready),
        Outcome::Waiting(phase) | Outcome::HoldAgain(phase) => of_phase(phase),
        Outcome::Failed(failure) => of_failure(failure),
        Outcome::OverBudget => "over_budget",
        Outcome::NotStarted => of_phase(Phase::Asleep),
    }
}

pub(super) fn of_tick(outcome: TickOutcome) -> &'static str {
    match outcome {
        TickOutcome::Asleep { blocked_by: None } => "asleep",
        TickOutcome::Asleep { blocked_by: Some(blocker) } => of_pause_blocker(blocker),
        TickOutcome::Awake(held) => of_awake_reason(held),
        TickOutcome::Waking(phase) => of_phase(phase),
        TickOutcome::Dozing => "dozing",
        TickOutcome::FellAsleep => "fell_asleep",
        TickOutcome::GaveUp(_) => "gave_up",
        TickOutcome::Interrupted => "interrupted",
        TickOutcome::Would(decision) => of_decision(decision),
        TickOutcome::Failed(failure) => of_failure(failure),
    }
}

fn of_phase(phase: Phase) -> &'static str {
    match phase {
        Phase::Failed(failure) => of_failure(failure),
        phase => phase.code(),
    }
}

/// The same code as in `error`.
fn of_failure(failure: Failure) -> &'static str {
    failure.code()
}

fn of_awake_reason(held: AwakeReason) -> &'static str {
    match held {
        AwakeReason::Never => "never_sleep",
        AwakeReason::Schedule => "schedule",
        AwakeReason::Deployment => "deployment",
        AwakeReason::Protection => "task_protected",
        AwakeReason::ProtectionUnknown => "protection_unknown",
        AwakeReason::MetricsMissing => "metrics_missing",
        AwakeReason::Grace => "grace",
        AwakeReason::Starting => "starting",
        AwakeReason::Request => "request",
        AwakeReason::Stream => "stream",
    }
}

fn of_pause_blocker(blocker: PauseBlocker) -> &'static str {
    match blocker {
        PauseBlocker::Capacity => "database_minimum_capacity",
        PauseBlocker::Provisioned => "database_provisioned",
        PauseBlocker::Connections => "database_connections",
        PauseBlocker::Replica => "database_replicated",
        PauseBlocker::Unknown => "database_not_paused",
    }
}

fn of_decision(decision: SleepDecision) -> &'static str {
    match decision {
        SleepDecision::Asleep => "would_clean_up",
        SleepDecision::Wake => "would_wake",
        SleepDecision::Stay(_) | SleepDecision::Starting | SleepDecision::Undecided => "would_repair",
        SleepDecision::Doze | SleepDecision::Dozing => "would_doze",
        SleepDecision::Sleep => "would_sleep",
        SleepDecision::GiveUp(_) => "would_give_up",
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, iter::successors};

    use super::*;
    use crate::environment::failure::StartFailure;

    const DOCUMENT: &str = include_str!("../../docs/commands.md");

    // As a chain, so that a new variant does not compile until it is here.

    fn after_awake_reason(held: AwakeReason) -> Option<AwakeReason> {
        Some(match held {
            AwakeReason::Never => AwakeReason::Schedule,
            AwakeReason::Schedule => AwakeReason::Deployment,
            AwakeReason::Deployment => AwakeReason::Protection,
            AwakeReason::Protection => AwakeReason::ProtectionUnknown,
            AwakeReason::ProtectionUnknown => AwakeReason::MetricsMissing,
            AwakeReason::MetricsMissing => AwakeReason::Grace,
            AwakeReason::Grace => AwakeReason::Starting,
            AwakeReason::Starting => AwakeReason::Request,
            AwakeReason::Request => AwakeReason::Stream,
            AwakeReason::Stream => return None,
        })
    }

    fn after_pause_blocker(blocker: PauseBlocker) -> Option<PauseBlocker> {
        Some(match blocker {
            PauseBlocker::Capacity => PauseBlocker::Provisioned,
            PauseBlocker::Provisioned => PauseBlocker::Connections,
            PauseBlocker::Connections => PauseBlocker::Replica,
            PauseBlocker::Replica => PauseBlocker::Unknown,
            PauseBlocker::Unknown => return None,
        })
    }

    fn after_decision(decision: SleepDecision) -> Option<SleepDecision> {
        Some(match decision {
            SleepDecision::Asleep => SleepDecision::Wake,
            SleepDecision::Wake => SleepDecision::Stay(AwakeReason::Grace),
            SleepDecision::Stay(_) => SleepDecision::Starting,
            SleepDecision::Starting => SleepDecision::Doze,
            SleepDecision::Doze => SleepDecision::Dozing,
            SleepDecision::Dozing => SleepDecision::Sleep,
            SleepDecision::Sleep => SleepDecision::GiveUp(StartFailure::Other),
            SleepDecision::GiveUp(_) => SleepDecision::Undecided,
            SleepDecision::Undecided => return None,
        })
    }

    fn after_phase(phase: Phase) -> Option<Phase> {
        Some(match phase {
            Phase::Looking => Phase::StartingDatabase,
            Phase::StartingDatabase => Phase::ResumingDatabase,
            Phase::ResumingDatabase => Phase::StartingTasks,
            Phase::StartingTasks => Phase::CheckingHealth,
            Phase::CheckingHealth => Phase::TurningRoute,
            Phase::TurningRoute => Phase::Ready,
            Phase::Ready => Phase::FallingAsleep,
            Phase::FallingAsleep => Phase::Asleep,
            // The codes of failures have their own table.
            Phase::Asleep | Phase::Failed(_) => return None,
        })
    }

    fn after_outcome(outcome: TickOutcome) -> Option<TickOutcome> {
        Some(match outcome {
            TickOutcome::Asleep { .. } => TickOutcome::Awake(AwakeReason::Grace),
            TickOutcome::Awake(_) => TickOutcome::Waking(Phase::Ready),
            TickOutcome::Waking(_) => TickOutcome::Dozing,
            TickOutcome::Dozing => TickOutcome::FellAsleep,
            TickOutcome::FellAsleep => TickOutcome::GaveUp(StartFailure::Other),
            TickOutcome::GaveUp(_) => TickOutcome::Interrupted,
            TickOutcome::Interrupted => TickOutcome::Would(SleepDecision::Asleep),
            // The codes of failures have their own table.
            TickOutcome::Would(_) | TickOutcome::Failed(_) => return None,
        })
    }

    #[test]
    fn the_document_has_each_code_and_no_other() {
        let codes: BTreeSet<_> = successors(Some(AwakeReason::Never), |held| after_awake_reason(*held))
            .map(of_awake_reason)
            .chain(
                successors(Some(PauseBlocker::Capacity), |blocker| after_pause_blocker(*blocker))
                    .map(of_pause_blocker),
            )
            .chain(
                successors(Some(SleepDecision::Asleep), |decision| after_decision(*decision))
                    .map(of_decision),
            )
            .chain(successors(Some(Phase::Looking), |phase| after_phase(*phase)).map(of_phase))
            .chain(
                successors(Some(TickOutcome::Asleep { blocked_by: None }), |outcome| after_outcome(*outcome))
                    .map(of_tick),
            )
            .chain([Outcome::OverBudget, Outcome::NotStarted].map(of_wake))
            .chain([NO_TIME, TASKS_STOPPING])
            .collect();
        let (_, table) = DOCUMENT.split_once("| `reason` |").unwrap();
        let table = table.split("\n\n").next().unwrap();
        let cells = table.lines().skip(2).map(|row| row.split('|').nth(1).unwrap());
        let documented: BTreeSet<_> =
            cells.flat_map(|cell| cell.split(',').map(|code| code.trim().trim_matches('`'))).collect();
        assert_eq!(documented, codes);
        let snake_case = |code: &&str| code.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
        assert!(codes.iter().all(snake_case), "{codes:?}");
    }

    #[test]
    fn no_two_reasons_to_stay_awake_share_a_code() {
        let held: Vec<_> = successors(Some(AwakeReason::Never), |held| after_awake_reason(*held))
            .map(of_awake_reason)
            .collect();
        assert_eq!(held.iter().collect::<BTreeSet<_>>().len(), held.len());
        let holders: Vec<_> =
            successors(Some(PauseBlocker::Capacity), |blocker| after_pause_blocker(*blocker))
                .map(of_pause_blocker)
                .collect();
        assert_eq!(holders.iter().collect::<BTreeSet<_>>().len(), holders.len());
    }
}
