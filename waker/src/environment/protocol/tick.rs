//! One invocation that looks at an environment because it is time to, and does
//! what is called for.
//!
//! ```text
//! start --> Observe whole --asleep, nothing left over--> [Observe note, pause] --> Done
//!              |
//!              |--Wake, or to be mended while it stays awake--> as Wake does
//!              |--undecided--> Observe note, usage (again, if a read failed)
//!              |                    |--Stay, Dozing--> repair, Done
//!              |                    |
//!              |                    v
//!              |  +-----------------+
//!              v  v
//!           Sleep, GiveUp, Doze: Write note, and what will be suspended
//!              |
//!              v
//!           turn route to the waker --> Observe: read it back --Doze--> Done
//!              |                                 |
//!              |<--------------------------------+
//!              v
//!           lock the route --> Wait, Observe: read it back
//!              |
//!              v
//!           suspend scaling, counts to 0 --> Observe: read all of it back --> unlock, Done
//!                               |
//!                               +--somebody has woken it meanwhile--> as Wake does
//! ```
//!
//! The note comes first: what it says of an earlier doze must not count for what
//! follows, whoever turns the route to and fro.
//!
//! Every look starts from what is observed, so whichever call fails or is the last
//! one before a crash, the next tick goes on from there.

mod falling;
mod learning;
mod mending;
mod scaling;
mod stage;

use std::time::{Duration, SystemTime};

use falling::{Depth, Descent};
use learning::Learning;
use scaling::Suspension;
use stage::Stage;
pub use stage::{Order, Rest};

use super::{Action, Came, FAULTS, Protocol, decisive, round::Round};
use crate::{
    config::Environment,
    environment::{
        cloud::Step,
        failure::Failure,
        fault::FaultKind,
        note::Note,
        observed::{Observed, RouteTarget, Scope, Seen},
        plan::Phase,
        verdict::{self, Held, Verdict},
    },
};

/// A fault that passes is waited for no longer than this; the next tick comes soon.
const PATIENCE: Duration = Duration::from_secs(45);

/// From the look for a note's time until the note is written: with the call that
/// turns the route after it, well within [`verdict::PROPAGATION`].
const NOTE_PATIENCE: Duration = Duration::from_secs(3);

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Tick {
    order: Order,
    started: SystemTime,
    limit: Duration,
    seed: u64,
    faults: u32,
    phase: Phase,
    round: Round,
    stage: Stage,
    learning: Learning,
}

impl Tick {
    /// `limit` is the end of the invocation less a margin.
    pub fn new(order: Order, started: SystemTime, limit: Duration, seed: u64) -> Self {
        Self {
            order,
            started,
            limit,
            seed,
            faults: 0,
            phase: Phase::Looking,
            round: Round::default(),
            stage: Stage::Looking,
            learning: Learning::default(),
        }
    }

    fn look(&self, environment: &Environment) -> Action<Rest> {
        match self.stage {
            Stage::Weighing(_) => Action::Observe(self.learning.scope()),
            Stage::Resting | Stage::ReadingTags(..) => Action::Observe(Scope::NOTE),
            Stage::FindingTargets(..) => Action::Observe(Scope::SCALING | Scope::NOTE),
            Stage::CheckingScaling(..) => Action::Observe(Scope::SCALING),
            Stage::Pausing { .. } => Action::Observe(Scope::PAUSE),
            _ => Action::Observe(self.round.scope(environment, false).unwrap_or(Scope::WHOLE)),
        }
    }

    fn seen(&mut self, environment: &Environment, now: Duration, seen: Seen) -> Action<Rest> {
        let stage = std::mem::replace(&mut self.stage, Stage::Looking);
        match stage {
            Stage::Weighing(observed) => self.weighed(environment, now, observed, &seen),
            Stage::ReadingTags(mut observed, verdict) => {
                observed.suspended = seen.suspended.unwrap_or_default();
                self.judged(environment, now, observed, verdict)
            }
            Stage::CheckingScaling(observed, verdict) => {
                self.scaling_checked(environment, now, (observed, verdict), seen)
            }
            Stage::FindingTargets(depth, note, observed) => {
                self.targets_found(environment, now, (depth, note, observed), seen)
            }
            Stage::Resting => self.rested(environment, now, seen.note.unwrap_or_default()),
            Stage::Pausing { asleep } => {
                let held_by = seen.pause.and_then(|pause| pause.held_by(asleep));
                self.done(Rest::Asleep { held_by })
            }
            stage => {
                self.stage = stage;
                self.round.add(now, seen);
                match self.round.complete(environment) {
                    Some(observed) => self.observed(environment, now, observed),
                    None => self.look(environment),
                }
            }
        }
    }

    fn observed(&mut self, environment: &Environment, now: Duration, observed: Observed) -> Action<Rest> {
        if observed.route == RouteTarget::Elsewhere {
            return self.done(Rest::Failed(Failure::RouteElsewhere));
        }
        match std::mem::replace(&mut self.stage, Stage::Looking) {
            Stage::Descending(descent) => self.descend(environment, now, &observed, descent),
            _ if self.order == Order::Sleep => {
                let note = Note::Asleep { since: self.started + now };
                self.find_targets(Depth::Sleep, Some(note), observed)
            }
            _ => match verdict::at_a_glance(environment, &observed, self.started + now) {
                Verdict::Undecided | Verdict::GiveUp(_) => {
                    self.stage = Stage::Weighing(observed);
                    self.look(environment)
                }
                verdict @ Verdict::Stay(_) => {
                    self.stage = Stage::ReadingTags(observed, verdict);
                    self.look(environment)
                }
                verdict => self.judged(environment, now, observed, verdict),
            },
        }
    }

