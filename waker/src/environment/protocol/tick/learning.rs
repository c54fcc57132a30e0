//! What is read to learn whether it is in use, and read again where that failed.

use std::time::Duration;

use super::{Rest, Stage, Tick};
use crate::{
    config::Environment,
    environment::{
        observed::{Observed, Scope, Seen},
        protocol::{Action, FAULTS, Protocol as _, round::Round},
        usage::Usage,
        verdict::{self, Held, Verdict},
    },
};

/// How often it is read before it is taken to be unknown.
const READS: u32 = 3;

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Learning {
    usage: Option<Box<Usage>>,
    /// Since the route and the note were looked at.
    reads: u32,
}

impl Learning {
    /// What to look at next, once the route has been.
    pub(super) fn scope(&self) -> Scope {
        match (&self.usage, self.reads) {
            (None, _) => Scope::NOTE | Scope::USAGE,
            (Some(_), 0) => Scope::NOTE,
            (Some(_), _) => Scope::USAGE,
        }
    }

    /// Keeps what an earlier read has learnt and this one has not.
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
    pub(super) fn weighed(
        &mut self,
        environment: &Environment,
        now: Duration,
        mut observed: Observed,
        seen: &Seen,
    ) -> Action<Rest> {
        // A further read of its use comes without the tags.
        observed.note = seen.note.unwrap_or(observed.note);
        observed.suspended = seen.suspended.unwrap_or(observed.suspended);
        if let Some(usage) = &seen.usage {
            self.learning.add(**usage);
        }
        let at = self.started + now;
        let mut verdict = verdict::at_a_glance(environment, &observed, at);
        if verdict == Verdict::Undecided {
            let delay = FAULTS.delay(self.learning.reads, fastrand::Rng::with_seed(self.seed).f64());
            if self.learning.may_tell_more() && now + delay < self.deadline() {
                self.stage = Stage::Weighing(observed);
                return Action::Wait(delay);
            }
            verdict = match &self.learning.usage {
                Some(usage) => verdict::by_usage(environment, &observed, **usage, at),
                None => Verdict::Stay(Held::MetricsMissing),
            };
            // A visitor may have come while it was read again and again: the route and the
            // note must not be older than that.
            if self.learning.reads > 1 && matches!(verdict, Verdict::Doze | Verdict::Sleep) {
                self.learning.reads = 0;
                (self.round, self.stage) = (Round::default(), Stage::Looking);
                return self.look(environment);
            }
        }
        self.learning = Learning::default();
        self.judged(environment, now, observed, verdict)
    }
}
