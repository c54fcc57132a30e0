//! Going to sleep, with the route locked, while other invocations change the route or the counts.

use super::*;

#[test]
fn after_the_doze_the_counts_are_set_to_0_and_read_back() {
    let dozing = StateTag::Dozing { since: at(97) };
    let mut inputs = vec![observed(2, 1, RouteTarget::Waker), usage(dozing, 98, 70), no_targets(), applied()];
    inputs.extend(locking(observed(2, 1, RouteTarget::Waker)));
    inputs.extend([applied(), observed(0, 0, RouteTarget::Waker), applied()]);
    let written = apply(Step::Write(StateTag::Asleep { since: at(100) }));
    let mut expected = vec![OBSERVE, FETCH_USAGE, FIND_TARGETS, written];
    expected.extend(locked());
    expected.extend([empty(), OBSERVE, unlock(), Action::Done(TickOutcome::FellAsleep)]);
    assert_eq!(play(tick(TickMode::Look, 100), inputs), expected);
}

/// A tick that locks the route of a dozing environment.
fn begin_to_lock() -> Vec<Input> {
    let usage = usage(StateTag::Dozing { since: at(97) }, 98, 70);
    vec![observed(2, 1, RouteTarget::Waker), usage, no_targets(), applied()]
}

#[test]
fn a_visitor_who_turned_the_route_before_the_lock_keeps_the_app() {
    let mut inputs = begin_to_lock();
    inputs.extend(locking(observed(2, 1, RouteTarget::App)));
    inputs.push(observed(2, 1, RouteTarget::App));
    let actions = play(tick(TickMode::Look, 100), inputs);
    assert_eq!(actions[4..7], locked());
    assert_eq!(actions[7], OBSERVE, "as a wake does");
    assert!(!actions.contains(&empty()), "{actions:?}");
}

#[test]
fn a_visitor_who_sets_the_counts_while_they_are_set_to_0_gets_the_app_again() {
    let mut inputs = begin_to_lock();
    inputs.extend(locking(observed(2, 1, RouteTarget::Waker)));
    inputs.extend([
        applied(),
        observed(2, 1, RouteTarget::Waker),
        applied(),
        observed(2, 1, RouteTarget::Waker),
    ]);
    let actions = play(tick(TickMode::Look, 100), inputs);
    assert_eq!(actions[7..11], [empty(), OBSERVE, unlock(), OBSERVE]);
    assert_eq!(actions[11], OBSERVE, "as a wake does, which can turn the route");
}

#[test]
fn a_visitor_who_turns_the_route_while_the_counts_are_set_to_0_gets_the_app_again() {
    let mut inputs = begin_to_lock();
    inputs.extend(locking(observed(2, 1, RouteTarget::Waker)));
    inputs.extend([
        applied(),
        observed(0, 0, RouteTarget::App),
        observed(0, 0, RouteTarget::App),
        Input::Observed(Ok(PartialSnapshot {
            state_tag: Some(StateTag::Dozing { since: at(97) }),
            ..PartialSnapshot::default()
        })),
    ]);
    let actions = play(tick(TickMode::Look, 100), inputs);
    assert_eq!(actions[7], empty());
    let Action::Apply(steps) = actions.last().unwrap() else { panic!("{actions:?}") };
    assert_eq!(*steps, [Step::TurnRoute(RouteTarget::Waker)], "before its counts are raised again");
}

#[test]
fn counts_are_not_set_after_the_end_of_the_lock() {
    let environment = example();
    for (seconds, expected) in [(15, empty()), (16, OBSERVE)] {
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
        if action == OBSERVE {
            assert_eq!(at(17, observed(2, 1, RouteTarget::Waker)), FETCH_USAGE, "it has started over");
        }
    }
}

#[test]
fn an_app_that_was_set_to_0_by_hand_is_asleep_and_the_rest_follows() {
    let tags = || {
        let state_tag = Some(StateTag::Used { since: at(60) });
        Input::Observed(Ok(PartialSnapshot { state_tag, ..PartialSnapshot::default() }))
    };
    let half_way = || observed(0, 1, RouteTarget::Waker);
    let inputs = [half_way(), tags(), no_targets(), applied(), observed(0, 0, RouteTarget::Waker)];
    let expected = [
        OBSERVE,
        Action::Observe(Scope::STATE_TAG),
        FIND_TARGETS,
        apply(Step::SetDesired { service: 1, count: 0 }),
        READ_BACK,
        Action::Done(TickOutcome::FellAsleep),
    ];
    assert_eq!(play(tick(TickMode::Look, 100), inputs), expected);
    let actions = play(tick(TickMode::Look, 5), [half_way(), tags()]);
    assert_eq!(actions[2], OBSERVE, "not while a wake may be under way: it is finished");
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
    let observation = || {
        let Input::Observed(Ok(mut partial)) = observed(0, 1, RouteTarget::Waker) else { unreachable!() };
        partial.running.as_mut().unwrap().services[0] = Some(failing);
        Input::Observed(Ok(partial))
    };
    let before = StateTag::GaveUp { failure, at: at(50), times: 1 };
    let mut inputs = vec![observation(), usage(before, 98, 70), no_targets(), applied()];
    inputs.extend(locking(observation()));
    inputs.extend([applied(), observed(0, 0, RouteTarget::Waker), applied()]);
    let written = apply(Step::Write(StateTag::GaveUp { failure, at: at(100), times: 2 }));
    let mut expected = vec![OBSERVE, FETCH_USAGE, FIND_TARGETS, written];
    expected.extend(locked());
    expected[6] = READ_BACK;
    expected.extend([empty(), READ_BACK, unlock(), Action::Done(TickOutcome::GaveUp(failure))]);
    assert_eq!(play(tick(TickMode::Look, 100), inputs), expected);
}

#[test]
fn a_command_puts_it_to_sleep_even_in_use() {
    let mut inputs = vec![
        observed(2, 1, RouteTarget::App),
        no_targets(),
        applied(),
        applied(),
        observed(2, 1, RouteTarget::Waker),
    ];
    inputs.extend(locking(observed(2, 1, RouteTarget::Waker)));
    inputs.extend([applied(), observed(0, 0, RouteTarget::Waker), applied()]);
    let mut expected = vec![
        OBSERVE,
        FIND_TARGETS,
        apply(Step::Write(StateTag::Asleep { since: at(1) })),
        apply(Step::TurnRoute(RouteTarget::Waker)),
        OBSERVE,
    ];
    expected.extend(locked());
    expected.extend([empty(), OBSERVE, unlock(), Action::Done(TickOutcome::FellAsleep)]);
    assert_eq!(play(tick(TickMode::Sleep, 1), inputs), expected);
}
