//! A wrong state, from the start or after a change by hand, is repaired by the next tick.

use crate::sleep::*;

#[tokio::test]
async fn a_route_to_an_app_without_tasks() {
    let stack = asleep(&options()).await;
    turn_route_to(&stack, &stack.load_balancer.app).await;
    assert_eq!(reqwest::get(stack.url()).await.unwrap().status(), 503);
    stack.tick().await.unwrap();
    assert_eq!(route_and_count(&stack).await, ("waker", 0));
    assert!(visit(&stack).await.starts_with("visit "));
}

#[tokio::test]
async fn a_route_to_the_waker_while_the_app_is_healthy() {
    let stack = asleep(&options()).await;
    stack.set_desired_count(1).await.unwrap();
    stack.log().wait_for("target_healthy", LIMIT).await.unwrap();
    stack.tick().await.unwrap();
    assert_eq!(route_and_count(&stack).await, ("app", 1));
}

#[tokio::test]
async fn a_count_that_was_set_by_hand_is_respected() {
    let stack = awake(&options()).await;
    stack.set_desired_count(2).await.unwrap();
    stack.tick().await.unwrap();
    assert_eq!(route_and_count(&stack).await, ("app", 2));
    stack.set_desired_count(0).await.unwrap();
    stack.tick().await.unwrap();
    assert_eq!(route_and_count(&stack).await, ("waker", 0), "0 by hand means asleep");
}

#[tokio::test]
async fn an_event_about_its_tasks_causes_a_tick_and_one_about_others_does_not() {
    let stack = asleep(&options()).await;
    turn_route_to(&stack, &stack.load_balancer.app).await;
    let event = |group: &str| {
        json!({
            "detail-type": "ECS Task State Change", "source": "aws.ecs", "resources": [],
            "detail": {"clusterArn": "arn:aws:ecs:us-east-1:000000000000:cluster/demo",
                       "lastStatus": "STOPPED", "group": group},
        })
    };
    let report = stack.invoke(&event("service:other")).await.unwrap();
    assert_eq!((report, route_and_count(&stack).await), (json!({"environments": []}), ("app", 0)));
    stack.invoke(&event("service:demo")).await.unwrap();
    assert_eq!(route_and_count(&stack).await, ("waker", 0));
}

#[tokio::test]
async fn an_alarm_causes_a_tick() {
    let stack = asleep(&options()).await;
    turn_route_to(&stack, &stack.load_balancer.app).await;
    let alarm = json!({
        "source": "aws.cloudwatch", "alarmArn": "arn:aws:cloudwatch:us-east-1:000000000000:alarm:idle",
        "time": "2026-11-21T06:36:15.490+0000",
        "alarmData": {"alarmName": "idle",
                      "state": {"value": "ALARM", "timestamp": "2026-11-21T06:36:15.490+0000"}},
    });
    stack.invoke(&alarm).await.unwrap();
    assert_eq!(route_and_count(&stack).await, ("waker", 0));
}
