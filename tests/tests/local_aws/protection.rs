//! A task under scale-in protection stays until its protection ends.

use aws_sdk_ecs::error::ProvideErrorMetadata;
use aws_sdk_ecs::operation::update_task_protection::UpdateTaskProtectionOutput;
use aws_sdk_ecs::types::Task;
use reveille_tests::event_log::Event;

use crate::local_aws::*;

async fn running(stack: &Stack) -> Vec<Task> {
    let listed = stack.ecs().list_tasks().cluster(NAME).send().await.unwrap();
    let arns = listed.task_arns.clone();
    stack.ecs().describe_tasks().cluster(NAME).set_tasks(arns).send().await.unwrap().tasks.unwrap()
}

async fn protect(stack: &Stack, task: &str, enabled: bool) -> UpdateTaskProtectionOutput {
    let update = stack.ecs().update_task_protection().cluster(NAME).tasks(task);
    update.protection_enabled(enabled).expires_in_minutes(1).send().await.unwrap()
}

/// The id of the task whose event this is.
fn id(arn: &str) -> &str {
    arn.rsplit_once('/').unwrap().1
}

async fn two_tasks(options: &Options) -> Stack {
    let stack = stack(options).await;
    let from = stack.log().end();
    stack.set_desired_count(2).await.unwrap();
    stack.log().find(from, LIMIT, |event| event.text("message").contains("steady state")).await.unwrap();
    stack
}

#[tokio::test]
async fn a_protected_task_stays_until_its_protection_is_taken_away() {
    let stack = two_tasks(&options(app())).await;
    let tasks = running(&stack).await;
    // The newer one, which would be stopped first.
    let kept = tasks.iter().max_by_key(|task| task.created_at().unwrap().as_nanos()).unwrap();
    let kept = kept.task_arn().unwrap();
    let answer = protect(&stack, kept, true).await;
    let [protected] = answer.protected_tasks() else { panic!("{answer:?}") };
    assert_eq!((protected.task_arn(), protected.protection_enabled()), (Some(kept), true));
    assert!(protected.expiration_date().is_some());

    stack.set_desired_count(0).await.unwrap();
    stack.log().wait_for("task_stopped", LIMIT).await.unwrap();
    let left = running(&stack).await;
    assert_eq!(left.iter().map(|task| task.task_arn().unwrap()).collect::<Vec<_>>(), [kept]);
    let service = stack.service().await.unwrap();
    assert_eq!((service.desired_count(), service.running_count()), (0, 1));
    let described = stack.ecs().get_task_protection().cluster(NAME).send().await.unwrap();
    assert!(described.protected_tasks()[0].protection_enabled());

    assert!(!protect(&stack, kept, false).await.protected_tasks()[0].protection_enabled());
    let stopped = |event: &Event| event.name == "task_stopped" && event.text("task") == id(kept);
    stack.log().find(0, LIMIT, stopped).await.unwrap();
}

#[tokio::test]
async fn another_task_goes_in_its_place_and_it_goes_when_its_protection_expires() {
    let mut options = options(app());
    options.settings.protection_minute_seconds = Some(6.0);
    let stack = two_tasks(&options).await;
    let tasks = running(&stack).await;
    let newer = tasks.iter().max_by_key(|task| task.created_at().unwrap().as_nanos()).unwrap();
    let kept = newer.task_arn().unwrap();
    protect(&stack, kept, true).await;
    stack.set_desired_count(1).await.unwrap();
    let stopping = stack.log().wait_for("task_stopping", LIMIT).await.unwrap();
    assert_ne!(stopping.text("task"), id(kept));
    stack.set_desired_count(0).await.unwrap();
    let stopped = |event: &Event| event.name == "task_stopped" && event.text("task") == id(kept);
    stack.log().find(0, LIMIT, stopped).await.unwrap();
}

#[tokio::test]
async fn what_cannot_be_protected_is_a_failure() {
    let stack = stack(&options(app())).await;
    let service = stack.service().await.unwrap();
    let definition = service.task_definition().unwrap();
    let alone = stack.ecs().run_task().cluster(NAME).task_definition(definition).send().await.unwrap();
    let alone = alone.tasks()[0].task_arn().unwrap();
    let answer = protect(&stack, alone, true).await;
    assert_eq!(answer.failures()[0].reason(), Some("TASK_NOT_VALID"));
    assert_eq!(protect(&stack, "missing", true).await.failures()[0].reason(), Some("MISSING"));
    let update = stack.ecs().update_task_protection().cluster(NAME).tasks(alone).protection_enabled(true);
    let refused = update.expires_in_minutes(2881).send().await.unwrap_err();
    assert_eq!(refused.code(), Some("InvalidParameterException"));
}

#[tokio::test]
async fn a_task_says_when_it_was_created_and_started() {
    let mut options = options(app());
    options.settings.start_seconds = Some(1.0);
    let stack = stack(&options).await;
    stack.set_desired_count(1).await.unwrap();
    stack.log().wait_for("task_pending", LIMIT).await.unwrap();
    let pending = running(&stack).await.remove(0);
    assert!(pending.created_at().is_some() && pending.started_at().is_none());
    stack.log().wait_for("task_running", LIMIT).await.unwrap();
    let task = running(&stack).await.remove(0);
    assert_eq!(task.created_at(), pending.created_at());
    let took = task.started_at().unwrap().as_nanos() - task.created_at().unwrap().as_nanos();
    assert!((900_000_000..60_000_000_000).contains(&took), "{took} ns");
}
