//! Calls of AWS's APIs, which the whole account shares: they take time, are limited in rate, fail
//! and are counted.

use std::collections::BTreeMap;

use waker::environment::fault::FaultKind;

use super::{
    clock::Millis,
    delays::Delay,
    dice::Dice,
    faults::{Fault, Faults},
    rates::Rates,
};

/// How long a touch of the database waits for an answer.
const PROMPT: Millis = 300;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Call {
    DescribeServices,
    DescribeDBClusters,
    DescribeTargetHealth,
    DescribeRules,
    DescribeTags,
    GetMetricData,
    ListTasks,
    GetTaskProtection,
    UpdateService,
    ModifyRule,
    AddTags,
    DescribeScalableTargets,
    RegisterScalableTarget,
    StartDBCluster,
    StopDBCluster,
    /// A connection to the database, which no API sees.
    Touch,
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

#[derive(Debug)]
pub struct Account {
    /// By operation, throttled ones included.
    calls: BTreeMap<Call, u64>,
    pub throttled: u32,
    /// Metrics requested with `GetMetricData`, which AWS bills.
    pub metrics: u64,
    pub rates: Rates,
    pub faults: Faults,
    latency: Delay,
    dice: Dice,
}

impl Account {
    pub fn new(latency: Delay, rates: Rates, faults: Faults, dice: Dice) -> Self {
        Self { calls: BTreeMap::new(), throttled: 0, metrics: 0, rates, faults, latency, dice }
    }

    pub fn called(&self, call: Call) -> u64 {
        self.calls.get(&call).copied().unwrap_or_default()
    }

    pub fn calls(&self) -> u64 {
        self.calls.values().sum()
    }

    pub fn call(&mut self, now: Millis, call: Call) -> Called {
        *self.calls.entry(call).or_default() += 1;
        let latency = self.latency();
        let called = Called { at: now + self.dice.between(0..latency), back: now + latency, fault: None };
        if self.rates.take(call, now) {
            return self.faults.befall(call, now, called, &mut self.dice);
        }
        self.throttled += 1;
        Called { fault: Some(Fault { kind: FaultKind::Throttled, after_effect: false }), ..called }
    }

    pub fn metrics(&mut self, now: Millis, metrics: u64) -> Called {
        self.metrics += metrics;
        self.call(now, Call::GetMetricData)
    }

    pub fn touch(&mut self, now: Millis) -> Called {
        let called = Called { at: now + 5, back: now + PROMPT, fault: None };
        self.faults.befall(Call::Touch, now, called, &mut self.dice)
    }

    fn latency(&mut self) -> Millis {
        if self.faults.slow(&mut self.dice) {
            self.dice.between(150..1_500)
        } else {
            self.latency.draw(&mut self.dice)
        }
    }
}
