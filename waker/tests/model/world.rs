//! The state at a moment, and its possible successors.

use std::{
    collections::BTreeMap,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use waker::config::Hold;
use waker::environment::{
    cloud::Step,
    fault::FaultKind,
    protocol::{Outcome, ResponseMode, Tick, TickMode, TickOutcome, Wake},
    scaling::{Activities, ByService, Scaling, Suspended},
    snapshot::{Healthy, PartialSnapshot, RouteTarget, Running, Scope, Tasks},
    state_tag::StateTag,
    usage::{Traffic, Usage},
    wake_history::{WakeEvent, WakeHistory},
};

use crate::{
    Mutation, Reveille,
    invocation::{CLOCK, Ended, Invocation, Pending, Tag},
};

/// The idle time after a request in minute 0 is almost over.
const FIRST_MINUTE: u8 = 3;
/// Suspended by a person, all the time.
pub const BY_A_PERSON: Activities = Activities::SCHEDULED;
/// The tag in which the mutation `OneTag` keeps all wakes.
const ONE_TAG: &str = "reveille:wakes-0";
/// An invocation's time limit, less the margin.
const LIMIT: Duration = Duration::from_secs(59);

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub struct State {
    pub minute: u8,
    desired: u32,
    pub tasks: Phase,
    /// The minute in which ECS last started a task.
    started: Option<u8>,
    pub route: RouteTarget,
    lock: Lock,
    /// Where the data plane sends visitors.
    landing: RouteTarget,
    written: StateTag,
    /// Which scaling activities of the service are suspended, and what the tag records of that.
    pub scaling: Option<Activities>,
    tagged: Suspended,
    /// The tags of the wake history.
    tags: BTreeMap<&'static str, String>,
    /// How often the environment was woken.
    wakes: u8,
    /// Wakes that an invocation was about to record when it crashed.
    unentered: u8,
    /// Advances with each invocation and each step that contains the time, where their order
    /// matters.
    clock: u8,
    /// A bit for each minute with a request to the app, and for each with a healthy target.
    requests: u16,
    healthy: u16,
    /// The minutes before this one are in the metrics.
    reported: u8,
    visitors: [Visitor; 2],
    ticks: Vec<Option<Invocation<Tick>>>,
    /// This minute's tick has started.
    ticked: bool,
    /// An invocation has crashed.
    pub crashed: bool,
    may_crash: bool,
    pub stale_redirect: bool,
    pub slept_in_use: bool,
    pub started_by_stranger: bool,
    /// A sleeper has set the count to 0 behind a route to the app.
    pub emptied_behind_route: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Phase {
    Gone,
    Starting,
    Healthy,
}

/// The lock on the route.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Lock {
    None,
    /// Set by that sleeper.
    Of(usize),
    /// The sleeper ended without unlocking the route.
    Left,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Visitor {
    /// May still come that many times.
    Away(u8),
    Waiting(Box<Invocation<Wake>>, u8),
}

impl Visitor {
    fn may_come(&self) -> bool {
        matches!(self, Self::Away(1..))
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Who {
    Visitor(usize),
    Tick(usize),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    Minute,
    /// The metrics of all past minutes become available.
    Report,
    Propagate,
    /// A lock whose sleeper has ended expires.
    Unlock,
    /// A task starts, becomes healthy or stops.
    Task(Phase),
    Arrive(usize),
    TickStarts(usize),
    Sees(Who, Scope),
    Does(Who, Step),
    /// The second half of an entry in the wake history: its write.
    Writes(Who),
    Resumes(Who),
    Crashes(Who),
}

impl Action {
    /// Whether it is an action of an invocation under way.
    pub fn is_progress(&self) -> bool {
        matches!(self, Self::Sees(..) | Self::Does(..) | Self::Writes(_) | Self::Resumes(_))
    }
}

impl State {
    /// Awake and almost idle, asleep, and the two wrong states.
    pub fn initial(model: &Reveille) -> Vec<Self> {
        let state = |desired: u32, route| {
            let asleep = desired == 0 && route == RouteTarget::Waker;
            Self {
                minute: FIRST_MINUTE,
                desired,
                tasks: if desired > 0 { Phase::Healthy } else { Phase::Gone },
                started: None,
                route,
                lock: Lock::None,
                landing: route,
                written: if model.wake_history && desired == 0 {
                    StateTag::Asleep { since: begin(2) }
                } else {
                    StateTag::None
                },
                tags: if model.wake_history { earlier_wake() } else { BTreeMap::new() },
                wakes: model.wake_history.into(),
                unentered: 0,
                clock: 0,
                scaling: model.scales.then(|| if asleep { Activities::all() } else { BY_A_PERSON }),
                tagged: if asleep && model.scales { Self::ours(UNIX_EPOCH) } else { Suspended::default() },
                requests: desired.try_into().unwrap(),
                healthy: if desired > 0 { (2 << FIRST_MINUTE) - 1 } else { 0 },
                reported: FIRST_MINUTE - 1,
                visitors: model.visits.map(Visitor::Away),
                ticks: vec![None; model.ticks_at_once],
                ticked: false,
                crashed: false,
                may_crash: true,
                stale_redirect: false,
                slept_in_use: false,
                started_by_stranger: false,
                emptied_behind_route: false,
            }
        };
        if model.wake_history {
            // Dozing, and asleep.
            return vec![state(1, RouteTarget::Waker), state(0, RouteTarget::Waker)];
        }
        let mut wrong = state(0, RouteTarget::App);
        // As after a crash or a change by hand.
        wrong.crashed = true;
        vec![state(1, RouteTarget::App), state(0, RouteTarget::Waker), state(1, RouteTarget::Waker), wrong]
    }

    /// No invocation is under way.
    pub fn quiet(&self) -> bool {
        self.ticks.iter().all(Option::is_none)
            && self.visitors.iter().all(|visitor| matches!(visitor, Visitor::Away(_)))
    }

    pub fn stranded(&self) -> bool {
        self.route == RouteTarget::App && self.desired == 0
    }

    pub fn asleep(&self) -> bool {
        self.route == RouteTarget::Waker && self.desired == 0 && self.tasks == Phase::Gone
    }

    fn ours(since: SystemTime) -> Suspended {
        Suspended { activities: ByService::default().with(0, BY_A_PERSON.complement()), since }
    }

    /// A scaling policy could raise the count of the sleeping service. Does not apply to a service
    /// that a person has set to 0.
    pub fn sleep_can_be_undone(&self) -> bool {
        let can_scale = |suspended: Activities| !suspended.contains(Activities::SCALE_OUT);
        self.asleep() && !self.crashed && self.scaling.is_some_and(can_scale)
    }

    /// The service is in use, and its scaling is as its owner left it.
    pub fn scales(&self) -> bool {
        self.scaling.is_none_or(|suspended| suspended == BY_A_PERSON)
    }

    pub fn serves(&self) -> bool {
        self.route == RouteTarget::App && self.desired > 0
    }

    pub fn actions(&self, model: &Reveille, actions: &mut Vec<Action>) {
        let settled = self.landing == self.route;
        if !settled {
            actions.push(Action::Propagate);
        }
        if self.reported < self.minute {
            actions.push(Action::Report);
        }
        if self.lock == Lock::Left {
            actions.push(Action::Unlock);
        }
        actions.extend(self.next_of_tasks().map(Action::Task));
        for (index, visitor) in self.visitors.iter().enumerate() {
            match visitor {
                // The visitors are interchangeable: the second comes only after the first.
                Visitor::Away(1..) if model.wake_history && index > 0 && self.visitors[0].may_come() => {}
                Visitor::Away(1..) => actions.push(Action::Arrive(index)),
                Visitor::Away(0) => {}
                Visitor::Waiting(invocation, _) => {
                    self.offer(model, Who::Visitor(index), &invocation.pending, actions);
                }
            }
        }
        for (index, tick) in self.ticks.iter().enumerate() {
            if let Some(invocation) = tick {
                self.offer(model, Who::Tick(index), &invocation.pending, actions);
            }
        }
        // The read and write of a tag take less time than a wake and a sleep.
        let may_tick = !model.wake_history || self.everyone().all(|pending| !pending.is_entering());
        if !self.ticked
            && may_tick
            && let Some(free) = self.ticks.iter().position(Option::is_none)
        {
            actions.push(Action::TickStarts(free));
        }
        let can_wait = if model.wake_history { self.quiet() } else { self.can_wait() };
        if settled && self.minute < model.last_minute && can_wait {
            actions.push(Action::Minute);
        }
    }

    /// No call takes a minute, and no invocation lasts beyond the minute after its start.
    fn can_wait(&self) -> bool {
        let waits = |age: u8, pending: &Pending| age == 0 && *pending == Pending::Wait;
        let visitors = self.visitors.iter().all(|visitor| match visitor {
            Visitor::Waiting(invocation, _) => waits(invocation.age, &invocation.pending),
            Visitor::Away(_) => true,
        });
        visitors && self.ticks.iter().flatten().all(|tick| waits(tick.age, &tick.pending))
    }

    /// The next possible calls of an invocation, and its end.
    fn offer(&self, model: &Reveille, who: Who, pending: &Pending, actions: &mut Vec<Action>) {
        match pending {
            Pending::Observe { left, .. } if model.observes_at_once => actions.push(Action::Sees(who, *left)),
            Pending::Observe { left, .. } => {
                let parts = TOGETHER.into_iter().map(|parts| parts.intersection(*left));
                actions.extend(parts.filter(|parts| !parts.is_empty()).map(|parts| Action::Sees(who, parts)));
            }
            Pending::Apply { left, write, .. } => {
                actions.extend(left.iter().map(|step| Action::Does(who, *step)));
                actions.extend(write.iter().map(|_| Action::Writes(who)));
            }
            Pending::Wait => actions.push(Action::Resumes(who)),
        }
        if self.may_crash && (!model.wake_history || pending.is_entering()) {
            actions.push(Action::Crashes(who));
        }
    }

    pub fn next_of_tasks(&self) -> Option<Phase> {
        match (self.tasks, self.desired) {
            (Phase::Gone, 1..) => Some(Phase::Starting),
            (Phase::Starting, 1..) => Some(Phase::Healthy),
            (Phase::Starting | Phase::Healthy, 0) => Some(Phase::Gone),
            (Phase::Gone, 0) | (Phase::Healthy, 1..) => None,
        }
    }

    pub fn act(&mut self, model: &Reveille, action: Action) {
        self.take(model, action);
        if model.wake_history {
            // Nothing reads the metrics here, and without lags the state space is smaller.
            (self.landing, self.reported, self.started) = (self.route, self.minute, None);
            (self.requests, self.healthy) = (0, 0);
            if self.tasks == Phase::Starting {
                self.tasks = Phase::Healthy;
            }
        }
    }

    fn take(&mut self, model: &Reveille, action: Action) {
        match action {
            Action::Minute => self.pass_a_minute(),
            Action::Report => {
                self.reported = self.minute;
                self.forget();
            }
            Action::Propagate => self.landing = self.route,
            Action::Unlock => self.lock = Lock::None,
            Action::Task(phase) => {
                self.tasks = phase;
                match phase {
                    Phase::Starting => self.started = Some(self.minute),
                    Phase::Healthy => self.healthy |= 1 << self.minute,
                    Phase::Gone => {}
                }
            }
            Action::Arrive(index) => self.arrive(model, index),
            Action::TickStarts(index) => {
                self.clock += u8::from(model.wake_history);
                let order = if model.wake_history { TickMode::Sleep } else { TickMode::Look };
                let tick = Tick::new(order, self.time(), LIMIT, 1);
                self.ticks[index] = Some(Invocation::start(model, tick, self.clock));
                self.ticked = true;
            }
            Action::Crashes(who) => {
                (self.crashed, self.may_crash) = (true, false);
                self.unentered += u8::from(self.pending(who).is_some_and(Pending::is_entering_a_wake));
                self.end(who);
            }
            Action::Sees(who, part) => {
                let partial = self.observed(model, part);
                if let Who::Tick(index) = who
                    && partial.route.is_some()
                {
                    let idle = model.environment.sleep.idle_after;
                    let in_use = self.last_request().is_some_and(|end| self.time() < end + idle);
                    self.ticks[index].as_mut().unwrap().in_use = in_use;
                }
                self.step(
                    model,
                    who,
                    |visitor| visitor.saw(model, part, partial.clone()),
                    |tick| tick.saw(model, part, partial.clone()),
                );
            }
            Action::Does(who, step @ Step::Record(event)) => match self.entered(model, event) {
                None => {
                    self.step(model, who, |visitor| visitor.did(model, step), |tick| tick.did(model, step));
                }
                Some(tag) => self.pending_mut(who).unwrap().will_write(step, tag),
            },
            Action::Does(who, step @ Step::TurnRoute(RouteTarget::App)) if self.lock != Lock::None => {
                self.step(
                    model,
                    who,
                    |visitor| visitor.could_not(model, step, FaultKind::WrongState),
                    |tick| tick.could_not(model, step, FaultKind::WrongState),
                );
            }
            Action::Does(who, step) => {
                if let (Who::Tick(_), Step::SetDesired { count: 0, .. }) = (who, step) {
                    self.emptied_behind_route |= self.route == RouteTarget::App;
                }
                if let (Who::Tick(index), Step::LockRoute) = (who, step)
                    && self.route == RouteTarget::Waker
                    && !matches!(model.mutation, Some(Mutation::Unlocked | Mutation::SleepAtOnce))
                {
                    self.lock = Lock::Of(index);
                }
                if let (Who::Tick(index), Step::SetDesired { count: 0, .. }) = (who, step) {
                    let tick = self.ticks[index].as_mut().unwrap();
                    tick.emptied_in_use = tick.in_use;
                }
                if let (Who::Visitor(_), Step::SetDesired { count: 1.., .. }) = (who, step) {
                    self.started_by_stranger |= model.strangers;
                }
                let kept = matches!(step, Step::Write(StateTag::Asleep { .. }));
                let forgotten = matches!(step, Step::WriteSuspended(_));
                let lost = kept && model.mutation == Some(Mutation::StateTagKept)
                    || forgotten && model.mutation == Some(Mutation::SuspensionForgotten);
                if !lost {
                    self.apply(model, step);
                }
                self.step(model, who, |visitor| visitor.did(model, step), |tick| tick.did(model, step));
            }
            Action::Writes(who) => {
                let written = self.pending_mut(who).and_then(Pending::take_write);
                self.tags.extend(written);
                self.step(
                    model,
                    who,
                    |visitor| visitor.go_on_if_done(model),
                    |tick| tick.go_on_if_done(model),
                );
            }
            Action::Resumes(who) => {
                self.step(model, who, |visitor| visitor.resume(model), |tick| tick.resume(model));
            }
        }
    }

    fn pass_a_minute(&mut self) {
        // Data of a minute come at most one minute after its end.
        self.reported = self.reported.max(self.minute);
        self.forget();
        self.minute += 1;
        self.ticked = false;
        if self.tasks == Phase::Healthy {
            self.healthy |= 1 << self.minute;
        }
        for visitor in &mut self.visitors {
            if let Visitor::Waiting(invocation, _) = visitor {
                invocation.age += 1;
            }
        }
        for tick in self.ticks.iter_mut().flatten() {
            tick.age += 1;
        }
    }

    /// Drops what no metric will show any more, so that indistinguishable states become equal.
    fn forget(&mut self) {
        let come = (1_u16 << self.reported) - 1;
        if let Some(newest) = newest(self.requests & come) {
            self.requests &= !((1 << newest) - 1);
        }
    }

    fn arrive(&mut self, model: &Reveille, index: usize) {
        let Visitor::Away(left) = self.visitors[index] else { return };
        let left = left - 1;
        self.clock += u8::from(model.wake_history);
        self.visitors[index] = if self.landing == RouteTarget::App {
            if self.tasks == Phase::Healthy {
                self.requests |= 1 << self.minute;
            }
            Visitor::Away(left)
        } else {
            // A browser, and a client that is held.
            let rounds = ResponseMode::Rounds(Hold { time: LIMIT, rounds: Hold::DEFAULT_ROUNDS });
            let mode = if index == 0 || model.wake_history { ResponseMode::Page } else { rounds };
            let wake = Wake::new(mode, self.time(), LIMIT, 1, 0);
            let stranger = model.strangers && model.mutation != Some(Mutation::StrangersWake);
            let wake = if stranger { wake.finish_only() } else { wake };
            Visitor::Waiting(Box::new(Invocation::start(model, wake, self.clock)), left)
        };
    }

    /// Advances one invocation, and removes it if it has ended.
    fn step(
        &mut self,
        model: &Reveille,
        who: Who,
        visitor: impl FnOnce(&mut Invocation<Wake>) -> Ended<Outcome>,
        tick: impl FnOnce(&mut Invocation<Tick>) -> Ended<TickOutcome>,
    ) {
        let clock = if model.wake_history { self.clock + 1 } else { 0 };
        match who {
            Who::Visitor(index) => {
                let Visitor::Waiting(invocation, _) = &mut self.visitors[index] else { return };
                invocation.clock = clock;
                let ended = visitor(invocation);
                invocation.clock = 0;
                match ended {
                    Ended::Not => {}
                    Ended::With(Outcome::Ready) | Ended::TooSoon => {
                        self.stale_redirect |= !invocation.is_fresh();
                        self.end(who);
                    }
                    Ended::With(_) => self.end(who),
                }
            }
            Who::Tick(index) => {
                let Some(invocation) = &mut self.ticks[index] else { return };
                invocation.clock = clock;
                let ended = tick(invocation);
                invocation.clock = 0;
                match ended {
                    Ended::Not => {}
                    Ended::With(TickOutcome::FellAsleep) => {
                        self.slept_in_use |= invocation.emptied_in_use;
                        self.end(who);
                    }
                    Ended::With(_) | Ended::TooSoon => self.end(who),
                }
            }
        }
        if model.wake_history && self.pending(who).is_some_and(Pending::is_dated) {
            self.clock = clock;
        }
    }

    fn end(&mut self, who: Who) {
        match who {
            Who::Visitor(index) => {
                if let Visitor::Waiting(_, left) = self.visitors[index] {
                    self.visitors[index] = Visitor::Away(left);
                }
            }
            Who::Tick(index) => {
                self.ticks[index] = None;
                if self.lock == Lock::Of(index) {
                    self.lock = Lock::Left;
                }
            }
        }
    }

    /// In the middle of the minute; with a wake history, later than everything that has begun
    /// before.
    fn time(&self) -> SystemTime {
        begin(self.minute) + Duration::from_secs(30) + CLOCK * self.clock.into()
    }

    fn last_request(&self) -> Option<SystemTime> {
        newest(self.requests).map(|minute| begin(minute + 1))
    }

    /// The tag that an invocation has to write to record `event` if it reads the tags now.
    fn entered(&self, model: &Reveille, event: WakeEvent) -> Option<Tag> {
        let (key, value) = self.wake_history(model).enter(event)?.tag();
        let key = if model.mutation == Some(Mutation::OneTag) { ONE_TAG } else { key };
        Some((key, value))
    }

    fn wake_history(&self, model: &Reveille) -> WakeHistory {
        let state_tag =
            if model.mutation == Some(Mutation::StateTagUnread) { StateTag::None } else { self.written };
        WakeHistory::read(|key| self.tags.get(key).map(String::as_str), state_tag)
    }

    fn pending(&self, who: Who) -> Option<&Pending> {
        match who {
            Who::Visitor(index) => match &self.visitors[index] {
                Visitor::Waiting(invocation, _) => Some(&invocation.pending),
                Visitor::Away(_) => None,
            },
            Who::Tick(index) => self.ticks[index].as_ref().map(|invocation| &invocation.pending),
        }
    }

    fn everyone(&self) -> impl Iterator<Item = &Pending> {
        let visitors = (0..self.visitors.len()).map(Who::Visitor);
        visitors.chain((0..self.ticks.len()).map(Who::Tick)).filter_map(|who| self.pending(who))
    }

    fn pending_mut(&mut self, who: Who) -> Option<&mut Pending> {
        match who {
            Who::Visitor(index) => match &mut self.visitors[index] {
                Visitor::Waiting(invocation, _) => Some(&mut invocation.pending),
                Visitor::Away(_) => None,
            },
            Who::Tick(index) => self.ticks[index].as_mut().map(|invocation| &mut invocation.pending),
        }
    }

    /// How many wakes are missing in the wake history, except for those that an invocation was
    /// about to record when it crashed.
    pub fn lost_wakes(&self, model: &Reveille) -> usize {
        let entered = self.wake_history(model).since(UNIX_EPOCH);
        usize::from(self.wakes - self.unentered.min(self.wakes)).saturating_sub(entered)
    }

    fn observed(&self, model: &Reveille, part: Scope) -> PartialSnapshot {
        let mut partial = PartialSnapshot::default();
        if part.contains(Scope::RUNNING) {
            let tasks = Tasks {
                desired: self.desired,
                running: u32::from(self.tasks == Phase::Healthy),
                // Later than everything else in that minute.
                started: self.started.map(|minute| begin(minute) + Duration::from_secs(45)),
                ..Tasks::default()
            };
            partial.running = Some(Running { services: vec![Some(tasks)], database: None });
        }
        if part.contains(Scope::HEALTHY) {
            partial.healthy = Some(Healthy(vec![Some(u32::from(self.tasks == Phase::Healthy))]));
        }
        if part.contains(Scope::ROUTE) {
            partial.route = Some(self.route);
        }
        if part.contains(Scope::STATE_TAG) {
            partial.state_tag = Some(self.written);
            partial.suspended = Some(self.tagged);
            partial.wake_history = model.wake_history.then(|| self.wake_history(model));
        }
        if part.contains(Scope::SCALING) {
            partial.scaling = Some(Scaling(vec![self.scaling]));
        }
        if part.contains(Scope::USAGE) {
            partial.usage = Some(Box::new(Usage::Read { traffic: Ok(self.traffic()), protected: Ok(false) }));
        }
        partial
    }

    /// According to the metrics that are available by now.
    fn traffic(&self) -> Traffic {
        let come = (1_u16 << self.reported) - 1;
        let (requests, healthy) = (self.requests & come, self.healthy & come);
        let gaps = newest(healthy).and_then(|last| newest(!healthy & ((1 << last) - 1)));
        Traffic {
            until: newest(healthy).map_or(UNIX_EPOCH, |minute| begin(minute + 1)),
            healthy_since: newest(healthy).map(|_| begin(gaps.map_or(0, |gap| gap + 1))),
            known_before: None,
            last_request: newest(requests).map(|minute| begin(minute + 1)),
            last_stream: None,
        }
    }

    fn apply(&mut self, model: &Reveille, step: Step) {
        match step {
            Step::SetDesired { count, .. } | Step::Deploy { count, .. } => {
                self.wakes += u8::from(model.wake_history && self.desired == 0 && count > 0);
                self.desired = count;
            }
            Step::TurnRoute(to) => (self.route, self.lock) = (to, Lock::None),
            Step::Write(state_tag) => self.written = state_tag,
            Step::SetSuspended { activities, .. } => self.scaling = Some(activities),
            Step::WriteSuspended(suspended) => self.tagged = suspended,
            Step::LockRoute
            | Step::StartDatabase
            | Step::StopDatabase
            | Step::TouchDatabase
            | Step::Record(_) => {}
        }
    }
}

/// Parts of an observation that no invocation ever changes, so that their order does not matter.
const TOGETHER: [Scope; 4] = [
    Scope::RUNNING.union(Scope::HEALTHY),
    Scope::ROUTE,
    Scope::STATE_TAG.union(Scope::USAGE),
    Scope::SCALING,
];

/// A wake that began in minute 1, and whose end was not recorded.
fn earlier_wake() -> BTreeMap<&'static str, String> {
    let wake_history = WakeHistory::default().enter(WakeEvent::WakeBegan(begin(1))).unwrap();
    BTreeMap::from([wake_history.tag()])
}

fn begin(minute: u8) -> SystemTime {
    UNIX_EPOCH + Duration::from_mins(minute.into())
}

fn newest(minutes: u16) -> Option<u8> {
    minutes.checked_ilog2().map(|minute| u8::try_from(minute).unwrap())
}
