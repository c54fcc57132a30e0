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
    cloud::{
        account::Call,
        client::LIMIT,
        clock::{SECOND, millis},
        delays::{Delay, Delays},
        faults::Fault,
    },
    driver::Account,
    environment,
    visitor::{Answer, Client, request},
};

const CALLS: [Call; 8] = [
    Call::DescribeRules,
    Call::DescribeServices,
    Call::DescribeTags,
    Call::DescribeTargetHealth,
    Call::DescribeDBClusters,
    Call::UpdateService,
    Call::Touch,
    Call::ModifyRule,
];

const TASK_START: Duration = Duration::from_secs(4);

fn quick() -> Delays {
    Delays { task_start: TASK_START.into(), resume: Delay::Always(5 * SECOND), ..Delays::default() }
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
                assert_eq!(held(&account).await, Answer::App, "{call:?} {kind:?}");
                assert_eq!(account.world().account.faults.left(), 0, "{call:?} was never called");
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
            assert_eq!(held(&account).await, Answer::Failed(Failure::Fault(kind)), "{call:?}");
            assert_eq!(account.world().account.faults.left(), 0, "{call:?} was never called");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_first_observation_that_fails_for_good_wakes_nothing() {
    for call in [Call::DescribeRules, Call::DescribeServices, Call::DescribeDBClusters] {
        let account = Account::new(&environment(25), quick());
        account.fail(call, Fault { kind: FaultKind::Denied, after_effect: false });
        held(&account).await;
        let resources = account.resources(&environment(25));
        assert!(resources.services.iter().all(|service| service.peak == 0), "{call:?}");
        let database = resources.database.as_ref().unwrap();
        assert!(database.is_paused(account.now()), "{call:?}");
        assert_eq!(resources.route.target(), RouteTarget::Waker, "{call:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn aws_that_never_answers_is_named_before_the_time_is_over() {
    for kind in [FaultKind::Throttled, FaultKind::TimedOut, FaultKind::Unreachable] {
        let account = Account::new(&environment(25), quick());
        for _ in 0..1_000 {
            account.fail(Call::DescribeServices, Fault { kind, after_effect: false });
        }
        assert_eq!(held(&account).await, Answer::Failed(Failure::Fault(kind)));
    }
}

#[tokio::test(start_paused = true)]
async fn a_service_that_cannot_start_is_named_instead_of_waiting_out_the_clock() {
    for failure in [StartFailure::ImageNotPulled, StartFailure::SecretDenied, StartFailure::NoCapacity] {
        let account = Account::new(&environment(25), quick());
        account.resources(&environment(25)).services[0].failure = Some(failure);
        let start = Instant::now();
        assert_eq!(held(&account).await, Answer::Failed(Failure::Start(failure)));
        let took = start.elapsed();
        assert!(took < TASK_START + Duration::from_millis(1_500), "named {took:?} after the request");
    }
}

#[tokio::test(start_paused = true)]
async fn an_optional_service_that_cannot_start_holds_up_nothing() {
    let account = Account::new(&environment(25), quick());
    account.resources(&environment(25)).services[2].failure = Some(StartFailure::ImageNotPulled);
    assert_eq!(held(&account).await, Answer::App);
}

#[tokio::test(start_paused = true)]
async fn database_and_tasks_start_at_the_same_moment() {
    let same = Delay::Always(8 * SECOND);
    let delays = Delays { task_start: same, resume: same, ..quick() };
    let account = Account::new(&environment(25), delays);
    let start = Instant::now();
    assert_eq!(held(&account).await, Answer::App);
    // The worker starts after the app: two starts one after the other, and the database beside
    // them.
    let critical = 2 * same.longest() + delays.health_check.longest() + delays.propagation.longest();
    assert!(millis(start.elapsed()) < critical + 2 * SECOND, "took {:?}", start.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_stopped_database_is_started_once() {
    let delays = Delays { database_start: Delay::Always(10 * SECOND), ..quick() };
    let account = Account::new(&environment(25), delays);
    account.resources(&environment(25)).database.as_mut().unwrap().stop();
    assert_eq!(held(&account).await, Answer::App);
    assert_eq!(account.called(Call::StartDBCluster), 1);
}

#[tokio::test(start_paused = true)]
async fn a_route_to_an_app_without_tasks_is_turned_back_until_it_has_some() {
    let account = Account::new(&environment(25), Delays { propagation: Delay::Always(SECOND), ..quick() });
    // The route was turned by hand; this visitor got through before that.
    account.resources(&environment(25)).route.turn(account.now(), RouteTarget::App);
    assert_eq!(held(&account).await, Answer::App);
    assert_eq!(account.called(Call::ModifyRule), 2, "back to the waker, and then to the app");
}
