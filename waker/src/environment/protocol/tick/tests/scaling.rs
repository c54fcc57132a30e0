//! Application Auto Scaling while an environment goes to sleep, and after a crash.

use super::*;
use crate::environment::scaling::{Activities, ByService, Suspended};

/// The first service has a scalable target with these activities suspended; the tag is `tagged`.
fn targets(suspended: Activities, tagged: Suspended) -> Input {
    let scaling = Scaling(vec![Some(suspended), None]);
    Input::Observed(Ok(PartialSnapshot {
        scaling: Some(scaling),
        suspended: Some(tagged),
        ..PartialSnapshot::default()
    }))
}

fn suspended(activities: Activities, minute: u64) -> Suspended {
    Suspended { activities: ByService::default().with(0, activities), since: at(minute) }
}

fn set_suspended(activities: Activities) -> Action<TickOutcome> {
    apply(Step::SetSuspended { service: 0, activities })
}

#[test]
fn scaling_is_written_down_then_suspended_and_only_then_the_counts_are_set_to_0() {
    let mut inputs = vec![
        observed(2, 1, RouteTarget::Waker),
        usage(StateTag::Dozing { since: at(97) }, 98, 70),
        targets(Activities::SCHEDULED, Suspended::default()),
        applied(),
    ];
    inputs.extend(locking(observed(2, 1, RouteTarget::Waker)));
    inputs.extend([applied(), applied(), observed(0, 0, RouteTarget::Waker), applied()]);
    // The waker does not resume what a person has suspended.
    let ours = suspended(Activities::SCALE_IN | Activities::SCALE_OUT, 100);
    let mut expected = vec![
        OBSERVE,
        FETCH_USAGE,
        FIND_TARGETS,
        Action::Apply(vec![Step::Write(StateTag::Asleep { since: at(100) }), Step::WriteSuspended(ours)]),
    ];
    expected.extend(locked());
    expected.extend([
        set_suspended(Activities::all()),
        empty(),
        OBSERVE,
        unlock(),
        Action::Done(TickOutcome::FellAsleep),
    ]);
    assert_eq!(play(tick(TickMode::Look, 100), inputs), expected);
}

#[test]
fn what_an_earlier_sleep_suspended_and_nothing_has_resumed_stays_in_the_tag() {
    let inputs = [
        observed(2, 1, RouteTarget::Waker),
        usage(StateTag::Dozing { since: at(97) }, 98, 70),
        targets(Activities::all(), suspended(Activities::SCALE_IN, 20)),
    ];
    let actions = play(tick(TickMode::Look, 100), inputs);
    let tagged = Step::WriteSuspended(suspended(Activities::SCALE_IN, 100));
    assert_eq!(actions[3], Action::Apply(vec![Step::Write(StateTag::Asleep { since: at(100) }), tagged]));
}

/// In use, with a tag that says that all its scaling has been suspended since `minute`.
fn in_use(minute: u64) -> [Input; 2] {
    let Input::Observed(Ok(usage_fetched)) = usage(StateTag::None, 98, 97) else { unreachable!() };
    let usage_fetched =
        PartialSnapshot { suspended: Some(suspended(Activities::all(), minute)), ..usage_fetched };
    [observed(2, 1, RouteTarget::App), Input::Observed(Ok(usage_fetched))]
}

#[test]
fn what_a_crash_left_suspended_is_resumed_and_the_tag_is_emptied_by_a_later_tick() {
    let check = Action::Observe(Scope::SCALING);
    let done = Action::Done(TickOutcome::Awake(AwakeReason::Request));
    let tagged = suspended(Activities::all(), 90);
    let inputs = in_use(90).into_iter().chain([targets(Activities::all(), tagged), applied()]);
    let resumed = [OBSERVE, FETCH_USAGE, check.clone(), set_suspended(Activities::empty()), done.clone()];
    assert_eq!(play(tick(TickMode::Look, 100), inputs), resumed);
    let inputs = in_use(90).into_iter().chain([targets(Activities::empty(), tagged), applied()]);
    let emptied = apply(Step::WriteSuspended(Suspended::default()));
    assert_eq!(play(tick(TickMode::Look, 100), inputs), [OBSERVE, FETCH_USAGE, check, emptied, done]);
}

#[test]
fn a_tag_that_is_new_is_kept_as_another_tick_may_be_about_to_suspend() {
    let inputs =
        in_use(99).into_iter().chain([targets(Activities::empty(), suspended(Activities::all(), 99))]);
    let actions = play(tick(TickMode::Look, 100), inputs);
    assert_eq!(actions.last(), Some(&Action::Done(TickOutcome::Awake(AwakeReason::Request))));
}

#[test]
fn an_environment_that_never_sleeps_gets_its_scaling_back_too() {
    let mut environment = example();
    environment.sleep.never = true;
    let mut tick = tick(TickMode::Look, 100);
    let tags =
        PartialSnapshot { suspended: Some(suspended(Activities::all(), 90)), ..PartialSnapshot::default() };
    let inputs = [
        Input::Continue,
        observed(2, 1, RouteTarget::App),
        Input::Observed(Ok(tags)),
        targets(Activities::all(), Suspended::default()),
    ];
    let actions: Vec<_> =
        inputs.into_iter().map(|input| tick.next(&environment, Duration::ZERO, input)).collect();
    let expected = [
        OBSERVE,
        Action::Observe(Scope::STATE_TAG),
        Action::Observe(Scope::SCALING),
        set_suspended(Activities::empty()),
    ];
    assert_eq!(actions, expected);
}

#[test]
fn a_visitor_who_comes_while_the_counts_are_set_to_0_gets_the_app_and_its_scaling() {
    let mut inputs = vec![
        observed(2, 1, RouteTarget::Waker),
        usage(StateTag::Dozing { since: at(97) }, 98, 70),
        targets(Activities::empty(), Suspended::default()),
        applied(),
    ];
    inputs.extend(locking(observed(2, 1, RouteTarget::Waker)));
    inputs.extend([applied(), applied(), observed(2, 1, RouteTarget::App)]);
    let mut tick = tick(TickMode::Look, 100);
    let mut actions: Vec<_> = [Input::Continue]
        .into_iter()
        .chain(inputs)
        .map(|input| tick.next(&example(), Duration::ZERO, input))
        .collect();
    let Input::Observed(Ok(mut ready)) = observed(2, 1, RouteTarget::App) else { unreachable!() };
    ready.running.as_mut().unwrap().database.as_mut().unwrap().answer = DatabaseAnswer::Up;
    actions.push(tick.next(&example(), Duration::ZERO, Input::Observed(Ok(ready))));
    assert_eq!(actions[7..9], [set_suspended(Activities::all()), empty()]);
    assert_eq!(actions.last(), Some(&set_suspended(Activities::empty())), "{actions:?}");
}
