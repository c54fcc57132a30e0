//! Calls of AWS's APIs: they take time, are limited in rate and fail.

use waker::environment::fault::FaultKind;

use super::{
    bucket::Bucket,
    clock::{MINUTE, Millis, SECOND},
    dice::{Dice, Spans},
    pace::{Distribution, Pace},
};

/// The SDK's own time-out of a call.
const CALL_TIMEOUT: Millis = 3 * SECOND;
/// One call in `SELDOM` fails, and one in `OFTEN` while AWS has trouble.
const SELDOM: u32 = 3_000;
const OFTEN: u32 = 10;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Call {
    DescribeServices,
    DescribeDatabase,
    DescribeTargetHealth,
    DescribeRules,
    DescribeTags,
    GetMetricData { metrics: u64 },
    ListTasks,
    GetTaskProtection,
    UpdateService,
    ModifyRule,
    AddTags,
    DescribeScalableTargets,
    RegisterScalableTarget,
}

/// The course of one call.
#[derive(Clone, Copy, Debug)]
pub struct Called {
    /// When it has its effect, or reads what it returns.
    pub at: Millis,
    /// When its answer arrives.
    pub back: Millis,
    pub fault: Option<Fault>,
}

#[derive(Clone, Copy, Debug)]
pub struct Fault {
    pub kind: FaultKind,
    /// The call has its effect, but its answer is lost.
    pub after_effect: bool,
}

#[derive(Debug)]
pub struct Account {
    pub calls: u64,
    /// Metrics requested with `GetMetricData`, which AWS bills.
    pub metrics: u64,
    describe_services: Bucket,
    update_service: Bucket,
    describe_balancer: Bucket,
    modify_balancer: Bucket,
    /// Other callers in the account use up the rates.
    busy: Spans,
    /// AWS has trouble.
    trouble: Spans,
    /// Percentage of usage reads that fail.
    failing: u32,
    failing_dice: Dice,
    latency: Distribution,
    dice: Dice,
}

impl Account {
    /// The rates are from the service quotas of ECS and Elastic Load Balancing.
    pub fn new(mut dice: Dice, failing: u32, failing_dice: Dice) -> Self {
        Self {
            calls: 0,
            metrics: 0,
            describe_services: Bucket::new(100, 20),
            update_service: Bucket::new(50, 5),
            describe_balancer: Bucket::new(40, 10),
            modify_balancer: Bucket::new(20, 3),
            busy: dice.spans(3, MINUTE..20 * MINUTE),
            trouble: dice.spans(3, 10 * SECOND..5 * MINUTE),
            failing,
            failing_dice,
            latency: Pace::aws().of("api_latency"),
            dice,
        }
    }

    pub fn call(&mut self, now: Millis, call: Call) -> Called {
        self.calls += 1;
        if let Call::GetMetricData { metrics } = call {
            self.metrics += metrics;
        }
        let latency = self.latency();
        let at = now + self.dice.between(0..latency);
        let back = now + latency;
        if !self.within_rate(call, now) {
            let fault = Some(Fault { kind: FaultKind::Throttled, after_effect: false });
            return Called { at, back, fault };
        }
        if let Some((kind, takes)) = self.fails(call) {
            let fault = Some(Fault { kind, after_effect: false });
            return Called { at, back: now + takes.unwrap_or(latency), fault };
        }
        let often = if self.trouble.around(now).is_some() { OFTEN } else { SELDOM };
        if !self.dice.once_in(often) {
            return Called { at, back, fault: None };
        }
        let kinds =
            [FaultKind::TimedOut, FaultKind::Unreachable, FaultKind::Unavailable, FaultKind::Malformed];
        let kind = kinds[self.dice.index(kinds.len())];
        let fault = Some(Fault { kind, after_effect: self.dice.once_in(2) });
        if kind == FaultKind::TimedOut {
            // It may take effect at any time until the time-out.
            return Called { at: now + self.dice.between(0..CALL_TIMEOUT), back: now + CALL_TIMEOUT, fault };
        }
        Called { at, back, fault }
    }

    /// How a read of usage fails, and how long the failure takes if not as long as an answer.
    fn fails(&mut self, call: Call) -> Option<(FaultKind, Option<Millis>)> {
        let of_usage = matches!(call, Call::GetMetricData { .. } | Call::ListTasks | Call::GetTaskProtection);
        if !of_usage || self.failing == 0 || self.failing_dice.between(0..100) >= Millis::from(self.failing) {
            return None;
        }
        Some(match self.failing_dice.index(4) {
            0 => (FaultKind::TimedOut, Some(CALL_TIMEOUT)),
            1 => (FaultKind::Throttled, None),
            2 => (FaultKind::Unreachable, None),
            _ => (FaultKind::Unavailable, None),
        })
    }

    /// Adds calls and metrics to the count without making the calls.
    pub fn count(&mut self, calls: u64, metrics: u64) {
        self.calls += calls;
        self.metrics += metrics;
    }

    fn latency(&mut self) -> Millis {
        if self.dice.once_in(100) { self.dice.between(150..1_500) } else { self.dice.sample(self.latency) }
    }

    fn within_rate(&mut self, call: Call, now: Millis) -> bool {
        const LEFT: f64 = 0.1;
        let busy = self.busy.around(now).map(|span| (span.start, LEFT));
        match call {
            Call::DescribeServices | Call::ListTasks => self.describe_services.take(now, busy),
            Call::UpdateService => self.update_service.take(now, busy),
            Call::DescribeRules | Call::DescribeTags | Call::DescribeTargetHealth => {
                self.describe_balancer.take(now, busy)
            }
            Call::AddTags | Call::ModifyRule => self.modify_balancer.take(now, busy),
            // Calls without a documented rate, or with one that is never reached.
            Call::DescribeDatabase
            | Call::GetMetricData { .. }
            | Call::GetTaskProtection
            | Call::DescribeScalableTargets
            | Call::RegisterScalableTarget => true,
        }
    }
}
