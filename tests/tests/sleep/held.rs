//! What keeps an environment awake without visitors.

use reveille_tests::ministack::Settings;
use reveille_tests::web_socket;

use crate::sleep::*;

/// Ticks for longer than the idle time; returns the last report.
async fn ticks_in_vain(stack: &Stack, mut meanwhile: impl AsyncFnMut()) -> Value {
    let began = Instant::now();
    loop {
        let said = stack.tick().await.unwrap();
        assert_eq!(said["state"], "awake", "{said}");
        if began.elapsed() > Duration::from_secs(9) {
            assert_eq!(route_and_count(stack).await, ("app", 1));
            return said;
        }
        meanwhile().await;
        sleep(BETWEEN_TICKS).await;
    }
}

#[tokio::test]
async fn an_open_websocket() {
    let stack = awake(&options()).await;
    let mut socket = web_socket::open(stack.load_balancer.port).await.unwrap();
    let said =
        ticks_in_vain(&stack, async || web_socket::say(&mut socket, "still here").await.unwrap()).await;
    assert_eq!(said["why"], "bytes pass that no request explains, such as a WebSocket's");
    drop(socket);
    tick_until_asleep(&stack).await;
}

#[tokio::test]
async fn a_long_poll_that_is_made_again_and_again() {
    let stack = awake(&options()).await;
    let url = format!("{}/slow?seconds=2", stack.url());
    let said = ticks_in_vain(&stack, async || {
        assert_eq!(reqwest::get(&url).await.unwrap().status(), 200);
    })
    .await;
    // In the minute after its request, the reason is the bytes of its answer.
    let why = said["why"].as_str().unwrap();
    assert!(why.starts_with("the app has had a request") || why.starts_with("bytes pass"), "{why}");
}

#[tokio::test]
async fn a_protected_task() {
    let stack = awake(&options()).await;
    let ecs = stack.ecs();
    let tasks = ecs.list_tasks().cluster("demo").send().await.unwrap().task_arns.unwrap();
    let protect = |enabled| {
        let update = ecs.update_task_protection().cluster("demo").set_tasks(Some(tasks.clone()));
        update.protection_enabled(enabled).send()
    };
    protect(true).await.unwrap();
    let said = ticks_in_vain(&stack, async || ()).await;
    assert_eq!(said["why"], "a task is protected from being stopped");
    protect(false).await.unwrap();
    tick_until_asleep(&stack).await;
}

#[tokio::test]
async fn metrics_that_are_partial_or_lost() {
    let mut stack = awake(&options()).await;
    let missing = "the load balancer's metrics are not complete";
    for settings in [
        Settings { metrics_status: Some("PartialData".to_owned()), ..Settings::default() },
        Settings { metrics_status: Some("InternalError".to_owned()), ..Settings::default() },
        Settings {
            metrics_status: Some("Complete".to_owned()),
            metrics_lost: Some(true),
            ..Settings::default()
        },
    ] {
        stack.ministack.change(&settings).await.unwrap();
        assert_eq!(ticks_in_vain(&stack, async || ()).await["why"], missing, "{settings:?}");
    }
    stack.ministack.change(&Settings { metrics_lost: Some(false), ..Settings::default() }).await.unwrap();
    tick_until_asleep(&stack).await;
}

#[tokio::test]
async fn the_configuration() {
    let mut options = options();
    options.environment["never_sleep"] = true.into();
    let stack = awake(&options).await;
    assert_eq!(ticks_in_vain(&stack, async || ()).await["why"], "the configuration never lets it sleep");
}
