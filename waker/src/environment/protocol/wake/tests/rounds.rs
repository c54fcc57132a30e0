//! Clients that are held several times, with a redirect to the same address in between.

use super::*;
use crate::config::Hold;

const ROUNDS: ResponseMode = ResponseMode::Rounds(Hold { time: Duration::from_secs(20), rounds: 4 });
const LIMIT: Duration = Duration::from_secs(58);
/// When the wake began; invocations start later.
const BEGAN: Duration = Duration::from_hours(1);

/// An invocation that starts when the wake is that many seconds old.
fn round(age: u64) -> Wake {
    let started = UNIX_EPOCH + BEGAN + Duration::from_secs(age);
    let mut wake = Wake::new(ROUNDS, started, LIMIT, 1, 0);
    at(&mut wake, 0.0, Input::Continue);
    wake
}

/// The state tag and the wake history, with a wake that began at that time.
fn wake_history(began: Option<Duration>) -> Input {
    let wake_history =
        began.map(|began| WakeHistory::parse(&began.as_secs().to_string())).unwrap_or_default();
    Input::Observed(Ok(PartialSnapshot {
        state_tag: Some(StateTag::None),
        wake_history: Some(wake_history),
        ..PartialSnapshot::default()
    }))
}

/// The action after an observation that is too late for another one.
fn at_the_end_of_the_hold(wake: &mut Wake, tags: Input) -> Action {
    assert_eq!(at(wake, 19.8, starting()), Action::Observe(Scope::STATE_TAG));
    match at(wake, 19.9, tags) {
        Action::Wait(rest) => {
            assert_eq!(rest, Duration::from_millis(100), "the hold is not cut short");
            at(wake, 20.0, Input::Continue)
        }
        action => action,
    }
}

const AGAIN: Action = Action::Done(Outcome::HoldAgain(Phase::StartingTasks));
const TOO_LONG: Action = Action::Done(Outcome::Waiting(Phase::StartingTasks));

#[test]
fn while_the_wake_is_young_the_client_is_held_again() {
    for (age, action) in [(0, AGAIN), (20, AGAIN), (40, AGAIN), (57, AGAIN), (58, TOO_LONG), (200, TOO_LONG)]
    {
        assert_eq!(at_the_end_of_the_hold(&mut round(age), wake_history(Some(BEGAN))), action, "{age}");
    }
}

#[test]
fn one_round_is_a_single_hold() {
    let once = ResponseMode::Rounds(Hold { time: Duration::from_secs(20), rounds: 1 });
    let mut wake = Wake::new(once, UNIX_EPOCH + BEGAN, LIMIT, 1, 0);
    at(&mut wake, 0.0, Input::Continue);
    assert_eq!(at_the_end_of_the_hold(&mut wake, wake_history(Some(BEGAN))), TOO_LONG);
}

#[test]
fn the_invocation_that_woke_it_and_a_later_one_of_its_sandbox_need_no_call_for_the_age() {
    let mut wake = round(0);
    at(&mut wake, 0.1, whole(running(0, 0, DatabaseAnswer::Up), 0, RouteTarget::Waker));
    assert!(matches!(at(&mut wake, 0.2, wake_history(None)), Action::Apply(_)));
    at(&mut wake, 0.3, Input::Applied(Vec::new()));
    assert!(matches!(at(&mut wake, 19.8, starting()), Action::Wait(_)));
    assert_eq!(at(&mut wake, 20.0, Input::Continue), AGAIN);

    for (age, action) in [(20, AGAIN), (57, AGAIN)] {
        let mut next = round(age).with_memory(wake.memory());
        assert!(matches!(at(&mut next, 19.8, starting()), Action::Wait(_)));
        assert_eq!(at(&mut next, 20.0, Input::Continue), action);
    }
    // The memory may be of an earlier wake: alone it is no reason to send a client away.
    let mut late = round(61).with_memory(wake.memory());
    assert_eq!(at_the_end_of_the_hold(&mut late, wake_history(Some(BEGAN))), TOO_LONG);
    let mut other = round(61).with_memory(wake.memory());
    let began = BEGAN.as_secs();
    let later = WakeHistory::parse(&format!("{began}+40 {}", began + 50));
    let later = PartialSnapshot {
        state_tag: Some(StateTag::None),
        wake_history: Some(later),
        ..PartialSnapshot::default()
    };
    assert_eq!(at_the_end_of_the_hold(&mut other, Input::Observed(Ok(later))), AGAIN);
}

