//! What ticks alone make of a state, with no more visitors and no faults.

use crate::{
    Reveille,
    world::{Action, State},
};

/// Ticks: twice the sum of the idle time, the doze and the metrics' delay.
const MINUTES: u8 = 10;
/// Actions of one tick; a wake that it completes waits a few times.
const ACTIONS: usize = 200;

/// Whether one tick is enough to route visitors to a running app or to the waker again.
pub fn repaired_by_a_tick(model: &Reveille, state: &State) -> bool {
    let mut state = state.clone();
    tick(model, &mut state);
    !state.stranded()
}

/// Whether one tick that leaves the environment in use resumes exactly those scaling activities
/// that the waker suspended.
pub fn scaling_is_resumed_by_a_tick(model: &Reveille, state: &State) -> bool {
    let mut state = state.clone();
    tick(model, &mut state);
    !state.serves() || state.scales()
}

pub fn falls_asleep(model: &Reveille, state: &State) -> bool {
    let mut state = state.clone();
    for _ in 0..MINUTES {
        tick(model, &mut state);
        settle(model, &mut state);
        if state.asleep() {
            return true;
        }
        if state.minute == 15 {
            return false;
        }
        state.act(model, Action::Report);
        state.act(model, Action::Minute);
        state.act(model, Action::Report);
    }
    false
}

/// A complete tick.
fn tick(model: &Reveille, state: &mut State) {
    state.act(model, Action::Unlock);
    state.act(model, Action::TickStarts(0));
    for _ in 0..ACTIONS {
        settle(model, state);
        let mut actions = Vec::new();
        state.actions(model, &mut actions);
        match actions.into_iter().find(Action::is_progress) {
            Some(action) => state.act(model, action),
            None => return,
        }
    }
}

/// The data plane follows the control plane, and tasks follow the desired count.
fn settle(model: &Reveille, state: &mut State) {
    state.act(model, Action::Propagate);
    while let Some(phase) = state.next_of_tasks() {
        state.act(model, Action::Task(phase));
    }
}
