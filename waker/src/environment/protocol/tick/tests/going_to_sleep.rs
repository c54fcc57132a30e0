//! The way down, with the route locked, and those who come meanwhile.

use super::*;

#[test]
fn one_that_has_dozed_long_enough_is_emptied_and_read_back() {
    let dozing = StateTag::Dozing { since: at(97) };
    let mut comes = vec![observed(2, 1, RouteTarget::Waker), usage(dozing, 98, 70), no_targets(), applied()];
    comes.extend(locking(observed(2, 1, RouteTarget::Waker)));
    comes.extend([applied(), observed(0, 0, RouteTarget::Waker), applied()]);
    let written = apply(Step::Write(StateTag::Asleep { since: at(100) }));
    let mut expected = vec![LOOK, WEIGH, FIND_TARGETS, written];
    expected.extend(locked());
    expected.extend([empty(), LOOK, unlock(), Action::Done(TickOutcome::FellAsleep)]);
    assert_eq!(play(tick(TickMode::Look, 100), comes), expected);
}

/// A tick that locks the route of a dozing environment.
fn begin_to_lock() -> Vec<Input> {
    let usage = usage(StateTag::Dozing { since: at(97) }, 98, 70);
    vec![observed(2, 1, RouteTarget::Waker), usage, no_targets(), applied()]
}

#[test]
fn somebody_who_turned_the_route_before_it_was_locked_keeps_the_app() {
    let mut comes = begin_to_lock();
    comes.extend(locking(observed(2, 1, RouteTarget::App)));
    comes.push(observed(2, 1, RouteTarget::App));
    let actions = play(tick(TickMode::Look, 100), comes);
    assert_eq!(actions[4..7], locked());
    assert_eq!(actions[7], LOOK, "as a wake does");
    assert!(!actions.contains(&empty()), "{actions:?}");
}

#[test]
fn somebody_who_set_the_counts_while_it_was_emptied_gets_the_app_again() {
    let mut comes = begin_to_lock();
    comes.extend(locking(observed(2, 1, RouteTarget::Waker)));
    comes.extend([
        applied(),
        observed(2, 1, RouteTarget::Waker),
        applied(),
        observed(2, 1, RouteTarget::Waker),
    ]);
    let actions = play(tick(TickMode::Look, 100), comes);
    assert_eq!(actions[7..11], [empty(), LOOK, unlock(), LOOK]);
    assert_eq!(actions[11], LOOK, "as a wake does, which can turn the route");
}

#[test]
fn somebody_who_turned_the_route_while_it_was_emptied_gets_the_app_again() {
    let mut comes = begin_to_lock();
    comes.extend(locking(observed(2, 1, RouteTarget::Waker)));
    comes.extend([
        applied(),
        observed(0, 0, RouteTarget::App),
        observed(0, 0, RouteTarget::App),
        Input::Observed(Ok(PartialSnapshot {
            state_tag: Some(StateTag::Dozing { since: at(97) }),
            ..PartialSnapshot::default()
        })),
    ]);
    let actions = play(tick(TickMode::Look, 100), comes);
    assert_eq!(actions[7], empty());
    let Action::Apply(steps) = actions.last().unwrap() else { panic!("{actions:?}") };
    assert_eq!(*steps, [Step::TurnRoute(RouteTarget::Waker)], "before its counts are raised again");
}

#[test]
fn counts_that_would_be_set_after_the_end_of_the_lock_are_not_set() {
    let environment = example();
    for (seconds, expected) in [(15, empty()), (16, LOOK)] {
        let mut tick = tick(TickMode::Look, 100);
        let mut at = |seconds, input| tick.next(&environment, Duration::from_secs(seconds), input);
        at(0, Input::Continue);
        for input in begin_to_lock() {
            at(0, input);
        }
        at(1, applied());
        at(3, Input::Continue);
        let action = at(seconds, observed(2, 1, RouteTarget::Waker));
        assert_eq!(action, expected, "{seconds}");
        if action == LOOK {
            assert_eq!(at(17, observed(2, 1, RouteTarget::Waker)), WEIGH, "it has started over");
        }
    }
}

#[test]
fn an_app_that_was_set_to_0_by_hand_is_asleep_and_the_rest_follows() {
    let comes =
        [observed(0, 1, RouteTarget::Waker), no_targets(), applied(), observed(0, 0, RouteTarget::Waker)];
    let expected = [
        LOOK,
        FIND_TARGETS,
        apply(Step::SetDesired { service: 1, count: 0 }),
        READ_BACK,
        Action::Done(TickOutcome::FellAsleep),
    ];
    assert_eq!(play(tick(TickMode::Look, 100), comes), expected);
    let actions = play(tick(TickMode::Look, 5), [observed(0, 1, RouteTarget::Waker)]);
    assert_eq!(actions[1], LOOK, "not while a wake may be under way: it is finished");
}

#[test]
fn three_failed_starts_are_given_up_and_the_reason_is_kept() {
    let failure = StartFailure::ImageNotPulled;
    let failing = Tasks {
        desired: 2,
        failure: Some(failure),
        failed_starts: 3,
        started: Some(at(99)),
        ..Tasks::default()
    };
    let look = || {
        let Input::Observed(Ok(mut partial)) = observed(0, 1, RouteTarget::Waker) else { unreachable!() };
        partial.running.as_mut().unwrap().services[0] = Some(failing);
        Input::Observed(Ok(partial))
    };
    let before = StateTag::GaveUp { failure, at: at(50), times: 1 };
    let mut comes = vec![look(), usage(before, 98, 70), no_targets(), applied()];
    comes.extend(locking(look()));
    comes.extend([applied(), observed(0, 0, RouteTarget::Waker), applied()]);
    let written = apply(Step::Write(StateTag::GaveUp { failure, at: at(100), times: 2 }));
    let mut expected = vec![LOOK, WEIGH, FIND_TARGETS, written];
    expected.extend(locked());
    expected[6] = READ_BACK;
    expected.extend([empty(), READ_BACK, unlock(), Action::Done(TickOutcome::GaveUp(failure))]);
    assert_eq!(play(tick(TickMode::Look, 100), comes), expected);
}

#[test]
fn a_command_puts_it_to_sleep_whoever_uses_it() {
    let mut comes = vec![
        observed(2, 1, RouteTarget::App),
        no_targets(),
        applied(),
        applied(),
        observed(2, 1, RouteTarget::Waker),
    ];
    comes.extend(locking(observed(2, 1, RouteTarget::Waker)));
    comes.extend([applied(), observed(0, 0, RouteTarget::Waker), applied()]);
    let mut expected = vec![
        LOOK,
        FIND_TARGETS,
        apply(Step::Write(StateTag::Asleep { since: at(1) })),
        apply(Step::TurnRoute(RouteTarget::Waker)),
        LOOK,
    ];
    expected.extend(locked());
    expected.extend([empty(), LOOK, unlock(), Action::Done(TickOutcome::FellAsleep)]);
    assert_eq!(play(tick(TickMode::Sleep, 1), comes), expected);
}
