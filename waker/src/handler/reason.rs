//! Why an environment is as it is, for scripts: each code stands in the README's table, and
//! what it means does not change.

use crate::environment::{
    failure::Failure,
    pause::Holder,
    plan::Phase,
    protocol::{Outcome, Rest},
    verdict::{Held, Verdict},
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

pub(super) fn of_tick(rest: Rest) -> &'static str {
    match rest {
        Rest::Asleep { held_by: None } => "asleep",
        Rest::Asleep { held_by: Some(holder) } => of_holder(holder),
        Rest::Awake(held) => of_held(held),
        Rest::Waking(phase) => of_phase(phase),
        Rest::Dozing => "dozing",
        Rest::FellAsleep => "fell_asleep",
        Rest::GaveUp(_) => "gave_up",
        Rest::Interrupted => "interrupted",
        Rest::Would(verdict) => of_verdict(verdict),
        Rest::Failed(failure) => of_failure(failure),
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

fn of_held(held: Held) -> &'static str {
    match held {
        Held::Never => "never_sleep",
        Held::Schedule => "schedule",
        Held::Deployment => "deployment",
        Held::Protection => "task_protected",
        Held::ProtectionUnknown => "protection_unknown",
        Held::MetricsMissing => "metrics_missing",
        Held::Grace => "grace",
        Held::Starting => "starting",
        Held::Request => "request",
        Held::Stream => "stream",
    }
}

fn of_holder(holder: Holder) -> &'static str {
    match holder {
        Holder::Capacity => "database_minimum_capacity",
        Holder::Provisioned => "database_provisioned",
        Holder::Connections => "database_connections",
        Holder::Replica => "database_replicated",
        Holder::Unknown => "database_not_paused",
    }
}

fn of_verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Asleep => "would_clean_up",
        Verdict::Wake => "would_wake",
        Verdict::Stay(_) | Verdict::Starting | Verdict::Undecided => "would_repair",
        Verdict::Doze | Verdict::Dozing => "would_doze",
        Verdict::Sleep => "would_sleep",
        Verdict::GiveUp(_) => "would_give_up",
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, iter::successors};

    use super::*;
    use crate::environment::failure::StartFailure;

    const README: &str = include_str!("../../../README.md");

    // One after the other, so that a new variant does not compile until it is here.

    fn after_held(held: Held) -> Option<Held> {
        Some(match held {
            Held::Never => Held::Schedule,
            Held::Schedule => Held::Deployment,
            Held::Deployment => Held::Protection,
            Held::Protection => Held::ProtectionUnknown,
            Held::ProtectionUnknown => Held::MetricsMissing,
            Held::MetricsMissing => Held::Grace,
            Held::Grace => Held::Starting,
            Held::Starting => Held::Request,
            Held::Request => Held::Stream,
            Held::Stream => return None,
        })
    }

    fn after_holder(holder: Holder) -> Option<Holder> {
        Some(match holder {
            Holder::Capacity => Holder::Provisioned,
            Holder::Provisioned => Holder::Connections,
            Holder::Connections => Holder::Replica,
            Holder::Replica => Holder::Unknown,
            Holder::Unknown => return None,
        })
    }

    fn after_verdict(verdict: Verdict) -> Option<Verdict> {
        Some(match verdict {
            Verdict::Asleep => Verdict::Wake,
            Verdict::Wake => Verdict::Stay(Held::Grace),
            Verdict::Stay(_) => Verdict::Starting,
            Verdict::Starting => Verdict::Doze,
            Verdict::Doze => Verdict::Dozing,
            Verdict::Dozing => Verdict::Sleep,
            Verdict::Sleep => Verdict::GiveUp(StartFailure::Other),
            Verdict::GiveUp(_) => Verdict::Undecided,
            Verdict::Undecided => return None,
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
            // The codes of failures have a table of their own.
            Phase::Asleep | Phase::Failed(_) => return None,
        })
    }

    fn after_rest(rest: Rest) -> Option<Rest> {
        Some(match rest {
            Rest::Asleep { .. } => Rest::Awake(Held::Grace),
            Rest::Awake(_) => Rest::Waking(Phase::Ready),
            Rest::Waking(_) => Rest::Dozing,
            Rest::Dozing => Rest::FellAsleep,
            Rest::FellAsleep => Rest::GaveUp(StartFailure::Other),
            Rest::GaveUp(_) => Rest::Interrupted,
            Rest::Interrupted => Rest::Would(Verdict::Asleep),
            // Those of failures have a table of their own.
            Rest::Would(_) | Rest::Failed(_) => return None,
        })
    }

    #[test]
    fn the_readme_has_each_code_and_no_other() {
        let codes: BTreeSet<_> = successors(Some(Held::Never), |held| after_held(*held))
            .map(of_held)
            .chain(successors(Some(Holder::Capacity), |holder| after_holder(*holder)).map(of_holder))
            .chain(successors(Some(Verdict::Asleep), |verdict| after_verdict(*verdict)).map(of_verdict))
            .chain(successors(Some(Phase::Looking), |phase| after_phase(*phase)).map(of_phase))
            .chain(successors(Some(Rest::Asleep { held_by: None }), |rest| after_rest(*rest)).map(of_tick))
            .chain([Outcome::OverBudget, Outcome::NotStarted].map(of_wake))
            .chain([NO_TIME, TASKS_STOPPING])
            .collect();
        let (_, table) = README.split_once("| `reason` |").unwrap();
        let (table, _) = table.split_once("\n\n").unwrap();
        let cells = table.lines().skip(2).map(|row| row.split('|').nth(1).unwrap());
        let documented: BTreeSet<_> =
            cells.flat_map(|cell| cell.split(',').map(|code| code.trim().trim_matches('`'))).collect();
        assert_eq!(documented, codes);
        let snake_case = |code: &&str| code.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
        assert!(codes.iter().all(snake_case), "{codes:?}");
    }

    #[test]
    fn no_two_reasons_to_stay_awake_share_a_code() {
        let held: Vec<_> = successors(Some(Held::Never), |held| after_held(*held)).map(of_held).collect();
        assert_eq!(held.iter().collect::<BTreeSet<_>>().len(), held.len());
        let holders: Vec<_> =
            successors(Some(Holder::Capacity), |holder| after_holder(*holder)).map(of_holder).collect();
        assert_eq!(holders.iter().collect::<BTreeSet<_>>().len(), holders.len());
    }
}
