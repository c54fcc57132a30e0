//! Steps: the calls that change an environment, and what they change.

use waker::environment::{cloud::Step, fault::FaultKind, snapshot::RouteTarget};

use super::{
    account::Call,
    calls::{Calls, Effect},
    clock::Millis,
    sandbox::Sandbox,
    world::{Event, World},
};

impl<E: From<Event>> World<E> {
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
                calls.effects.push((read.at, Effect::Look(step)));
                Call::ModifyRule
            }
            Step::TouchDatabase => {
                let called = self.account.touch(now);
                calls.step(called, step, Millis::MAX);
                return;
            }
        };
        let called = self.account.call(begins, call);
        calls.step(called, step, deadline);
    }

    /// Reads whether the rule has to be changed for the step.
    fn look(&mut self, now: Millis, environment: usize, step: Step, calls: &mut Calls) {
        let lag = self.delays.elb_lag.draw(&mut self.dice);
        let rule = self.environments[environment].route.at(now.saturating_sub(lag));
        let locked = rule.is_locked(now);
        calls.turned = match step {
            Step::TurnRoute(RouteTarget::App) if locked => {
                calls.faults.push((step, FaultKind::WrongState));
                true
            }
            Step::TurnRoute(to) => rule.target == to && !locked,
            _ => rule.target == RouteTarget::App,
        };
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
        match effect {
            Effect::Read(part) => self.read_part(now, environment, part, sandbox, calls),
            Effect::ReadUsage { .. } => {}
            Effect::Look(step) => self.look(now, environment, step, calls),
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
            Step::TurnRoute(_) | Step::LockRoute if calls.turned => {}
            Step::TurnRoute(to) => resources.route.turn(now, to),
            Step::LockRoute => resources.route.lock(now),
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
            Step::Write(state) => resources.tags.write_state(state),
            Step::WriteSuspended(suspended) => resources.tags.suspended = suspended,
            Step::Record(event) => resources.tags.record(event),
            Step::SetSuspended { service, activities } => {
                resources.scaling.targets.0[service] = Some(activities);
            }
        }
    }
}
