//! What happens to a call instead of its success: set by a test, or by chance.

use std::collections::{BTreeMap, VecDeque};

use waker::environment::fault::FaultKind;

use super::{
    account::{Call, Called},
    clock::{Millis, SECOND},
    dice::Dice,
    spans::Spans,
};

/// The SDK's own time-out of a call.
const CALL_TIMEOUT: Millis = 3 * SECOND;
/// One call in `SELDOM` fails, and one in `OFTEN` while AWS has trouble.
const SELDOM: u32 = 3_000;
const OFTEN: u32 = 10;

#[derive(Clone, Copy, Debug)]
pub struct Fault {
    pub kind: FaultKind,
    /// The call has its effect, but its answer is lost.
    pub after_effect: bool,
}

#[derive(Debug, Default)]
pub struct Faults {
    set: BTreeMap<Call, VecDeque<Fault>>,
    chance: Option<Chance>,
}

/// Calls that are slow, or fail, now and then.
#[derive(Debug)]
pub struct Chance {
    /// AWS has trouble.
    pub trouble: Spans,
    /// Percentage of usage reads that fail.
    pub failing: u32,
    pub failing_dice: Dice,
}

impl Faults {
    pub fn by_chance(chance: Chance) -> Self {
        Self { set: BTreeMap::new(), chance: Some(chance) }
    }

    /// Whether a call is slow.
    pub fn slow(&mut self, dice: &mut Dice) -> bool {
        self.chance.is_some() && dice.once_in(100)
    }

    /// Makes the next call of that operation fail, after those that already will.
    pub fn add(&mut self, call: Call, fault: Fault) {
        self.set.entry(call).or_default().push_back(fault);
    }

    /// Faults that no call has met yet.
    pub fn left(&self) -> usize {
        self.set.values().map(VecDeque::len).sum()
    }

    /// The course of a call that would be `called`.
    pub fn befall(&mut self, call: Call, now: Millis, called: Called, dice: &mut Dice) -> Called {
        let set = self.set.get_mut(&call).and_then(VecDeque::pop_front);
        let chance = self.chance.as_mut().filter(|_| set.is_none() && call != Call::Touch);
        let Some(chance) = chance else {
            return set.map_or(called, |fault| fault.befalls(now, called, dice));
        };
        if let Some(kind) = chance.usage_read_fails(call) {
            let back = if kind == FaultKind::TimedOut { now + CALL_TIMEOUT } else { called.back };
            return Called { back, fault: Some(Fault { kind, after_effect: false }), ..called };
        }
        chance.fault(now, dice).map_or(called, |fault| fault.befalls(now, called, dice))
    }
}

impl Fault {
    fn befalls(self, now: Millis, called: Called, dice: &mut Dice) -> Called {
        let fault = Some(self);
        if self.kind == FaultKind::TimedOut {
            // It may take effect at any time until the time-out.
            return Called { at: now + dice.between(0..CALL_TIMEOUT), back: now + CALL_TIMEOUT, fault };
        }
        Called { fault, ..called }
    }
}

impl Chance {
    fn usage_read_fails(&mut self, call: Call) -> Option<FaultKind> {
        let of_usage = matches!(call, Call::GetMetricData | Call::ListTasks | Call::GetTaskProtection);
        if !of_usage || self.failing == 0 || self.failing_dice.between(0..100) >= self.failing.into() {
            return None;
        }
        let kinds =
            [FaultKind::TimedOut, FaultKind::Throttled, FaultKind::Unreachable, FaultKind::Unavailable];
        Some(kinds[self.failing_dice.index(kinds.len())])
    }

    fn fault(&mut self, now: Millis, dice: &mut Dice) -> Option<Fault> {
        let often = if self.trouble.around(now).is_some() { OFTEN } else { SELDOM };
        if !dice.once_in(often) {
            return None;
        }
        let kinds =
            [FaultKind::TimedOut, FaultKind::Unreachable, FaultKind::Unavailable, FaultKind::Malformed];
        Some(Fault { kind: kinds[dice.index(kinds.len())], after_effect: dice.once_in(2) })
    }
}
