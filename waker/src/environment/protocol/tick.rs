//! One invocation that looks at an environment because it is time to, and does
//! what is called for.
//!
//! ```text
//! start --> Observe whole --asleep, nothing left over--> [Observe note, pause] --> Done
//!              |
//!              |--Wake, or to be mended while it stays awake--> as Wake does
//!              |--undecided--> Observe note, usage --Stay, Dozing--> mend, Done
//!              |                    |
//!              |                    v
//!              |  +-----------------+
//!              v  v
//!           Sleep, GiveUp, Doze: Write note
//!              |
//!              v
//!           turn route to the waker --> Observe: read it back --Doze--> Done
//!              |                                 |
//!              |<--------------------------------+
//!              v
//!           counts to 0 --> Observe: read all of it back --> Done
//!                               |
//!                               +--somebody has woken it meanwhile--> as Wake does
//! ```
//!
//! The note comes first: what it says of an earlier doze must not count for what
//! follows, whoever turns the route to and fro.
//!
//! Every look starts from what is observed, so whichever call fails or is the last
//! one before a crash, the next tick goes on from there.

use std::time::{Duration, SystemTime};

use super::{Action, Came, FAULTS, Outcome, Patience, Protocol, Wake, decisive, round::Round};
use crate::{
    config::{DatabaseKind, Environment},
    environment::{
        cloud::Step,
        failure::{Failure, StartFailure},
        fault::FaultKind,
        note::Note,
        observed::{Observed, RouteTarget, Scope, Seen},
        pause::{self, Holder},
        plan::{self, Phase},
        verdict::{self, Held, Verdict},
    },
};

/// How long a tick stays with an environment that it wakes or mends: one that is
/// healthy, whose route is all that is missing, and any other.
const HOLD: Duration = Duration::from_secs(15);
const BRIEF: Duration = Duration::from_secs(2);
/// A fault that passes is waited for no longer than this; the next tick comes soon.
const PATIENCE: Duration = Duration::from_secs(45);

/// From the look for a note's time until the note is written: with the call that
/// turns the route after it, well within [`verdict::PROPAGATION`].
const NOTE_PATIENCE: Duration = Duration::from_secs(3);

/// Why it is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Order {
    /// It is time to.
    Look,
    /// It is to sleep now, whoever uses it.
    Sleep,
}

/// How a tick leaves the environment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Rest {
    Asleep {
        /// What keeps the database awake, as far as that was looked at.
        held_by: Option<Holder>,
    },
    Awake(Held),
    /// It is being woken, or mended.
    Waking(Phase),
    /// The route has been turned to the waker; it sleeps soon, unless somebody comes.
    Dozing,
    FellAsleep,
    GaveUp(StartFailure),
    /// Somebody came while it was falling asleep, and it is awake again.
    Interrupted,
    /// What it would have done, were it not told to do nothing.
    Would(Verdict),
    Failed(Failure),
}

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
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Stage {
    Looking,
    /// The rest of what decides is being looked at.
    Weighing(Observed),
    /// The environment falls asleep as far as that, once the note is written.
    Writing(Depth, Observed, Duration),
    Sinking {
        depth: Depth,
        /// The route has been read back, or was found to point to the waker.
        turned: bool,
        /// The app's count has been set to 0, or was found to be.
        emptied: bool,
    },
    /// Nothing but these steps is to be done.
    Mending(Rest),
    Waking(Box<Wake>, Option<Rest>),
    /// All is put away; only the database's pause is looked at, if it is time to.
    Resting,
    Pausing {
        asleep: Duration,
    },
}

