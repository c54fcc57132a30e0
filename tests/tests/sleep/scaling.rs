//! A service with Application Auto Scaling: its minimum of one stays, no schedule and no policy
//! undoes a sleep, and a person's suspension stays.

use aws_sdk_applicationautoscaling::{
    Client,
    types::{ScalableDimension, ScalableTargetAction, ServiceNamespace, SuspendedState},
};
use reveille_tests::{event_log::Event, stack::NAME};

use crate::sleep::*;

const DIMENSION: ScalableDimension = ScalableDimension::EcsServiceDesiredCount;

fn resource() -> String {
    format!("service/{NAME}/{NAME}")
}

/// A scalable target from one task to two, with this suspension by a person.
async fn register(stack: &Stack, suspended: SuspendedState) -> Client {
    let scaling = stack.scaling();
    let target = scaling.register_scalable_target().service_namespace(ServiceNamespace::Ecs);
    let target = target.resource_id(resource()).scalable_dimension(DIMENSION);
    target.min_capacity(1).max_capacity(2).suspended_state(suspended).send().await.unwrap();
    scaling
}

/// The suspension of scaling in, scaling out, and scheduled scaling.
async fn suspended(scaling: &Client) -> (bool, bool, bool) {
    let described = scaling.describe_scalable_targets().service_namespace(ServiceNamespace::Ecs);
    let described = described.send().await.unwrap();
    let state = described.scalable_targets()[0].suspended_state().unwrap();
    (
        state.dynamic_scaling_in_suspended().unwrap(),
        state.dynamic_scaling_out_suspended().unwrap(),
        state.scheduled_scaling_suspended().unwrap(),
    )
}

async fn wait_until_suspended_is(stack: &Stack, scaling: &Client, wanted: (bool, bool, bool)) {
    let deadline = Instant::now() + LIMIT;
    loop {
        let found = suspended(scaling).await;
        if found == wanted {
            return;
        }
        let said = stack.tick().await.unwrap();
        assert!(Instant::now() < deadline, "{found:?} and not {wanted:?}: {said}");
        sleep(BETWEEN_TICKS).await;
    }
}

#[tokio::test]
async fn no_scheduled_action_undoes_a_sleep_and_a_wake_gives_the_scaling_back() {
    let mut options = options();
    // A second stands for a minute of a schedule.
    options.settings.scheduler_speed = Some(60.0);
    let stack = awake(&options).await;
    let scaling = register(&stack, SuspendedState::builder().build()).await;
    tick_until_asleep(&stack).await;
    assert_eq!(suspended(&scaling).await, (true, true, true));
    let from = stack.log().end();
    let action = ScalableTargetAction::builder().min_capacity(1).max_capacity(2).build();
    let schedule = scaling.put_scheduled_action().service_namespace(ServiceNamespace::Ecs);
    let schedule = schedule.resource_id(resource()).scalable_dimension(DIMENSION);
    let schedule = schedule.scheduled_action_name("work").schedule("rate(1 minute)");
    schedule.scalable_target_action(action).send().await.unwrap();
    let held = |event: &Event| event.name == "scheduled_action_suspended";
    let (_, from) = stack.log().find(from, LIMIT, held).await.unwrap();
    stack.log().find(from, LIMIT, held).await.unwrap();
    assert_eq!(route_and_count(&stack).await, ("waker", 0));

    assert_eq!(visit(&stack).await, "visit 2\n");
    wait_until_suspended_is(&stack, &scaling, (false, false, false)).await;
    assert_eq!(route_and_count(&stack).await, ("app", 1));
}

#[tokio::test]
async fn what_a_person_suspended_stays_so_through_sleep_and_wake() {
    let stack = awake(&options()).await;
    let by_hand = SuspendedState::builder().dynamic_scaling_in_suspended(true).build();
    let scaling = register(&stack, by_hand).await;
    tick_until_asleep(&stack).await;
    assert_eq!(suspended(&scaling).await, (true, true, true));
    assert_eq!(visit(&stack).await, "visit 2\n");
    wait_until_suspended_is(&stack, &scaling, (true, false, false)).await;
}

#[tokio::test]
async fn scaling_that_a_crash_left_suspended_is_resumed_by_a_tick() {
    let stack = awake(&options()).await;
    let scaling = register(&stack, SuspendedState::builder().build()).await;
    tick_until_asleep(&stack).await;
    // As if the wake had ended with the call that sets the count.
    stack.set_desired_count(1).await.unwrap();
    tick_until(&stack, |report| report["state"] == "awake").await;
    wait_until_suspended_is(&stack, &scaling, (false, false, false)).await;
}
