//! Every interleaving of a sleeper and two wakers, checked exhaustively: the route never stays on
//! an app without tasks, and an unused environment falls asleep.
//!
//! The protocols and the plan are the real ones. They run on a world small enough for an exhaustive
//! search:
//!
//! ```text
//!                    Arrive (lands by the data plane)
//! visitor: Away ------------> at the waker: Wake -- Ready --> Redirected --+
//!            |  <-- Waiting, Failed, Crash --+        Arrive again <-------+
//!            +--> at the app: a request (or a bare 503)
//!
//! minute:  t --Minute--> t + 1      a tick may start once in each, or be lost
//! tick:    Tick, through its calls one by one; Crash between any two
//! route:   control plane --Propagate--> data plane, within the minute
//! metrics: a minute's data come at once or, at the latest, one minute late
//! tasks:   Gone --start--> Starting --> Healthy --stop (desired 0)--> Gone
//! ```
//!
//! Each step is one call, and so is each part of an observation, or, where two wakers make the
//! state space too large, each observation. Other invocations may run between any two calls, in any
//! order, and one invocation may crash there. An invocation ends at the latest in the minute after
//! its start, like Lambda's time-out, and no call takes a minute.
//!
//! Checked in every state:
//!
//! - *stranded*: once all invocations have ended, the route does not point to an app without tasks;
//!   after a crash or a change by hand, one tick repairs it;
//! - *asleep in the end*: from every state in which all invocations have ended, ticks alone put the
//!   environment to sleep;
//! - *fresh redirect*: before it redirects, a waker has read the route and the count after its last
//!   change of the route, and both were right;
//! - *locked*: no sleeper sets the count to 0 behind a route that leads to the app, so that a
//!   visitor who comes at the last moment never meets an app whose tasks are being stopped;
//! - *in use*: no environment is put to sleep within the idle time after a request that reached the
//!   app before the sleeper's observation;
//! - *scaling*: once all invocations have ended, the scaling of a sleeping service is suspended; of
//!   a service in use, at most one tick later, everything that the waker suspended is resumed; a
//!   person's suspension always stays;
//! - *nothing started*: a visitor who may not start a wake raises no count from 0, even if a stale
//!   status let the visitor through;
//! - *wake history*, in a search of its own: once all invocations have ended, it contains every
//!   wake, except for an entry that an invocation was about to write when it crashed;
//! - *no deadlock*: an invocation that has not ended can go on.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod invocation;
mod settle;
mod world;

use std::{
    io::{self, Write as _},
    time::{Duration, Instant},
};

use stateright::{Checker as _, HasDiscoveries, Model, Property};
use world::{Action, State};

const BEHIND_ROUTE: &str = "nothing is emptied behind a route to it";
const WAKE_HISTORY: &str = "every wake is in the wake history";

/// What is checked, and what is left out.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each leaves something out or adds it")]
pub struct Reveille {
    pub environment: waker::config::Environment,
    pub mutation: Option<Mutation>,
    pub last_minute: u8,
    pub ticks_at_once: usize,
    /// An observation is one step, instead of one step for each of its calls.
    pub observes_at_once: bool,
    /// The service has a scalable target.
    pub scales: bool,
    /// An entry of the wake history is read and written in two separate steps. Everything that does
    /// not affect the history is left out: an invocation crashes only there, no visitor is held,
    /// nothing lags, and a tick puts to sleep at once, like a command.
    pub wake_history: bool,
    /// How often each visitor comes, redirects included.
    pub visits: [u8; 2],
    /// Visitors are not allowed to start a wake.
    pub strangers: bool,
}

/// A mistake in the protocol that a check must find.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mutation {
    /// A waker redirects as soon as it has turned the route, without reading it back.
    RedirectAtOnce,
    /// A sleeper does not lock the route, ends as soon as it has set the counts, and does not read
    /// the route back.
    SleepAtOnce,
    /// A sleeper does not replace the state tag of the doze before it sets the counts.
    StateTagKept,
    /// A sleeper suspends scaling and does not record it in the tag.
    SuspensionForgotten,
    /// A sleeper does not lock the route before it sets the counts.
    Unlocked,
    /// A stranger is let through like any other visitor.
    StrangersWake,
    /// All wakes are in one tag.
    OneTag,
    /// The last sleep in the state tag does not end a wake.
    StateTagUnread,
}

impl Model for Reveille {
    type State = State;
    type Action = Action;

