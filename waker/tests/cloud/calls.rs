//! Observations and steps as calls, like those of `waker::aws`.
//!
//! A driver plans an action with its calls, then makes each effect happen at its time. The action
//! ends at `ends`.

use std::cmp::Reverse;

use waker::environment::{
    cloud::Step,
    fault::FaultKind,
    pause::Pause,
    snapshot::{Healthy, PartialSnapshot, RouteTarget, Scope},
};

use super::{
    account::{Call, Called},
    clock::Millis,
    database::PAUSES_AFTER,
    sandbox::Sandbox,
    world::{Event, World},
};

/// The calls of one observation, or of steps at the same time.
#[derive(Debug, Default)]
pub struct Calls {
    /// What is still to be read and changed; the next one is last.
    pub effects: Vec<(Millis, Effect)>,
    pub ends: Millis,
    pub partial: PartialSnapshot,
    /// The fault of an observation.
    pub fault: Option<FaultKind>,
    /// The faults of steps.
    pub faults: Vec<(Step, FaultKind)>,
    /// The rule was read and points to the wanted target already.
    turned: bool,
}

/// A moment within a call at which something is read or changed.
#[derive(Clone, Copy, Debug)]
pub enum Effect {
    /// Reads a part of an observation.
    Read(Scope),
    ReadHealthy {
        service: usize,
    },
    /// Reads as much of the usage as is known: only a driver knows it.
    ReadUsage {
        traffic: bool,
        protected: bool,
    },
    /// Reads whether the rule points to this step's target.
    ReadRoute(Step),
    Step(Step),
}

impl Calls {
    pub fn begin(&mut self, now: Millis) {
        self.ends = now;
    }

    /// One call of an observation, and when it reads. The first fault ends the observation.
    pub fn read(&mut self, called: Called) -> Millis {
        match (called.fault, self.fault) {
            (Some(fault), None) => (self.fault, self.ends) = (Some(fault.kind), called.back),
            (Some(fault), Some(_)) if called.back < self.ends => {
                (self.fault, self.ends) = (Some(fault.kind), called.back);
            }
            (None, None) => self.ends = self.ends.max(called.back),
            (_, Some(_)) => {}
        }
        called.at
    }

    /// All calls of an observation are planned.
    pub fn planned(&mut self, now: Millis, deadline: Millis) {
        if self.fault.is_some() {
            let ends = self.ends;
            self.effects.retain(|(at, _)| *at <= ends);
        }
        if self.ends > deadline {
            self.fault = Some(FaultKind::TimedOut);
            self.ends = deadline.max(now);
            self.effects.clear();
        }
        self.sort(now);
    }

    /// The result of the observation.
    pub fn observed(&mut self) -> Result<PartialSnapshot, FaultKind> {
        let partial = std::mem::take(&mut self.partial);
        self.fault.take().map_or(Ok(partial), Err)
    }

    fn sort(&mut self, now: Millis) {
        self.ends = self.ends.max(now + 1);
        self.effects.sort_by_key(|(at, _)| Reverse(*at));
    }
}

impl<E: From<Event>> World<E> {
    /// Plans the calls that read one part of an observation.
    pub fn read(&mut self, now: Millis, environment: usize, part: Scope, calls: &mut Calls) {
        let resources = &self.environments[environment];
        let call = match part {
            Scope::RUNNING => Call::DescribeServices,
            Scope::ROUTE => Call::DescribeRules,
            Scope::STATE_TAG => Call::DescribeTags,
            Scope::SCALING => Call::DescribeScalableTargets,
            Scope::PAUSE => {
                let at = calls.read(self.account.metrics(now, 2));
                calls.effects.push((at, Effect::Read(part)));
                return;
            }
            Scope::HEALTHY => {
                calls.partial.healthy = Some(Healthy(vec![None; resources.services.len()]));
                let services = resources.services.iter().enumerate();
                for (service, _) in services.filter(|(_, service)| service.behind_balancer) {
                    let at = calls.read(self.account.call(now, Call::DescribeTargetHealth));
                    calls.effects.push((at, Effect::ReadHealthy { service }));
                }
                return;
            }
            // A part of `RUNNING`.
            _ => return,
        };
        let at = calls.read(self.account.call(now, call));
        calls.effects.push((at, Effect::Read(part)));
        if part == Scope::RUNNING && resources.database.is_some() {
            // Read with the services: its moment does not matter.
            calls.read(self.account.call(now, Call::DescribeDBClusters));
        }
    }

    /// Plans the calls of steps.
    pub fn apply(&mut self, now: Millis, steps: &[Step], deadline: Millis, calls: &mut Calls) {
        calls.begin(now);
        for step in steps {
            self.plan(now, *step, deadline, calls);
        }
        calls.sort(now);
    }

