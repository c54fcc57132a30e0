//! Slow answers and WebSockets, and what happens to them when their task stops.

use std::time::Duration;

use aws_sdk_elasticloadbalancingv2::types::{LoadBalancerAttribute, TargetGroupAttribute};
use reveille_tests::web_socket;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::local_aws::*;

/// Awake: a healthy task, and the route turned to it.
async fn awake() -> Stack {
    let stack = stack(&options(app())).await;
    stack.set_desired_count(1).await.unwrap();
    stack.log().wait_for("target_healthy", LIMIT).await.unwrap();
    route_to(&stack, &stack.load_balancer.app).await;
    stack
}

async fn load_balancer(stack: &Stack) -> String {
    let described = stack.elb().describe_load_balancers().names(NAME).send().await.unwrap();
    described.load_balancers()[0].load_balancer_arn().unwrap().to_owned()
}

async fn set_idle_timeout(stack: &Stack, seconds: u32) {
    let attribute = LoadBalancerAttribute::builder().key("idle_timeout.timeout_seconds");
    let modify = stack.elb().modify_load_balancer_attributes();
    let modify = modify.load_balancer_arn(load_balancer(stack).await);
    modify.attributes(attribute.value(seconds.to_string()).build()).send().await.unwrap();
}

async fn set_deregistration_delay(stack: &Stack, seconds: u32) {
    let attribute = TargetGroupAttribute::builder().key("deregistration_delay.timeout_seconds");
    let modify = stack.elb().modify_target_group_attributes().target_group_arn(&stack.load_balancer.app);
    modify.attributes(attribute.value(seconds.to_string()).build()).send().await.unwrap();
}

async fn socket(stack: &Stack) -> TcpStream {
    web_socket::open(stack.load_balancer.port).await.unwrap()
}

async fn say(socket: &mut TcpStream, text: &str) {
    web_socket::say(socket, text).await.unwrap();
}

async fn processed_bytes(stack: &Stack) -> f64 {
    let (load_balancer, _) = cloudwatch::dimensions(stack);
    let metric = cloudwatch::metric(cloudwatch::ELB, "ProcessedBytes", &[("LoadBalancer", &load_balancer)]);
    cloudwatch::sum(stack, metric).await
}

#[tokio::test]
async fn a_websocket_passes_both_ways_and_its_bytes_count_while_it_is_open() {
    let stack = awake().await;
    let mut socket = socket(&stack).await;
    say(&mut socket, "hello").await;
    let before = processed_bytes(&stack).await;
    say(&mut socket, &"x".repeat(100)).await;
    let passed = processed_bytes(&stack).await - before;
    // Both frames with their headers, of which the client's has a mask.
    assert!((passed - 208.0).abs() < 0.5, "{passed}");
    // The close frame, and the server's own: then both disconnect.
    socket.write_all(&[0x88, 0x80, 0, 0, 0, 0]).await.unwrap();
    let mut rest = Vec::new();
    timeout(LIMIT, socket.read_to_end(&mut rest)).await.unwrap().unwrap();
    assert_eq!(rest, [0x88, 0]);
}

#[tokio::test]
async fn a_silent_websocket_is_closed_after_the_idle_timeout() {
    let stack = awake().await;
    set_idle_timeout(&stack, 3).await;
    let mut socket = socket(&stack).await;
    say(&mut socket, "hello").await;
    let mut rest = Vec::new();
    timeout(LIMIT, socket.read_to_end(&mut rest)).await.unwrap().unwrap();
    assert!(rest.is_empty());
    assert!(stack.log().named("task_stopping").is_empty());
}

#[tokio::test]
async fn a_function_has_no_websockets() {
    let stack = stack(&options(app())).await;
    assert_eq!(web_socket::upgrade(stack.load_balancer.port).await.unwrap().0, "400");
}

#[tokio::test]
async fn an_answer_may_take_until_the_idle_timeout() {
    let stack = awake().await;
    set_idle_timeout(&stack, 3).await;
    let answer = reqwest::get(format!("{}/slow?seconds=0.5", stack.url())).await.unwrap();
    assert_eq!((answer.status().as_u16(), answer.text().await.unwrap().as_str()), (200, "at last\n"));
    assert_eq!(reqwest::get(format!("{}/slow?seconds=30", stack.url())).await.unwrap().status(), 504);
}

#[tokio::test]
async fn a_request_under_way_is_answered_before_its_task_is_told_to_stop() {
    let stack = awake().await;
    let slow = tokio::spawn(reqwest::get(format!("{}/slow?seconds=4", stack.url())));
    stack.log().wait_for("target_request", LIMIT).await.unwrap();
    stack.set_desired_count(0).await.unwrap();
    stack.log().wait_for("target_draining", LIMIT).await.unwrap();
    assert_eq!(slow.await.unwrap().unwrap().text().await.unwrap(), "at last\n");
    stack.log().wait_for("task_stopped", LIMIT).await.unwrap();
    let names: Vec<_> = stack.log().all().into_iter().map(|event| event.name).collect();
    let place = |name: &str| names.iter().position(|have| have == name).unwrap();
    assert!(place("target_draining") < place("target_answered"), "{names:?}");
    assert!(place("target_answered") < place("task_stopping"), "{names:?}");
}

#[tokio::test]
async fn a_websocket_and_a_request_that_is_too_slow_get_the_deregistration_delay() {
    let stack = awake().await;
    set_deregistration_delay(&stack, 4).await;
    let mut socket = socket(&stack).await;
    let from = stack.log().end();
    let slow = tokio::spawn(reqwest::get(format!("{}/slow?seconds=30", stack.url())));
    stack.log().find(from, LIMIT, |event| event.name == "target_request").await.unwrap();
    stack.set_desired_count(0).await.unwrap();
    let draining = stack.log().wait_for("target_draining", LIMIT).await.unwrap();
    say(&mut socket, "still here").await;
    let mut rest = Vec::new();
    timeout(LIMIT, socket.read_to_end(&mut rest)).await.unwrap().unwrap();
    assert_eq!(slow.await.unwrap().unwrap().status(), 502);
    let stopping = stack.log().wait_for("task_stopping", LIMIT).await.unwrap();
    assert!(stopping.after(&draining) >= Duration::from_secs(4));
}
