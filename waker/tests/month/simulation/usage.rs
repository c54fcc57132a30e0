//! The read of an environment's usage: `CloudWatch`'s metrics, and the protection of tasks.

use waker::environment::{
    recent_use::RecentUse,
    sleep_decision::is_recent,
    streams::StreamRule,
    usage::{FailedRead, Traffic, Usage},
};

use super::{
    cloud::{account::Call, calls::Effect, clock::wall},
    designs::Design,
    invocation::Invocation,
    month::{Month, ONLY},
    trace::Happened,
};

/// Metrics of one read of the traffic: the app's requests and healthy targets; if it has had none,
/// also the load balancer's bytes and the metrics that explain them. The naive tick reads only
/// requests.
const METRICS: u64 = 3;
const BALANCER_METRICS: u64 = 9;
const NAIVE_METRICS: u64 = 1;

impl Month<'_> {
    pub(super) fn plan_usage(&mut self, invocation: &mut Invocation) {
        let naive = self.design == Design::Trusting;
        let recent_use = invocation.sandbox.of(ONLY).recent_use.as_mut().filter(|_| !naive);
        if let Some(used) =
            recent_use.and_then(|recent_use| recent_use.spend(self.environment, wall(self.now)))
        {
            invocation.calls.partial.usage = Some(Box::new(Usage::Recent(used)));
            return;
        }
        let account = &mut self.world.account;
        let mut get = account.metrics(self.now, if naive { NAIVE_METRICS } else { METRICS });
        let traffic = self.metrics.traffic(&self.environment.sleep, self.now);
        let used = traffic.last_request.is_some_and(|used| is_recent(self.environment, used, wall(self.now)));
        if !naive && get.fault.is_none() && !used {
            get = account.metrics(get.back, BALANCER_METRICS);
        }
        let (mut protected, mut back) = (true, get.back);
        let services = &self.world.environments[ONLY].services;
        for service in services.iter().filter(|_| !naive) {
            let list = account.call(self.now, Call::ListTasks);
            back = back.max(list.back);
            protected &= list.fault.is_none();
            if list.fault.is_none() && service.registered() > 0 {
                let get = account.call(list.back, Call::GetTaskProtection);
                back = back.max(get.back);
                protected &= get.fault.is_none();
            }
        }
        let partial = self.partial.around(self.now).is_some() || self.world.dice.once_in(500);
        let traffic = get.fault.is_none() && !partial;
        let calls = &mut invocation.calls;
        calls.effects.push((get.at, Effect::ReadUsage { traffic, protected }));
        if calls.fault.is_none() {
            calls.ends = calls.ends.max(back);
        }
    }

    pub(super) fn read_usage(
        &mut self,
        id: usize,
        invocation: &mut Invocation,
        traffic: bool,
        protected: bool,
    ) {
        if !traffic {
            self.trace.add(self.now, Happened::Partial { invocation: id });
            self.judge.vetoed(self.now);
        }
        let traffic = traffic.then(|| self.traffic(invocation));
        let unknown = |read| FailedRead { read, retryable: true };
        invocation.calls.partial.usage = Some(Box::new(Usage::Read {
            traffic: traffic.ok_or(unknown("GetMetricData")),
            protected: protected.then_some(false).ok_or(unknown("ListTasks")),
        }));
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
        invocation.sandbox.of(ONLY).recent_use =
            traffic.used(stream).and_then(|used| RecentUse::new(environment, used, now));
        traffic
    }
}
