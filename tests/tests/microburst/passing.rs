//! A transient fault costs time, and every visitor still reaches the app.

use reveille_tests::stack::DatabaseKind;

use crate::microburst::*;

/// Wakes the environment for a program and then for a browser, while this operation fails so many
/// times; returns how often the browser saw a page before the app.
async fn wakes(environment: &Environment, operation: &str, fault: &Fault, times: u32) -> usize {
    let fail = async || {
        environment.sleep_before(operation).await;
        environment.microburst.inject(operation, fault, Some(times)).await.unwrap();
    };
    let failed = async || {
        assert_eq!(environment.microburst.injected().await.unwrap(), times as usize, "{operation}");
        environment.forget().await;
    };
    fail().await;
    let (answer, log) = environment.visit_logged().await;
    answer.app();
    let logged = format!(r#""call":"{operation}","kind":"{}""#, kind(fault));
    assert_eq!(log.matches(&logged).count(), times as usize, "{log}");
    failed().await;

    fail().await;
    let (pages, last) = environment.open_page_until(Answer::is_app).await;
    last.app();
    failed().await;
    pages
}

/// The waker's classification of it.
fn kind(fault: &Fault) -> &'static str {
    match fault {
        Fault::Error { .. } => "throttled",
        Fault::Reset => "unreachable",
        Fault::Silence(_) => "timed_out",
    }
}

/// Each of these calls in turn. The page may outlast a fault and find the app ready, but not
/// always.
async fn each_wakes(operations: &[&str], fault: impl Fn(&str) -> Fault, times: u32) {
    let environment = Environment::create_initialised(DatabaseKind::Aurora).await;
    let mut pages = 0;
    for operation in operations {
        pages += wakes(&environment, operation, &fault(operation), times).await;
    }
    assert!(pages > 0);
}

#[tokio::test]
async fn a_visitor_reaches_the_app_while_a_call_is_throttled() {
    each_wakes(&[&OBSERVATION[..], &STEPS].concat(), throttled, 2).await;
}

#[tokio::test]
async fn a_visitor_reaches_the_app_while_a_connection_is_reset() {
    each_wakes(&[&OBSERVATION[..], &STEPS].concat(), |_| Fault::Reset, 2).await;
}

#[tokio::test]
async fn a_visitor_reaches_the_app_while_a_call_is_not_answered() {
    // Side by side: they mostly wait.
    tokio::join!(each_wakes(&OBSERVATION, |_| SILENCE, 1), each_wakes(&STEPS, |_| SILENCE, 1));
}

#[tokio::test]
async fn the_calls_about_an_instance_may_fail_as_well() {
    let environment = Environment::create_initialised(DatabaseKind::Instance).await;
    for operation in ["DescribeDBInstances", "StartDBInstance"] {
        wakes(&environment, operation, &throttled(operation), 2).await;
        wakes(&environment, operation, &Fault::Reset, 2).await;
        wakes(&environment, operation, &SILENCE, 1).await;
    }
}
