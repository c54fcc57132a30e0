//! What keeps an environment awake that is to stay so.

use std::time::{Duration, SystemTime};

use super::{Rest, Stage, Tick};
use crate::{
    config::Environment,
    environment::{
        cloud::Step,
        note::Note,
        observed::{Observed, RouteTarget},
        plan::{self, Phase},
        protocol::{Action, Came, Outcome, Patience, Protocol as _, Wake},
        verdict::{Held, Verdict},
    },
};

/// How long a tick stays with an environment that it wakes or mends: one that is
/// healthy, whose route is all that is missing, and any other.
const HOLD: Duration = Duration::from_secs(15);
const BRIEF: Duration = Duration::from_secs(2);
/// A tick has turned the route that long after the time that its note of a doze names.
const TURNED: Duration = Duration::from_mins(1);

impl Tick {
    /// It stays awake: what is missing of that is mended.
    pub(super) fn mend(
        &mut self,
        environment: &Environment,
        now: Duration,
        observed: &Observed,
        held: Held,
    ) -> Action<Rest> {
        if observed.route == RouteTarget::Waker {
            return self.wake(environment, now, observed, Some(Rest::Awake(held)));
        }
        let mut steps = steps(environment, observed);
        if !environment.sleep.dry_run {
            steps.extend(used(observed, self.started + now).map(Step::Write));
        }
        if steps.is_empty() {
            return self.done(Rest::Awake(held));
        }
        self.stage = Stage::Ending(Rest::Awake(held));
        Action::Apply(steps)
    }

    /// Goes on as a wake; when it is ready, that is `rest`.
    pub(super) fn wake(
        &mut self,
        environment: &Environment,
        now: Duration,
        observed: &Observed,
        rest: Option<Rest>,
    ) -> Action<Rest> {
        let wake = self.new_wake(environment, now, observed).resuming(observed.suspended);
        self.wake_with(environment, now, wake, rest)
    }

    pub(super) fn new_wake(&self, environment: &Environment, now: Duration, observed: &Observed) -> Wake {
        let healthy = environment.app_services().any(|index| observed.healthy.of(index) > 0);
        let limit = (now + if healthy { HOLD } else { BRIEF }).min(self.limit);
        Wake::new(Patience::Hold(limit), self.started, self.limit, self.seed, 0)
    }

    pub(super) fn wake_with(
        &mut self,
        environment: &Environment,
        now: Duration,
        wake: Wake,
        rest: Option<Rest>,
    ) -> Action<Rest> {
        self.stage = Stage::Waking(Box::new(wake), rest);
        self.forward(environment, now, Came::Nothing)
    }

    pub(super) fn forward(&mut self, environment: &Environment, now: Duration, came: Came) -> Action<Rest> {
        let Stage::Waking(wake, rest) = &mut self.stage else { return self.look(environment) };
        let action = wake.next(environment, now, came);
        self.phase = wake.phase();
        match action {
            Action::Observe(scope) => Action::Observe(scope),
            Action::Apply(steps) => Action::Apply(steps),
            Action::Wait(pause) => Action::Wait(pause),
            Action::Done(Outcome::Ready) => Action::Done(rest.unwrap_or(Rest::Waking(Phase::Ready))),
            Action::Done(Outcome::Waiting(phase) | Outcome::HoldAgain(phase)) => {
                Action::Done(Rest::Waking(phase))
            }
            Action::Done(Outcome::Failed(failure)) => Action::Done(Rest::Failed(failure)),
            Action::Done(Outcome::OverBudget | Outcome::NotStarted) => {
                Action::Done(Rest::Waking(Phase::Asleep))
            }
        }
    }
}

/// The note of a doze that a visitor has ended: a route that somebody turns to the waker by hand
/// later is no doze. Not while a tick at the same time may be about to turn the route.
fn used(observed: &Observed, now: SystemTime) -> Option<Note> {
    match observed.note {
        Note::Dozing { since } if now >= since + TURNED => Some(Note::Used { since }),
        _ => None,
    }
}

/// What is missing of an environment that stays awake. A database that paused while
/// nobody asked it for anything is left to its pause.
pub(super) fn steps(environment: &Environment, observed: &Observed) -> Vec<Step> {
    let mut steps = plan::awake(environment, observed).steps;
    steps.retain(|step| *step != Step::TouchDatabase);
    steps
}

/// Whether the verdict leads to a change, and not only to a line in the log.
pub(super) fn acts(environment: &Environment, observed: &Observed, verdict: Verdict) -> bool {
    match verdict {
        Verdict::Asleep => !plan::asleep(environment, observed).steps.is_empty(),
        Verdict::Stay(_) => !steps(environment, observed).is_empty(),
        Verdict::Dozing | Verdict::Undecided => false,
        Verdict::Wake | Verdict::Starting | Verdict::Doze | Verdict::Sleep | Verdict::GiveUp(_) => true,
    }
}
