//! What ticks alone make of a state: nobody comes any more, and nothing goes wrong.

use crate::{
    Reveille,
    world::{Action, State},
};

/// Of ticks: the idle time, the doze and the metrics' delay, and twice that.
const MINUTES: u8 = 10;
/// Of one tick; a wake that it finishes waits a few times.
const ACTIONS: usize = 200;

/// Whether one tick is enough to lead visitors to the app or the waker again.
pub fn mended_by_a_tick(model: &Reveille, state: &State) -> bool {
    let mut state = state.clone();
    tick(model, &mut state);
    !state.stranded()
}

/// Whether one tick that leaves it in use resumes what the waker has suspended of its
/// scaling, and nothing else.
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

/// A whole tick.
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

/// The data plane follows, and tasks come and go as they are wanted.
fn settle(model: &Reveille, state: &mut State) {
    state.act(model, Action::Propagate);
    while let Some(phase) = state.next_of_tasks() {
        state.act(model, Action::Task(phase));
    }
}
