//! Observations and steps as AWS calls, like those of `waker::aws`.

use waker::environment::{
    cloud::Step,
    fault::FaultKind,
    pause::Pause,
    recent_use::RecentUse,
    sleep_decision::is_recent,
    snapshot::{DatabaseState, DatabaseStatus, Healthy, RouteTarget, Running, Scope},
    streams::StreamRule,
    usage::{FailedRead, Traffic, Usage},
};

use super::{
    account::Call,
    clock::{MINUTE, Millis, wall},
    designs::Design,
    invocation::{Effect, Invocation, Under},
    month::{Event, Month},
    trace::Happened,
};

/// How long a touch of the database waits for an answer.
const PROMPT: Millis = 300;
/// Metrics of one read of the traffic: the app's requests and healthy targets; if it has had none,
/// also the load balancer's bytes and the metrics that explain them. The naive tick reads only
/// requests.
const METRICS: u64 = 3;
const BALANCER_METRICS: u64 = 9;
const NAIVE_METRICS: u64 = 1;

impl Month<'_> {
    pub(super) fn observe(&mut self, invocation: &mut Invocation, scope: Scope, deadline: Millis) {
        invocation.action = Under::Observe;
        invocation.ends = self.now;
        for part in scope.iter() {
            if part == Scope::USAGE {
                self.plan_usage(invocation);
                continue;
            }
            self.plan_read(invocation, part, call_of(part));
            if part == Scope::RUNNING {
                // Read with the services: its moment does not matter.
                self.plan_fault(invocation, Call::DescribeDatabase);
            }
        }
        // The first fault ends the observation.
        if invocation.fault.is_some() {
            let ends = invocation.ends;
            invocation.effects.retain(|(at, _)| *at <= ends);
        }
        if invocation.ends > deadline {
            invocation.fault = Some(FaultKind::TimedOut);
            invocation.ends = deadline.max(self.now);
            invocation.effects.clear();
        }
        self.sort(invocation);
    }

    fn plan_read(&mut self, invocation: &mut Invocation, part: Scope, call: Call) {
        let at = self.plan_fault(invocation, call);
        invocation.effects.push((at, Effect::Read(part)));
    }

    /// One call of an observation, and when it reads.
    fn plan_fault(&mut self, invocation: &mut Invocation, call: Call) -> Millis {
        let called = self.account.call(self.now, call);
        match (called.fault, invocation.fault) {
            (Some(fault), None) => {
                (invocation.fault, invocation.ends) = (Some(fault.kind), called.back);
            }
            (Some(fault), Some(_)) if called.back < invocation.ends => {
                (invocation.fault, invocation.ends) = (Some(fault.kind), called.back);
            }
            (None, None) => invocation.ends = invocation.ends.max(called.back),
            (_, Some(_)) => {}
        }
        called.at
    }

    fn plan_usage(&mut self, invocation: &mut Invocation) {
        let naive = self.design == Design::Trusting;
        let recent_use = invocation.sandbox.recent_use.as_mut().filter(|_| !naive);
        if let Some(used) =
            recent_use.and_then(|recent_use| recent_use.spend(self.environment, wall(self.now)))
        {
            invocation.partial.usage = Some(Box::new(Usage::Recent(used)));
            return;
        }
        let metrics = if naive { NAIVE_METRICS } else { METRICS };
        let mut get = self.account.call(self.now, Call::GetMetricData { metrics });
        let traffic = self.metrics.traffic(&self.environment.sleep, self.now);
        let used = traffic.last_request.is_some_and(|used| is_recent(self.environment, used, wall(self.now)));
        if !naive && get.fault.is_none() && !used {
            get = self.account.call(get.back, Call::GetMetricData { metrics: BALANCER_METRICS });
        }
        let (mut protected, mut back) = (true, get.back);
        let services = if naive { 0 } else { self.world.services.len() };
        for service in 0..services {
            let list = self.account.call(self.now, Call::ListTasks);
            back = back.max(list.back);
            protected &= list.fault.is_none();
            if list.fault.is_none() && self.world.services[service].registered() > 0 {
                let get = self.account.call(list.back, Call::GetTaskProtection);
                back = back.max(get.back);
                protected &= get.fault.is_none();
            }
        }
        let partial = self.partial.around(self.now).is_some() || self.dice.once_in(500);
        let traffic = get.fault.is_none() && !partial;
        invocation.effects.push((get.at, Effect::ReadUsage { traffic, protected }));
        if invocation.fault.is_none() {
            invocation.ends = invocation.ends.max(back);
        }
    }

    pub(super) fn apply(&mut self, invocation: &mut Invocation, steps: Vec<Step>, deadline: Millis) {
        invocation.action = Under::Steps;
        invocation.ends = self.now;
        invocation.steps += steps.len();
        for step in steps {
            self.plan_step(invocation, step, deadline);
        }
        self.sort(invocation);
    }

    fn plan_step(&mut self, invocation: &mut Invocation, step: Step, deadline: Millis) {
        let mut begins = self.now;
        let call = match step {
            Step::SetDesired { .. } | Step::Deploy { .. } => Call::UpdateService,
            Step::Write(_) | Step::WriteSuspended(_) | Step::Record(_) => Call::AddTags,
            Step::SetSuspended { .. } => Call::RegisterScalableTarget,
            Step::TurnRoute(_) | Step::LockRoute => {
                let read = self.account.call(self.now, Call::DescribeRules);
                begins = read.back;
                if let Some(fault) = read.fault {
                    invocation.ends = invocation.ends.max(read.back.min(deadline));
                    invocation.faults.push((step, fault.kind));
                    return;
                }
                invocation.effects.push((read.at, Effect::ReadRoute(step)));
                Call::ModifyRule
            }
            Step::TouchDatabase => {
                invocation.effects.push((self.now + 5, Effect::Step(step)));
                let answers = self.now + PROMPT;
                invocation.ends = invocation.ends.max(answers);
                return;
            }
            // The simulated Aurora pauses by itself and is never stopped.
            Step::StartDatabase | Step::StopDatabase => return,
        };
        let called = self.account.call(begins, call);
        if called.fault.is_none_or(|fault| fault.after_effect) {
            invocation.effects.push((called.at, Effect::Step(step)));
        }
        let late = (called.back > deadline).then_some(FaultKind::TimedOut);
        if let Some(kind) = late.or(called.fault.map(|fault| fault.kind)) {
            invocation.faults.push((step, kind));
        }
        // A call that was sent takes effect even after the invocation has stopped waiting for it.
        invocation.ends = invocation.ends.max(called.back.min(deadline)).max(called.at);
    }

    fn sort(&self, invocation: &mut Invocation) {
        invocation.ends = invocation.ends.max(self.now + 1);
        invocation.effects.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    }

    pub(super) fn effect(&mut self, id: usize, invocation: &mut Invocation, effect: Effect) {
        match effect {
            Effect::Read(part) => self.read(invocation, part),
            Effect::ReadUsage { traffic, protected } => {
                if !traffic {
                    self.trace.add(self.now, Happened::Partial { invocation: id });
                    self.judge.vetoed(self.now);
                }
                let traffic = traffic.then(|| self.traffic(invocation));
                let unknown = |read| FailedRead { read, retryable: true };
                invocation.partial.usage = Some(Box::new(Usage::Read {
                    traffic: traffic.ok_or(unknown("GetMetricData")),
                    protected: protected.then_some(false).ok_or(unknown("ListTasks")),
                }));
            }
            Effect::ReadRoute(step @ Step::TurnRoute(to)) => {
                let route = &self.world.route;
                invocation.turned = route.target() == to && !route.locked(self.now);
                if to == RouteTarget::App && route.locked(self.now) {
                    invocation.turned = true;
                    invocation.faults.push((step, FaultKind::WrongState));
                }
            }
            Effect::ReadRoute(_) => invocation.turned = self.world.route.target() == RouteTarget::App,
            Effect::Step(step) => {
                self.trace.add(self.now, Happened::Applied { invocation: id, step });
                self.take(invocation, step);
            }
        }
    }

    /// As in `waker::aws`, with what the sandbox remembers.
    fn traffic(&mut self, invocation: &mut Invocation) -> Traffic {
        let (environment, now) = (self.environment, wall(self.now));
        let mut traffic = self.metrics.traffic(&environment.sleep, self.now);
        let mut stream = None;
        if let Some(beside) = self.conditions.sockets
            && !traffic.last_request.is_some_and(|used| is_recent(environment, used, now))
        {
            let balancer = self.metrics.balancer(beside, self.now);
            let lasting = StreamRule::new(environment.sleep.idle_after, environment.idle_timeout);
            traffic.last_stream = balancer.last_stream(lasting, now);
            stream = balancer.last_stream(lasting, now - environment.sleep.metrics_delay);
        }
        invocation.sandbox.recent_use =
            traffic.used(stream).and_then(|used| RecentUse::new(environment, used, now));
        traffic
    }

    fn read(&mut self, invocation: &mut Invocation, part: Scope) {
        let world = &self.world;
        let partial = &mut invocation.partial;
        if part == Scope::RUNNING {
            let services = world.services.iter();
            let services = services.map(|service| Some(service.describe(world.counts_draining))).collect();
            let answer = invocation.sandbox.answer(self.now);
            let database =
                DatabaseState { status: DatabaseStatus::Available, answer, pauses: true, stoppable: true };
            partial.running = Some(Running { services, database: Some(database) });
        } else if part == Scope::HEALTHY {
            let services = world.services.iter();
            let healthy = services.map(|service| service.behind_balancer.then(|| service.healthy()));
            partial.healthy = Some(Healthy(healthy.collect()));
        } else if part == Scope::ROUTE {
            partial.route = Some(world.route.target());
        } else if part == Scope::STATE_TAG {
            partial.state_tag = Some(world.state_tag());
            partial.wake_history = Some(world.wake_history().clone());
            partial.suspended = Some(world.scaling.tagged);
        } else if part == Scope::SCALING {
            partial.scaling = Some(world.scaling.targets.clone());
        } else if part == Scope::PAUSE {
            let after = Some(std::time::Duration::from_millis(5 * MINUTE));
            partial.pause = Some(Pause { paused: None, connections: None, after, provisioned: false });
        }
    }

    fn take(&mut self, invocation: &mut Invocation, step: Step) {
        match step {
            Step::SetDesired { service, count } | Step::Deploy { service, count } => {
                let was = self.world.services[service].desired;
                if service == self.world.app && was > 0 && count == 0 {
                    self.judge.emptied(self.now, self.sockets);
                    self.hang_up();
                    if self.design == Design::Reveille {
                        self.check_suspended();
                    }
                }
                self.set_desired(service, count);
            }
            Step::TurnRoute(to) if !invocation.turned => self.turn(to),
            Step::LockRoute if !invocation.turned => {
                self.turn(RouteTarget::Waker);
                self.world.route.lock(self.now);
            }
            Step::TouchDatabase => {
                let up = self.world.database.touch(self.now, &mut self.dice);
                invocation.sandbox.touched(up);
            }
            Step::Write(state_tag) => self.world.write_state_tag(state_tag),
            Step::SetSuspended { service, activities } => self.set_suspended(service, activities),
            Step::WriteSuspended(suspended) => self.world.scaling.tagged = suspended,
            Step::Record(event) => self.world.record(event),
            Step::TurnRoute(_) | Step::LockRoute | Step::StartDatabase | Step::StopDatabase => {}
        }
    }

    /// The same invocation a minute later, once for each failure.
    pub(super) fn retry_alarm(&mut self, retries: u32) {
        if retries > 0 {
            self.events.add(self.now + MINUTE, Event::Alarm { retries: retries - 1 });
        }
    }
}

fn call_of(part: Scope) -> Call {
    if part == Scope::RUNNING {
        Call::DescribeServices
    } else if part == Scope::HEALTHY {
        Call::DescribeTargetHealth
    } else if part == Scope::ROUTE {
        Call::DescribeRules
    } else if part == Scope::STATE_TAG {
        Call::DescribeTags
    } else if part == Scope::SCALING {
        Call::DescribeScalableTargets
    } else {
        Call::GetMetricData { metrics: 2 }
    }
}
