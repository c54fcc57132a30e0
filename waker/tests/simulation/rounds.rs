//! Clients that are held several times, behind the time-outs of what stands in front of the
//! function, at AWS's pace.

use std::{thread, time::Duration};

use waker::environment::failure::{Failure, StartFailure};

use crate::{
    case::{Case, Front},
    visitor::Answer,
};

fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for wake in [20, 45, 60, 95, 150, 280] {
        for visitors in [1, 10, 100, 1_000] {
            for (hold_seconds, front) in [
                (10, Front::LoadBalancer),
                (25, Front::LoadBalancer),
                (55, Front::LoadBalancer),
                (110, Front::LoadBalancer),
                (300, Front::LoadBalancer),
                (10, Front::Gateway),
                (25, Front::Gateway),
                (300, Front::Gateway),
            ] {
                let wake = Duration::from_secs(wake);
                cases.push(Case { wake, visitors, hold_seconds, front, failure: None });
            }
        }
    }
    cases
}

#[test]
fn a_first_call_succeeds_with_any_number_of_clients_and_any_front() {
    let cases = cases();
    let (first, second) = cases.split_at(cases.len() / 2);
    let served = |case: &Case| {
        let run = case.run();
        println!(
            "{case:?}: median {:.0?}, slowest {:.0?}, {} calls, {} refused, {:.0?} billed",
            run.median, run.slowest, run.calls, run.refused, run.billed
        );
        for answer in &run.answers {
            // Beyond what its rounds allow, a client is told to come back later.
            let late = case.wake > case.served() && *answer == Answer::Waiting;
            assert!(*answer == Answer::App || late, "{case:?}: {answer:?}");
        }
    };
    thread::scope(|scope| {
        for half in [first, second] {
            scope.spawn(|| half.iter().for_each(served));
        }
    });
}

#[test]
fn when_the_wake_has_failed_no_client_is_redirected() {
    let failure = StartFailure::ImageNotPulled;
    for visitors in [1, 10, 100, 1_000] {
        for hold_seconds in [10, 25, 300] {
            let case = Case {
                wake: Duration::from_secs(40),
                visitors,
                hold_seconds,
                front: Front::LoadBalancer,
                failure: Some(failure),
            };
            for answer in case.run().answers {
                // Among a thousand, some are told to come back later before AWS's rate lets them
                // observe.
                let warnings = [Answer::Failed(Failure::Start(failure)), Answer::Waiting];
                assert!(warnings.contains(&answer), "{case:?}: {answer:?}");
            }
        }
    }
}
