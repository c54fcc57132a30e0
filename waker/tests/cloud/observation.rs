//! Observations: the calls that read the parts of an environment, and what they read.

use std::time::Duration;

use waker::environment::{
    pause::Pause,
    snapshot::{Healthy, Scope},
};

use super::{
    account::Call,
    calls::{Calls, Effect},
    clock::Millis,
    database::PAUSES_AFTER,
    delays::Delay,
    sandbox::Sandbox,
    world::World,
};

impl<E> World<E> {
    /// Plans the calls that read one part of an observation.
    pub fn read(&mut self, now: Millis, environment: usize, part: Scope, calls: &mut Calls) {
        let resources = &self.environments[environment];
        let mut call = |call| calls.read(self.account.call(now, call));
        let at = match part {
            Scope::RUNNING => {
                let at = call(Call::DescribeServices);
                if resources.database.is_some() {
                    // Read with the services: its moment does not matter.
                    call(Call::DescribeDBClusters);
                }
                at
            }
            Scope::HEALTHY => {
                let groups = resources.services.iter().filter(|service| service.behind_balancer);
                groups.map(|_| call(Call::DescribeTargetHealth)).max().unwrap_or(now)
            }
            Scope::ROUTE => call(Call::DescribeRules),
            Scope::STATE_TAG => call(Call::DescribeTags),
            Scope::SCALING => call(Call::DescribeScalableTargets),
            Scope::PAUSE => calls.read(self.account.metrics(now, 2)),
            // A part of `RUNNING`.
            _ => return,
        };
        calls.effects.push((at, Effect::Read(part)));
    }

    /// Reads the part at this moment of its call.
    pub(super) fn read_part(
        &mut self,
        now: Millis,
        environment: usize,
        part: Scope,
        sandbox: &mut Sandbox,
        calls: &mut Calls,
    ) {
        let (ecs, elb) = (self.delays.ecs_lag, self.delays.elb_lag);
        let mut before = |lag: Delay| now.saturating_sub(lag.draw(&mut self.dice));
        let resources = &self.environments[environment];
        let partial = &mut calls.partial;
        match part {
            Scope::RUNNING => {
                let memory = sandbox.of(environment);
                partial.running = Some(resources.running(before(ecs), now, memory));
            }
            Scope::HEALTHY => {
                let services = resources.services.iter();
                let healthy =
                    services.map(|service| service.behind_balancer.then(|| service.at(before(elb)).healthy));
                partial.healthy = Some(Healthy(healthy.collect()));
            }
            Scope::ROUTE => partial.route = Some(resources.route.at(before(elb)).target),
            Scope::STATE_TAG => {
                let tags = &resources.tags;
                partial.state_tag = Some(tags.state());
                partial.wake_history = Some(tags.wake_history().clone());
                partial.suspended = Some(tags.suspended);
            }
            Scope::SCALING => partial.scaling = Some(resources.scaling.targets.clone()),
            Scope::PAUSE => {
                let after = Some(Duration::from_millis(PAUSES_AFTER));
                partial.pause = Some(Pause { paused: None, connections: None, after, provisioned: false });
            }
            _ => {}
        }
    }
}
