//! Each fault on each call: a transient one is retried, a permanent one is named.

use std::{rc::Rc, time::Duration};

use tokio::time::Instant;
use waker::environment::{
    failure::{Failure, StartFailure},
    fault::FaultKind,
    protocol::ResponseMode,
    snapshot::RouteTarget,
};

use crate::{
    cloud::{Account, Fault},
    environment,
    visitor::{Answer, Client, LIMIT, request},
    world::{Database, Delays},
};

const CALLS: [&str; 8] = [
    "DescribeRules",
    "DescribeServices",
    "DescribeTags",
    "DescribeTargetHealth",
    "DescribeDBClusters",
    "UpdateService",
    "Touch",
    "ModifyRule",
];

fn quick() -> Delays {
    Delays { task_start: Duration::from_secs(4), resume: Duration::from_secs(5), ..Delays::default() }
}

async fn held(account: &Rc<Account>) -> Answer {
    request(account, &environment(25), Client::new(ResponseMode::Hold(LIMIT)), 1).await
}

#[tokio::test(start_paused = true)]
async fn a_fault_that_passes_costs_time_but_not_the_wake() {
    for call in CALLS {
        for kind in [
            FaultKind::Throttled,
            FaultKind::TimedOut,
            FaultKind::Unreachable,
            FaultKind::Unavailable,
            FaultKind::Malformed,
        ] {
            for after_effect in [false, true] {
                let account = Account::new(&environment(25), quick());
                account.fail(call, Fault { kind, after_effect });
                assert_eq!(held(&account).await, Answer::App, "{call} {kind:?}");
                assert_eq!(account.faults_left(), 0, "{call} was never called");
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_fault_for_good_ends_the_request_at_once_with_its_name() {
    for call in CALLS {
        for kind in [
            FaultKind::Denied,
            FaultKind::Credentials,
            FaultKind::ClusterMissing,
            FaultKind::ServiceMissing,
            FaultKind::TargetGroupMissing,
            FaultKind::RuleMissing,
            FaultKind::DatabaseMissing,
            FaultKind::Rejected,
        ] {
            let account = Account::new(&environment(25), quick());
            account.fail(call, Fault { kind, after_effect: false });
            assert_eq!(held(&account).await, Answer::Failed(Failure::Fault(kind)), "{call}");
            assert_eq!(account.faults_left(), 0, "{call} was never called");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_first_observation_that_fails_for_good_wakes_nothing() {
    for call in ["DescribeRules", "DescribeServices", "DescribeDBClusters"] {
        let account = Account::new(&environment(25), quick());
        account.fail(call, Fault { kind: FaultKind::Denied, after_effect: false });
        held(&account).await;
        let world = account.world.borrow();
        assert!(world.services.iter().all(|service| service.peak == 0), "{call}");
        assert_eq!(world.database, Some(Database::Paused), "{call}");
        assert_eq!(world.route(), RouteTarget::Waker, "{call}");
    }
}

#[tokio::test(start_paused = true)]
async fn aws_that_never_answers_is_named_before_the_time_is_over() {
    for kind in [FaultKind::Throttled, FaultKind::TimedOut, FaultKind::Unreachable] {
        let account = Account::new(&environment(25), quick());
        for _ in 0..1_000 {
            account.fail("DescribeServices", Fault { kind, after_effect: false });
        }
        assert_eq!(held(&account).await, Answer::Failed(Failure::Fault(kind)));
    }
}

#[tokio::test(start_paused = true)]
async fn a_service_that_cannot_start_is_named_instead_of_waiting_out_the_clock() {
    for failure in [StartFailure::ImageNotPulled, StartFailure::SecretDenied, StartFailure::NoCapacity] {
        let account = Account::new(&environment(25), quick());
        account.world.borrow_mut().services[0].failure = Some(failure);
        let start = Instant::now();
        assert_eq!(held(&account).await, Answer::Failed(Failure::Start(failure)));
        let (took, failed) = (start.elapsed(), quick().task_start);
        assert!(took < failed + Duration::from_millis(1_500), "named {took:?} after the request");
    }
}

#[tokio::test(start_paused = true)]
async fn an_optional_service_that_cannot_start_holds_up_nothing() {
    let account = Account::new(&environment(25), quick());
    account.world.borrow_mut().services[2].failure = Some(StartFailure::ImageNotPulled);
    assert_eq!(held(&account).await, Answer::App);
}

#[tokio::test(start_paused = true)]
async fn database_and_tasks_start_at_the_same_moment() {
    let delays = Delays { task_start: Duration::from_secs(8), resume: Duration::from_secs(8), ..quick() };
    let account = Account::new(&environment(25), delays);
    let start = Instant::now();
    assert_eq!(held(&account).await, Answer::App);
    // The worker starts after the app: two starts one after the other, and the database beside
    // them.
    let critical = delays.task_start * 2 + delays.health_check + delays.propagation.longest();
    assert!(start.elapsed() < critical + Duration::from_secs(2), "took {:?}", start.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_stopped_database_is_started_once() {
    let delays = Delays { database_start: Duration::from_secs(10), ..quick() };
    let account = Account::new(&environment(25), delays);
    account.world.borrow_mut().database = Some(Database::Stopped);
    assert_eq!(held(&account).await, Answer::App);
    assert_eq!(account.called("StartDBCluster"), 1);
}

#[tokio::test(start_paused = true)]
async fn a_route_to_an_app_without_tasks_is_turned_back_until_it_has_some() {
    let account =
        Account::new(&environment(25), Delays { propagation: Duration::from_secs(1).into(), ..quick() });
    // The route was turned by hand; this visitor got through before that.
    account.world.borrow_mut().turn(RouteTarget::App);
    assert_eq!(held(&account).await, Answer::App);
    assert_eq!(account.called("ModifyRule"), 2, "back to the waker, and then to the app");
}