#[test]
fn without_a_wake_history_the_sandbox_counts_by_itself() {
    let refused = || Input::Observed(Err(FaultKind::Throttled));
    let mut first = round(0);
    assert_eq!(at_the_end_of_the_hold(&mut first, refused()), AGAIN);
    let mut second = round(40).with_memory(first.memory());
    assert_eq!(at_the_end_of_the_hold(&mut second, refused()), AGAIN);
    let mut third = round(61).with_memory(second.memory());
    assert_eq!(at_the_end_of_the_hold(&mut third, refused()), TOO_LONG);
    let mut hours_later = round(7_200).with_memory(second.memory());
    assert_eq!(at_the_end_of_the_hold(&mut hours_later, refused()), AGAIN);
}

#[test]
fn a_throttled_client_is_held_again_and_in_an_outage_it_is_not() {
    for (fault, action) in [
        (FaultKind::Throttled, Action::Done(Outcome::HoldAgain(Phase::Looking))),
        (FaultKind::Unreachable, Action::Done(Outcome::Failed(Failure::Fault(FaultKind::Unreachable)))),
    ] {
        let mut wake = round(0);
        let mut next = at(&mut wake, 19.9, Input::Observed(Err(fault)));
        if let Action::Wait(rest) = next {
            assert_eq!(rest, Duration::from_millis(100));
            next = at(&mut wake, 20.0, Input::Continue);
        }
        assert_eq!(next, action);
    }
}

#[test]
fn a_start_that_fails_ends_it_in_any_round() {
    let failure = StartFailure::ImageNotPulled;
    let mut partial = running(2, 0, DatabaseAnswer::Up);
    partial.services[0] = Some(Tasks { desired: 2, failure: Some(failure), ..Tasks::default() });
    let action = at(&mut round(20), 0.1, whole(partial, 0, RouteTarget::Waker));
    assert_eq!(action, Action::Done(Outcome::Failed(Failure::Start(failure))));
}

/// Turns the route in an invocation that starts at this age; returns when it redirects.
fn redirected(age: u64) -> (Wake, Duration) {
    let mut wake = round(age);
    at(&mut wake, 9.0, ready(RouteTarget::Waker));
    at(&mut wake, 9.1, Input::Applied(Vec::new()));
    assert_eq!(at(&mut wake, 9.2, ready(RouteTarget::App)), Action::Observe(Scope::STATE_TAG));
    let mut now = Duration::from_millis(9_300);
    let mut action = wake.next(&example(), now, wake_history(Some(BEGAN)));
    while let Action::Wait(pause) = action {
        now += pause;
        assert_eq!(wake.next(&example(), now, Input::Continue), Action::Observe(Scope::WHOLE));
        action = wake.next(&example(), now, ready(RouteTarget::App));
    }
    assert_eq!(action, Action::Done(Outcome::Ready));
    (wake, now)
}

#[test]
fn with_one_redirect_left_it_comes_when_the_load_balancer_has_followed() {
    for age in [0, 20] {
        assert_eq!(redirected(age).1, Duration::from_millis(9_300), "{age}");
    }
    assert_eq!(redirected(40).1, Duration::from_millis(11_200));
    assert_eq!(redirected(60).1, Duration::from_millis(9_200) + redirects::PROPAGATION);
}

#[test]
fn a_client_that_the_load_balancer_sends_back_is_held_until_its_next_redirect() {
    let (turned, _) = redirected(0);
    for (seconds, held) in [(9.5, 1.7), (10.5, 0.7), (11.3, 1.9), (14.0, 1.2)] {
        let started = UNIX_EPOCH + BEGAN + Duration::from_secs_f64(seconds);
        let mut back = Wake::new(ROUNDS, started, LIMIT, 1, 0).with_memory(turned.memory());
        at(&mut back, 0.0, Input::Continue);
        let action = at(&mut back, 0.0, ready(RouteTarget::App));
        assert_eq!(action, Action::Wait(Duration::from_secs_f64(held)), "{seconds}");
    }
    // Another sandbox does not know when the route was turned.
    let mut other = round(10);
    assert_eq!(at(&mut other, 0.0, ready(RouteTarget::App)), Action::Observe(Scope::STATE_TAG));
    let ended = WakeHistory::parse(&format!("{}+8", BEGAN.as_secs()));
    let tags = PartialSnapshot {
        state_tag: Some(StateTag::None),
        wake_history: Some(ended),
        ..PartialSnapshot::default()
    };
    assert_eq!(
        at(&mut other, 0.0, Input::Observed(Ok(tags))),
        Action::Wait(redirects::PROPAGATION),
        "8 s and 2 s of the wake history's precision"
    );
    let mut unknown = round(10);
    at(&mut unknown, 0.0, ready(RouteTarget::App));
    assert_eq!(at(&mut unknown, 0.0, wake_history(None)), Action::Wait(redirects::PROPAGATION));
}
