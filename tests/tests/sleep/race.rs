//! Visitors who come at each step of the sleep, and concurrent invocations.

use reveille_tests::event_log::Event;

use crate::sleep::*;

/// A visitor comes as soon as the log shows `trigger`, which a tick causes; in the end the visitor
/// reaches the app, and the environment is awake.
async fn a_visitor_comes_at(trigger: fn(&Event) -> bool) {
    let stack = awake(&options()).await;
    let from = stack.log().end();
    let come = async {
        stack.log().find(from, LIMIT, trigger).await.unwrap();
        visit(&stack).await
    };
    let tick = async {
        loop {
            stack.tick().await.unwrap();
            sleep(BETWEEN_TICKS).await;
        }
    };
    let answer = tokio::select! {
        answer = come => answer,
        () = tick => unreachable!(),
    };
    assert!(answer.starts_with("visit "), "{answer}");
    // The environment is awake a tick later, at whatever step the visitor came.
    stack.tick().await.unwrap();
    assert_eq!(route_and_count(&stack).await, ("app", 1));
    assert!(visit(&stack).await.starts_with("visit "));
}

fn is_turned_to_waker(event: &Event) -> bool {
    event.name == "rule_modified"
}

fn is_emptied(event: &Event) -> bool {
    event.name == "desired_count_set" && event.fields["count"] == 0
}

#[tokio::test]
async fn when_the_route_has_been_turned_but_not_read_back() {
    a_visitor_comes_at(is_turned_to_waker).await;
}

#[tokio::test]
async fn when_the_counts_have_been_set_but_not_read_back() {
    a_visitor_comes_at(is_emptied).await;
}

#[tokio::test]
async fn when_the_task_is_draining() {
    a_visitor_comes_at(|event| event.name == "target_draining").await;
}

#[tokio::test]
async fn when_the_task_is_being_stopped() {
    a_visitor_comes_at(|event| event.name == "task_stopping").await;
}

#[tokio::test]
async fn when_the_load_balancer_does_not_follow_yet() {
    let mut options = options();
    options.settings.rule_propagation_seconds = Some(2.0);
    let stack = awake(&options).await;
    tick_until(&stack, |report| report["state"] == "falling_asleep").await;
    // Reaches the app, to which the data plane still routes; that ends the doze when the metrics
    // show it, or the visitor has ended it before.
    assert!(visit(&stack).await.starts_with("visit "));
    let said = tick_until(&stack, |report| report["state"] == "awake").await;
    assert!(said.iter().all(|report| report["state"] != "asleep"), "{said:#?}");
}

#[tokio::test]
async fn a_slow_request_that_is_under_way_comes_to_its_end() {
    let stack = awake(&options()).await;
    let slow = tokio::spawn(reqwest::get(format!("{}/slow?seconds=3", stack.url())));
    stack.log().find(0, LIMIT, |event| event.text("path").contains("/slow")).await.unwrap();
    let answer = stack.invoke(&json!({"reveille": "sleep", "environment": "demo"})).await.unwrap();
    assert_eq!(answer["environments"][0]["state"], "asleep");
    let answer = slow.await.unwrap().unwrap();
    assert_eq!((answer.status().as_u16(), answer.text().await.unwrap().as_str()), (200, "at last\n"));
    stack.log().wait_for("task_stopped", LIMIT).await.unwrap();
}