    fn init_states(&self) -> Vec<State> {
        State::initial(self)
    }

    fn actions(&self, state: &State, actions: &mut Vec<Action>) {
        state.actions(self, actions);
    }

    fn next_state(&self, state: &State, action: Action) -> Option<State> {
        let mut next = state.clone();
        next.act(self, action);
        Some(next)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always("no visitor is stranded", |model: &Self, state: &State| {
                model.wake_history
                    || !state.quiet()
                    || !state.stranded()
                    || (state.crashed && settle::repaired_by_a_tick(model, state))
            }),
            Property::always("asleep in the end", |model: &Self, state: &State| {
                model.wake_history || !state.quiet() || settle::falls_asleep(model, state)
            }),
            Property::always("a redirect follows a fresh observation", |_, state: &State| {
                !state.stale_redirect
            }),
            Property::always("nothing in use is put to sleep", |_, state: &State| !state.slept_in_use),
            Property::always("no sleep can be undone by scaling", |_, state: &State| {
                !state.quiet() || !state.sleep_can_be_undone()
            }),
            Property::always("scaling is resumed", |model: &Self, state: &State| {
                !model.scales || !state.quiet() || settle::scaling_is_resumed_by_a_tick(model, state)
            }),
            Property::always("what a person suspended stays suspended", |_, state: &State| {
                state.scaling.is_none_or(|suspended| suspended.contains(world::BY_A_PERSON))
            }),
            Property::always("a stranger starts nothing", |_, state: &State| !state.started_by_stranger),
            // Two sleepers at once: each unlocks what the other has locked.
            Property::always(BEHIND_ROUTE, |model: &Self, state: &State| {
                model.ticks_at_once > 1 || !state.emptied_behind_route
            }),
            Property::always(WAKE_HISTORY, |model: &Self, state: &State| {
                !model.wake_history || !state.quiet() || state.lost_wakes(model) == 0
            }),
            Property::always("no deadlock", |model: &Self, state: &State| {
                let mut actions = Vec::new();
                state.actions(model, &mut actions);
                state.quiet() || actions.iter().any(Action::is_progress)
            }),
        ]
    }
}

/// One service, an idle time of three minutes, and metrics that come up to one minute late.
fn environment() -> waker::config::Environment {
    let group =
        |name: &str| format!("arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/{name}/1");
    let config = serde_json::json!({"environments": [{
        "name": "model",
        "route": {
            "rule_arn": "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener-rule/app/alb/1/2/3",
            "app_target_group_arn": group("app"),
            "waker_target_group_arn": group("waker"),
        },
        "services": [{"cluster": "c", "service": "app", "target_group_arn": group("app")}],
        "min_awake_seconds": 0,
        "metrics_delay_seconds": 60,
    }]});
    let config = waker::config::Config::load(
        |name| (name == "WAKER_CONFIG").then(|| config.to_string()),
        waker::reply::check_template,
    )
    .unwrap();
    let mut environment = config.environments()[0].clone();
    // Shorter than the configuration allows, so that a few minutes are enough.
    environment.sleep.idle_after = Duration::from_mins(3);
    environment
}

fn reveille(mutation: Option<Mutation>) -> Reveille {
    Reveille {
        environment: environment(),
        mutation,
        last_minute: 4,
        ticks_at_once: 1,
        observes_at_once: true,
        scales: false,
        wake_history: false,
        visits: [1, 1],
        strangers: false,
    }
}

/// Searches every state, or, if a violation of `wanted` is expected, until it is found.
fn check(model: Reveille, title: &str, wanted: Option<&'static str>) -> impl stateright::Checker<Reveille> {
    let began = Instant::now();
    let checker = model.checker().threads(2);
    let checker = match wanted {
        Some(property) => checker.finish_when(HasDiscoveries::AnyOf([property].into())),
        None => checker,
    };
    let checker = checker.spawn_bfs().join();
    let (unique, all) = (checker.unique_state_count(), checker.state_count());
    let took = began.elapsed().as_secs_f64();
    // Not captured by the test harness.
    let line = format!("{title}: {unique} states, {all} steps, {took:.1} s\n");
    io::stderr().write_all(line.as_bytes()).unwrap();
    checker
}

#[test]
fn every_interleaving_of_a_sleeper_and_two_wakers_keeps_the_promises() {
    let checker = check(reveille(None), "one sleeper, two wakers", None);
    assert!(checker.is_done());
    checker.assert_properties();
}