    fn judged(
        &mut self,
        environment: &Environment,
        now: Duration,
        observed: Observed,
        verdict: Verdict,
    ) -> Action<Rest> {
        let at = self.started + now;
        if environment.sleep.dry_run && mending::acts(environment, &observed, verdict) {
            return self.done(Rest::Would(verdict));
        }
        let stays = matches!(verdict, Verdict::Stay(_) | Verdict::Starting);
        if stays && !observed.suspended.is_empty() && !environment.sleep.dry_run {
            return self.check_scaling(observed, verdict);
        }
        match verdict {
            Verdict::Undecided => self.done(Rest::Awake(Held::MetricsMissing)),
            Verdict::Asleep => self.tidy(environment, now, observed),
            Verdict::Wake => self.wake(environment, now, &observed, None),
            Verdict::Stay(held) => self.mend(environment, now, &observed, held),
            Verdict::Starting => {
                self.stage = Stage::Ending(Rest::Awake(Held::Starting));
                let mut steps = vec![Step::Write(Note::Starting { since: at })];
                if observed.route == RouteTarget::App {
                    steps.extend(mending::steps(environment, &observed));
                }
                Action::Apply(steps)
            }
            Verdict::Dozing => self.done(Rest::Dozing),
            Verdict::Doze => {
                let note = Step::Write(Note::Dozing { since: at });
                let descent = Descent::new(Depth::Doze, Suspension::default());
                self.write(vec![note], descent, observed, now)
            }
            Verdict::Sleep => self.find_targets(Depth::Sleep, Some(Note::Asleep { since: at }), observed),
            Verdict::GiveUp(failure) => {
                let note = observed.note.give_up(failure, at);
                self.find_targets(Depth::GiveUp(failure), Some(note), observed)
            }
        }
    }

    fn applied(&mut self, environment: &Environment, now: Duration) -> Action<Rest> {
        match std::mem::replace(&mut self.stage, Stage::Looking) {
            Stage::Ending(rest) => self.done(rest),
            // The note must not be older than what follows: a request may have come since.
            Stage::Writing(.., at) if now > at + NOTE_PATIENCE => self.look(environment),
            Stage::Writing(descent, observed, _) => self.descend(environment, now, &observed, descent),
            Stage::Locking(descent) => self.wait_for_turns(descent),
            Stage::Suspending(descent, counts) => self.empty(environment, now, descent, counts),
            Stage::ResumingScaling(observed, verdict) => self.judged(environment, now, observed, verdict),
            stage => {
                self.stage = stage;
                self.look(environment)
            }
        }
    }

    fn failed(&mut self, now: Duration, fault: FaultKind) -> Action<Rest> {
        let delay = FAULTS.delay(self.faults, fastrand::Rng::with_seed(self.seed).f64());
        self.faults += 1;
        if !fault.retryable() || now + delay >= self.deadline() {
            return self.done(Rest::Failed(Failure::Fault(fault)));
        }
        // All that was seen may have changed by then.
        self.forget();
        Action::Wait(delay)
    }

    fn start_over(&mut self, environment: &Environment) -> Action<Rest> {
        self.forget();
        self.look(environment)
    }

    fn forget(&mut self) {
        self.round = Round::default();
        self.learning = Learning::default();
        self.stage = Stage::Looking;
    }

    fn done(&mut self, rest: Rest) -> Action<Rest> {
        self.phase = match rest {
            Rest::Asleep { .. } | Rest::FellAsleep | Rest::GaveUp(_) => Phase::Asleep,
            Rest::Awake(_) | Rest::Interrupted => Phase::Ready,
            Rest::Waking(phase) => phase,
            Rest::Dozing => Phase::FallingAsleep,
            Rest::Would(_) => Phase::Looking,
            Rest::Failed(failure) => Phase::Failed(failure),
        };
        Action::Done(rest)
    }
}

impl Protocol for Tick {
    type Outcome = Rest;

    fn next(&mut self, environment: &Environment, now: Duration, came: Came) -> Action<Rest> {
        if matches!(self.stage, Stage::Waking(..)) {
            return self.forward(environment, now, came);
        }
        match came {
            Came::Nothing => {
                self.round.refresh(now);
                self.look(environment)
            }
            Came::Seen(Ok(seen)) => self.seen(environment, now, seen),
            Came::Seen(Err(fault)) => self.failed(now, fault),
            Came::Applied(faults) => match decisive(environment, &faults) {
                Some(fault) => self.failed(now, fault),
                None => self.applied(environment, now),
            },
        }
    }

    fn deadline(&self) -> Duration {
        match &self.stage {
            Stage::Waking(wake, _) => wake.deadline(),
            _ => PATIENCE.min(self.limit),
        }
    }

    fn phase(&self) -> Phase {
        self.phase
    }
}

#[cfg(test)]
mod tests;