    fn plan(&mut self, now: Millis, step: Step, deadline: Millis, calls: &mut Calls) {
        let mut begins = now;
        let call = match step {
            Step::SetDesired { .. } | Step::Deploy { .. } => Call::UpdateService,
            Step::Write(_) | Step::WriteSuspended(_) | Step::Record(_) => Call::AddTags,
            Step::SetSuspended { .. } => Call::RegisterScalableTarget,
            Step::StartDatabase => Call::StartDBCluster,
            Step::StopDatabase => Call::StopDBCluster,
            Step::TurnRoute(_) | Step::LockRoute => {
                let read = self.account.call(now, Call::DescribeRules);
                begins = read.back;
                if let Some(fault) = read.fault {
                    calls.ends = calls.ends.max(read.back.min(deadline));
                    calls.faults.push((step, fault.kind));
                    return;
                }
                calls.effects.push((read.at, Effect::ReadRoute(step)));
                Call::ModifyRule
            }
            Step::TouchDatabase => Call::Touch,
        };
        let called = match call {
            Call::Touch => self.account.touch(now),
            _ => self.account.call(begins, call),
        };
        if called.has_effect() {
            calls.effects.push((called.at, Effect::Step(step)));
        }
        let late = (called.back > deadline && call != Call::Touch).then_some(FaultKind::TimedOut);
        if let Some(kind) = late.or(called.fault.map(|fault| fault.kind)) {
            calls.faults.push((step, kind));
        }
        // A call that was sent takes effect even after the invocation has stopped waiting for it.
        calls.ends = calls.ends.max(called.back.min(deadline)).max(called.at);
        if call == Call::Touch {
            calls.ends = calls.ends.max(called.back);
        }
    }

    /// Something is read or changed.
    pub fn effect(
        &mut self,
        now: Millis,
        environment: usize,
        effect: Effect,
        sandbox: &mut Sandbox,
        calls: &mut Calls,
    ) {
        let resources = &mut self.environments[environment];
        let memory = sandbox.of(environment);
        let partial = &mut calls.partial;
        match effect {
            Effect::Read(Scope::RUNNING) => {
                let lag = self.delays.ecs_lag.draw(&mut self.dice);
                partial.running = Some(resources.running(now.saturating_sub(lag), now, memory));
            }
            Effect::Read(Scope::ROUTE) => {
                let lag = self.delays.elb_lag.draw(&mut self.dice);
                partial.route = Some(resources.route.at(now.saturating_sub(lag)).target);
            }
            Effect::Read(Scope::STATE_TAG) => {
                let tags = &resources.tags;
                (partial.state_tag, partial.wake_history) = (Some(tags.state), Some(tags.wake_history()));
                partial.suspended = Some(tags.suspended);
            }
            Effect::Read(Scope::SCALING) => partial.scaling = Some(resources.scaling.targets.clone()),
            Effect::Read(Scope::PAUSE) => {
                let after = Some(std::time::Duration::from_millis(PAUSES_AFTER));
                partial.pause = Some(Pause { paused: None, connections: None, after, provisioned: false });
            }
            Effect::Read(_) | Effect::ReadUsage { .. } => {}
            Effect::ReadHealthy { service } => {
                let lag = self.delays.elb_lag.draw(&mut self.dice);
                if let Some(Healthy(healthy)) = &mut partial.healthy {
                    healthy[service] = Some(resources.services[service].at(now.saturating_sub(lag)).healthy);
                }
            }
            Effect::ReadRoute(step) => {
                let lag = self.delays.elb_lag.draw(&mut self.dice);
                let rule = resources.route.at(now.saturating_sub(lag));
                let locked = rule.is_locked(now);
                match step {
                    Step::TurnRoute(RouteTarget::App) if locked => {
                        calls.turned = true;
                        calls.faults.push((step, FaultKind::WrongState));
                    }
                    Step::TurnRoute(to) => calls.turned = rule.target == to && !locked,
                    _ => calls.turned = rule.target == RouteTarget::App,
                }
            }
            Effect::Step(step) => self.take(now, environment, step, sandbox, calls),
        }
    }

    fn take(
        &mut self,
        now: Millis,
        environment: usize,
        step: Step,
        sandbox: &mut Sandbox,
        calls: &mut Calls,
    ) {
        let resources = &mut self.environments[environment];
        match step {
            Step::SetDesired { service, count } => self.set_desired(now, (environment, service), count),
            Step::Deploy { service, count } => {
                self.deploy(now, (environment, service));
                self.set_desired(now, (environment, service), count);
            }
            Step::TurnRoute(to) if !calls.turned => resources.route.turn(now, to),
            Step::LockRoute if !calls.turned => resources.route.lock(now),
            Step::TurnRoute(_) | Step::LockRoute => {}
            Step::TouchDatabase => {
                sandbox.of(environment).touched(self.touch_database(now, environment));
            }
            Step::StartDatabase => {
                if !self.start_database(now, environment) {
                    calls.faults.push((step, FaultKind::WrongState));
                }
            }
            Step::StopDatabase => {
                if let Some(database) = &mut resources.database {
                    database.stop();
                }
            }
            Step::Write(state) => resources.tags.state = state,
            Step::WriteSuspended(suspended) => resources.tags.suspended = suspended,
            Step::Record(event) => resources.tags.record(event),
            Step::SetSuspended { service, activities } => {
                resources.scaling.targets.0[service] = Some(activities);
            }
        }
    }
}
