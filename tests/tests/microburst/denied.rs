//! A permanent error ends the request at once, with a message without AWS's text.

use reveille_tests::stack::DatabaseKind;

use crate::microburst::*;

/// A program and a browser, while this operation is denied; returns the desired count after that.
async fn refused(environment: &Environment, operation: &str) -> i32 {
    environment.sleep_before(operation).await;
    environment.microburst.inject(operation, &denied(operation), None).await.unwrap();
    assert_eq!(environment.visit().await.problem(), "denied", "{operation}");
    // Once: it was not retried.
    assert_eq!(environment.microburst.injected().await.unwrap(), 1, "{operation}");
    let page = environment.open_page().await;
    assert!(page.page().contains("cannot be woken"), "{operation}: {page:?}");
    assert_eq!(environment.microburst.injected().await.unwrap(), 2, "{operation}");
    environment.service().await.unwrap().desired_count()
}

#[tokio::test]
async fn a_denied_call_ends_the_request_and_a_denied_observation_wakes_nothing() {
    let environment = Environment::create_initialised(DatabaseKind::Aurora).await;
    for operation in OBSERVATION {
        assert_eq!(refused(&environment, operation).await, 0, "{operation}");
    }
    for (operation, wanted) in STEPS.into_iter().zip([0, 1, 1]) {
        assert_eq!(refused(&environment, operation).await, wanted, "{operation}");
    }
}

#[tokio::test]
async fn a_denied_call_about_an_instance_ends_the_request() {
    let environment = Environment::create_initialised(DatabaseKind::Instance).await;
    assert_eq!(refused(&environment, "DescribeDBInstances").await, 0);
    assert_eq!(refused(&environment, "StartDBInstance").await, 1);
}

#[tokio::test]
async fn the_log_has_what_no_visitor_may_read() {
    let environment = Environment::create(DatabaseKind::Aurora, |_| {}).await;
    let denied = denied("DescribeServices");

    // The first calls, during init, are denied, without an effect on visitors.
    environment.microburst.inject("DescribeServices", &denied, Some(1)).await.unwrap();
    let (answer, log) = environment.visit_logged().await;
    answer.app();
    assert_eq!(environment.microburst.injected().await.unwrap(), 1);
    assert!(log.contains("failed to make the first calls during init"), "{log}");
    assert!(log.contains(NOT_AUTHORIZED), "{log}");

    environment.sleep().await;
    environment.microburst.inject("DescribeServices", &denied, None).await.unwrap();
    let (answer, log) = environment.visit_logged().await;
    assert_eq!(answer.problem(), "denied");
    assert!(log.contains("DescribeServices failed (denied)"), "{log}");
    assert!(log.contains("AccessDeniedException") && log.contains(NOT_AUTHORIZED), "{log}");
}
