//! The reason of a failed start is read with calls that can fail too.

use reveille_tests::stack::DatabaseKind;

use crate::microburst::*;

const REASON: &str = "CannotPullContainerError: pull image manifest has been retried 5 time(s): not found";

/// An environment whose tasks do not start.
async fn broken() -> Environment {
    Environment::create(DatabaseKind::Aurora, |options| {
        options.settings.start_failure = Some(Some(REASON.into()));
    })
    .await
}

/// A program and a browser get the reason, although this operation fails so many times first.
async fn is_named(environment: &Environment, operation: &str, fault: &Fault, times: u32) {
    let fail = async || environment.microburst.inject(operation, fault, Some(times)).await.unwrap();
    let failed = async || {
        assert_eq!(environment.microburst.injected().await.unwrap(), times as usize, "{operation}");
        environment.forget().await;
    };
    fail().await;
    assert_eq!(environment.visit().await.problem(), "image_not_pulled", "{operation}");
    failed().await;

    fail().await;
    let named = |answer: &Answer| answer.page().contains("image cannot be downloaded");
    environment.open_page_until(named).await;
    failed().await;
}

#[tokio::test]
async fn a_failing_start_is_named_in_spite_of_calls_that_fail() {
    let environment = broken().await;
    for operation in ["ListTasks", "DescribeTasks"] {
        is_named(&environment, operation, &throttled(operation), 2).await;
        is_named(&environment, operation, &Fault::Reset, 2).await;
        is_named(&environment, operation, &SILENCE, 1).await;
    }
}

#[tokio::test]
async fn a_denied_question_for_the_reason_is_a_denied_call() {
    let environment = broken().await;
    for operation in ["ListTasks", "DescribeTasks"] {
        environment.microburst.inject(operation, &denied(operation), None).await.unwrap();
        assert_eq!(environment.visit().await.problem(), "denied", "{operation}");
        let page = environment.open_page().await;
        assert!(page.page().contains("cannot be woken"), "{operation}: {page:?}");
        assert_eq!(environment.microburst.injected().await.unwrap(), 2, "{operation}");
    }
}
