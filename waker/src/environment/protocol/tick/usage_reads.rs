//! Reads the usage of an environment, again where a read failed.

use std::time::Duration;

use super::{Tick, TickOutcome, TickStage};
use crate::{
    config::Environment,
    environment::{
        protocol::{Action, FAULTS, Protocol as _, snapshot_builder::SnapshotBuilder},
        sleep_decision::{self, AwakeReason, SleepDecision},
        snapshot::{PartialSnapshot, Scope, Snapshot},
        usage::Usage,
    },
};

/// After this many reads the use counts as unknown.
const READS: u32 = 3;

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct UsageReads {
    usage: Option<Box<Usage>>,
    /// Since the route and the state tag were read.
    reads: u32,
}

impl UsageReads {
    /// What to read next, after the route.
    pub(super) fn scope(&self) -> Scope {
        match (&self.usage, self.reads) {
            (None, _) => Scope::STATE_TAG | Scope::USAGE,
            (Some(_), 0) => Scope::STATE_TAG,
            (Some(_), _) => Scope::USAGE,
        }
    }

    /// Adds a read; keeps what only an earlier read has.
    fn add(&mut self, usage: Usage) {
        self.usage = Some(Box::new(self.usage.as_deref().map_or(usage, |earlier| usage.or(*earlier))));
        self.reads += 1;
    }

    fn may_tell_more(&self) -> bool {
        let mut unknown = self.usage.iter().flat_map(|usage| usage.unknown());
        self.reads < READS && unknown.any(|unknown| unknown.retryable)
    }
}

impl Tick {
    pub(super) fn usage_fetched(
        &mut self,
        environment: &Environment,
        now: Duration,
        mut snapshot: Snapshot,
        partial: &PartialSnapshot,
    ) -> Action<TickOutcome> {
        // Another read of the usage comes without the tags.
        snapshot.state_tag = partial.state_tag.unwrap_or(snapshot.state_tag);
        snapshot.suspended = partial.suspended.unwrap_or(snapshot.suspended);
        if let Some(usage) = &partial.usage {
            self.usage_reads.add(**usage);
        }
        let at = self.started + now;
        let mut decision = sleep_decision::from_snapshot(environment, &snapshot, at);
        if decision == SleepDecision::Undecided {
            let delay = FAULTS.delay(self.usage_reads.reads, fastrand::Rng::with_seed(self.seed).f64());
            if self.usage_reads.may_tell_more() && now + delay < self.deadline() {
                self.stage = TickStage::FetchingUsage(snapshot);
                return Action::Wait(delay);
            }
            decision = match &self.usage_reads.usage {
                Some(usage) => sleep_decision::from_usage(environment, &snapshot, **usage, at),
                None => SleepDecision::Stay(AwakeReason::MetricsMissing),
            };
            // A visitor may have come during the retries: the route and the state tag must be newer.
            if self.usage_reads.reads > 1 && matches!(decision, SleepDecision::Doze | SleepDecision::Sleep) {
                self.usage_reads.reads = 0;
                (self.builder, self.stage) = (SnapshotBuilder::default(), TickStage::Looking);
                return self.observe(environment);
            }
        }
        self.usage_reads = UsageReads::default();
        self.act_on(environment, now, snapshot, decision)
    }
}