/// And call by call, with a waker that comes twice and lasts longer, and with scaling to suspend
/// and to resume.
#[test]
fn so_does_every_one_of_two_sleepers_and_a_waker() {
    let model = Reveille {
        ticks_at_once: 2,
        visits: [2, 0],
        last_minute: 5,
        observes_at_once: false,
        scales: true,
        ..reveille(None)
    };
    let checker = check(model, "two sleepers, one waker, call by call", None);
    assert!(checker.is_done());
    checker.assert_properties();
}

/// A stale status may let strangers through at any moment, so they come at any moment.
#[test]
fn visitors_who_may_not_start_a_wake_start_none_and_keep_the_promises_too() {
    let model = Reveille { strangers: true, observes_at_once: false, visits: [2, 0], ..reveille(None) };
    let checker = check(model, "one sleeper, one stranger, call by call", None);
    assert!(checker.is_done());
    checker.assert_properties();
    let model = Reveille { strangers: true, visits: [0, 2], ..reveille(None) };
    let checker = check(model, "one sleeper, one stranger who is held", None);
    assert!(checker.is_done());
    checker.assert_properties();
}

#[test]
fn a_stranger_who_is_let_through_as_any_other_visitor_is_found_out() {
    let property = "a stranger starts nothing";
    let model = Reveille { strangers: true, ..reveille(Some(Mutation::StrangersWake)) };
    check(model, "strangers wake", Some(property)).assert_any_discovery(property);
}

/// A visitor and a sleeper, after a wake whose end was not recorded.
fn wake_history(mutation: Option<Mutation>) -> Reveille {
    Reveille { wake_history: true, visits: [1, 0], last_minute: 3, ..reveille(mutation) }
}

/// The hourly budget counts every wake that an invocation lived to record, also beside concurrent
/// entries. Two visitors and a sleeper together would be too many states.
#[test]
fn no_wake_is_missing_from_the_history() {
    let visitors = Reveille { ticks_at_once: 0, visits: [2, 2], ..wake_history(None) };
    for (model, title) in [
        (wake_history(None), "the wake history, one sleeper, one waker"),
        (visitors, "the wake history, two wakers"),
    ] {
        let checker = check(model, title, None);
        assert!(checker.is_done());
        checker.assert_properties();
    }
}

#[test]
fn a_wake_history_in_one_tag_is_found_out() {
    let model = Reveille { visits: [1, 1], ..wake_history(Some(Mutation::OneTag)) };
    check(model, "a wake history in one tag", Some(WAKE_HISTORY)).assert_any_discovery(WAKE_HISTORY);
}

#[test]
fn a_wake_history_that_ignores_the_last_sleep_is_found_out() {
    let model = wake_history(Some(Mutation::StateTagUnread));
    check(model, "the last sleep ignored", Some(WAKE_HISTORY)).assert_any_discovery(WAKE_HISTORY);
}

#[test]
fn a_waker_that_does_not_read_back_is_found_out() {
    let property = "a redirect follows a fresh observation";
    let model = reveille(Some(Mutation::RedirectAtOnce));
    check(model, "no read-back in the waker", Some(property)).assert_any_discovery(property);
}

#[test]
fn a_sleeper_that_does_not_read_back_is_found_out() {
    let property = "no visitor is stranded";
    let model = reveille(Some(Mutation::SleepAtOnce));
    check(model, "no read-back in the sleeper", Some(property)).assert_any_discovery(property);
}

#[test]
fn a_sleeper_that_does_not_lock_the_route_is_found_out() {
    let model = Reveille { observes_at_once: false, ..reveille(Some(Mutation::Unlocked)) };
    check(model, "the route not locked", Some(BEHIND_ROUTE)).assert_any_discovery(BEHIND_ROUTE);
}

#[test]
fn a_suspension_that_is_not_written_down_is_found_out() {
    let property = "scaling is resumed";
    let model = Reveille { scales: true, ..reveille(Some(Mutation::SuspensionForgotten)) };
    check(model, "a suspension forgotten", Some(property)).assert_any_discovery(property);
}

#[test]
fn a_note_that_outlives_its_doze_is_found_out() {
    let property = "nothing in use is put to sleep";
    let model = Reveille { visits: [2, 0], last_minute: 5, ..reveille(Some(Mutation::StateTagKept)) };
    check(model, "a state tag kept", Some(property)).assert_any_discovery(property);
}