/// How deep the sleep is to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Depth {
    Doze,
    Sleep,
    GiveUp(StartFailure),
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
        }
    }

    fn look(&self, environment: &Environment) -> Action<Rest> {
        match self.stage {
            Stage::Weighing(_) => Action::Observe(Scope::NOTE | Scope::USAGE),
            Stage::Resting => Action::Observe(Scope::NOTE),
            Stage::Pausing { .. } => Action::Observe(Scope::PAUSE),
            _ => Action::Observe(self.round.scope(environment, false).unwrap_or(Scope::WHOLE)),
        }
    }

    fn seen(&mut self, environment: &Environment, now: Duration, seen: Seen) -> Action<Rest> {
        let stage = std::mem::replace(&mut self.stage, Stage::Looking);
        match stage {
            Stage::Weighing(observed) => self.weighed(environment, now, observed, &seen),
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
        match self.stage {
            Stage::Sinking { depth, turned, emptied } => {
                self.sink(environment, now, &observed, depth, (turned, emptied))
            }
            _ if self.order == Order::Sleep => {
                self.write(Depth::Sleep, Note::Asleep { since: self.started + now }, observed, now)
            }
            _ => match verdict::at_a_glance(environment, &observed, self.started + now) {
                Verdict::Undecided | Verdict::GiveUp(_) => {
                    self.stage = Stage::Weighing(observed);
                    self.look(environment)
                }
                verdict => self.judged(environment, now, observed, verdict),
            },
        }
    }

    fn weighed(
        &mut self,
        environment: &Environment,
        now: Duration,
        mut observed: Observed,
        seen: &Seen,
    ) -> Action<Rest> {
        observed.note = seen.note.unwrap_or_default();
        let at = self.started + now;
        let verdict = match verdict::at_a_glance(environment, &observed, at) {
            Verdict::Undecided => match seen.usage {
                Some(usage) => verdict::by_usage(environment, &observed, usage, at),
                None => Verdict::Stay(Held::MetricsMissing),
            },
            verdict => verdict,
        };
        self.judged(environment, now, observed, verdict)
    }

    fn judged(
        &mut self,
        environment: &Environment,
        now: Duration,
        observed: Observed,
        verdict: Verdict,
    ) -> Action<Rest> {
        let at = self.started + now;
        if environment.sleep.dry_run && acts(environment, &observed, verdict) {
            return self.done(Rest::Would(verdict));
        }
        match verdict {
            Verdict::Undecided => self.done(Rest::Awake(Held::MetricsMissing)),
            Verdict::Asleep => self.tidy(environment, now, &observed),
            Verdict::Wake => self.wake(environment, now, &observed, None),
            Verdict::Stay(held) => self.mend(environment, now, &observed, held),
            Verdict::Starting => {
                self.stage = Stage::Mending(Rest::Awake(Held::Starting));
                let mut steps = vec![Step::Write(Note::Starting { since: at })];
                if observed.route == RouteTarget::App {
                    steps.extend(mending(environment, &observed));
                }
                Action::Apply(steps)
            }
            Verdict::Dozing => self.done(Rest::Dozing),
            Verdict::Doze => self.write(Depth::Doze, Note::Dozing { since: at }, observed, now),
            Verdict::Sleep => self.write(Depth::Sleep, Note::Asleep { since: at }, observed, now),
            Verdict::GiveUp(failure) => {
                let note = observed.note.give_up(failure, at);
                self.write(Depth::GiveUp(failure), note, observed, now)
            }
        }
    }

    fn write(&mut self, depth: Depth, note: Note, observed: Observed, now: Duration) -> Action<Rest> {
        self.phase = Phase::FallingAsleep;
        self.stage = Stage::Writing(depth, observed, now);
        Action::Apply(vec![Step::Write(note)])
    }

    /// One step further down.
    fn sink(
        &mut self,
        environment: &Environment,
        now: Duration,
        observed: &Observed,
        depth: Depth,
        (turned, emptied): (bool, bool),
    ) -> Action<Rest> {
        self.phase = Phase::FallingAsleep;
        let at_waker = observed.route == RouteTarget::Waker;
        let wanted = observed.running.services.iter().flatten().any(|tasks| tasks.desired > 0);
        if (turned && !at_waker) || (emptied && observed.running.awake(environment)) {
            return self.wake(environment, now, observed, Some(Rest::Interrupted));
        }
        if at_waker && (depth == Depth::Doze || !wanted) {
            return match depth {
                Depth::Doze => self.done(Rest::Dozing),
                Depth::Sleep if emptied => self.done(Rest::FellAsleep),
                Depth::Sleep => self.tidy(environment, now, observed),
                Depth::GiveUp(failure) => self.done(Rest::GaveUp(failure)),
            };
        }
        self.round.turned();
        let emptied = at_waker || !observed.running.awake(environment);
        self.stage = Stage::Sinking { depth, turned: at_waker, emptied };
        Action::Apply(plan::asleep(environment, observed).steps)
    }

    /// It is asleep; what is left over is put away.
    fn tidy(&mut self, environment: &Environment, now: Duration, observed: &Observed) -> Action<Rest> {
        let steps = plan::asleep(environment, observed).steps;
        if steps.iter().any(|step| matches!(step, Step::TurnRoute(_) | Step::SetDesired { .. })) {
            return self.sink(environment, now, observed, Depth::Sleep, (false, false));
        }
        if !steps.is_empty() {
            self.stage = Stage::Mending(Rest::Asleep { held_by: None });
            return Action::Apply(steps);
        }
        let aurora =
            environment.database.as_ref().is_some_and(|database| database.kind == DatabaseKind::Aurora);
        if !aurora || self.order == Order::Sleep {
            return self.done(Rest::Asleep { held_by: None });
        }
        self.stage = Stage::Resting;
        self.look(environment)
    }

    fn rested(&mut self, environment: &Environment, now: Duration, note: Note) -> Action<Rest> {
        let asleep = note.time().and_then(|since| (self.started + now).duration_since(since).ok());
        match asleep.filter(|asleep| pause::is_due(*asleep)) {
            Some(asleep) => {
                self.stage = Stage::Pausing { asleep };
                self.look(environment)
            }
            None => self.done(Rest::Asleep { held_by: None }),
        }
    }

    /// It stays awake: what is missing of that is mended.
    fn mend(
        &mut self,
        environment: &Environment,
        now: Duration,
        observed: &Observed,
        held: Held,
    ) -> Action<Rest> {
        if observed.route == RouteTarget::Waker {
            return self.wake(environment, now, observed, Some(Rest::Awake(held)));
        }
        let steps = mending(environment, observed);
        if steps.is_empty() {
            return self.done(Rest::Awake(held));
        }
        self.stage = Stage::Mending(Rest::Awake(held));
        Action::Apply(steps)
    }

    /// Goes on as a wake; when it is ready, that is `rest`.
    fn wake(
        &mut self,
        environment: &Environment,
        now: Duration,
        observed: &Observed,
        rest: Option<Rest>,
    ) -> Action<Rest> {
        let healthy = environment.app_services().any(|index| observed.healthy.of(index) > 0);
        let limit = (now + if healthy { HOLD } else { BRIEF }).min(self.limit);
        let wake = Wake::new(Patience::Hold(limit), self.started, self.limit, self.seed, 0);
        self.stage = Stage::Waking(Box::new(wake), rest);
        self.forward(environment, now, Came::Nothing)
    }

    fn forward(&mut self, environment: &Environment, now: Duration, came: Came) -> Action<Rest> {
        let Stage::Waking(wake, rest) = &mut self.stage else { return self.look(environment) };
        let action = wake.next(environment, now, came);
        self.phase = wake.phase();
        match action {
            Action::Observe(scope) => Action::Observe(scope),
            Action::Apply(steps) => Action::Apply(steps),
            Action::Wait(pause) => Action::Wait(pause),
            Action::Done(Outcome::Ready) => Action::Done(rest.unwrap_or(Rest::Waking(Phase::Ready))),
            Action::Done(Outcome::Waiting(phase)) => Action::Done(Rest::Waking(phase)),
            Action::Done(Outcome::Failed(failure)) => Action::Done(Rest::Failed(failure)),
        }
    }

    fn applied(&mut self, environment: &Environment, now: Duration) -> Action<Rest> {
        match std::mem::replace(&mut self.stage, Stage::Looking) {
            Stage::Mending(rest) => self.done(rest),
            // The note must not be older than what follows: a request may have come since.
            Stage::Writing(_, _, at) if now > at + NOTE_PATIENCE => self.look(environment),
            Stage::Writing(depth, observed, _) => {
                self.sink(environment, now, &observed, depth, (false, false))
            }
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
        self.round = Round::default();
        self.stage = Stage::Looking;
        Action::Wait(delay)
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

/// What is missing of an environment that stays awake. A database that paused while
/// nobody asked it for anything is left to its pause.
fn mending(environment: &Environment, observed: &Observed) -> Vec<Step> {
    let mut steps = plan::awake(environment, observed).steps;
    steps.retain(|step| *step != Step::TouchDatabase);
    steps
}

/// Whether the verdict leads to a change, and not only to a line in the log.
fn acts(environment: &Environment, observed: &Observed, verdict: Verdict) -> bool {
    match verdict {
        Verdict::Asleep => !plan::asleep(environment, observed).steps.is_empty(),
        Verdict::Stay(_) => !mending(environment, observed).is_empty(),
        Verdict::Dozing | Verdict::Undecided => false,
        Verdict::Wake | Verdict::Starting | Verdict::Doze | Verdict::Sleep | Verdict::GiveUp(_) => true,
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
