//! Properties over random timelines.

use std::{ops::Range, rc::Rc, time::Duration};

use futures_util::future::join_all;
use proptest::{collection::vec, prelude::*};
use tokio::time::sleep;
use waker::environment::{fault::FaultKind, protocol::ResponseMode, snapshot::RouteTarget};

use crate::{
    cloud::{
        account::Call,
        client::LIMIT,
        delays::{Delay, Delays},
        faults::Fault,
    },
    driver::Account,
    environment,
    visitor::{Answer, Client, persistent, request},
};

/// Longer than any wake of these timelines.
const GIVE_UP: Duration = Duration::from_secs(600);

#[derive(Clone, Debug)]
struct Timeline {
    delays: Delays,
    stopped: bool,
    /// Arrival and response mode of each.
    visitors: Vec<(Duration, ResponseMode)>,
    faults: Vec<(Call, Fault)>,
}

fn millis(range: Range<u64>) -> impl Strategy<Value = Duration> {
    range.prop_map(Duration::from_millis)
}

fn delay(range: Range<u64>) -> impl Strategy<Value = Delay> {
    range.prop_map(Delay::Always)
}

fn delays() -> impl Strategy<Value = Delays> {
    (delay(1..400), delay(0..40_000), delay(0..10_000), delay(0..40_000), delay(0..200_000), delay(0..10_000))
        .prop_map(|(call, task_start, health_check, resume, database_start, propagation)| Delays {
            call,
            task_start,
            health_check,
            resume,
            database_start,
            propagation,
            ..Delays::default()
        })
}

fn fault() -> impl Strategy<Value = (Call, Fault)> {
    let call = prop::sample::select(vec![
        Call::DescribeRules,
        Call::DescribeServices,
        Call::DescribeTargetHealth,
        Call::DescribeDBClusters,
        Call::UpdateService,
        Call::StartDBCluster,
        Call::Touch,
        Call::ModifyRule,
    ]);
    let kind = prop::sample::select(vec![
        FaultKind::Throttled,
        FaultKind::TimedOut,
        FaultKind::Unreachable,
        FaultKind::Unavailable,
        FaultKind::Malformed,
        FaultKind::WrongState,
    ]);
    (call, kind, any::<bool>()).prop_map(|(call, kind, after_effect)| (call, Fault { kind, after_effect }))
}

fn timeline() -> impl Strategy<Value = Timeline> {
    let mode = prop_oneof![
        Just(ResponseMode::Page),
        (0_u64..40).prop_map(|seconds| ResponseMode::Hold(Duration::from_secs(seconds))),
    ];
    (delays(), any::<bool>(), vec((millis(0..60_000), mode), 1..12), vec(fault(), 0..12))
        .prop_map(|(delays, stopped, visitors, faults)| Timeline { delays, stopped, visitors, faults })
}

/// In virtual time, on a world that is asleep.
fn run<T>(timeline: &Timeline, visit: impl AsyncFnOnce(Rc<Account>) -> T) -> (Rc<Account>, T) {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    runtime.block_on(async {
        let account = Account::new(&environment(25), timeline.delays);
        if timeline.stopped {
            account.resources(&environment(25)).database.as_mut().unwrap().stop();
        }
        for (call, fault) in &timeline.faults {
            account.fail(*call, *fault);
        }
        let value = visit(Rc::clone(&account)).await;
        (account, value)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// `request` itself asserts that no redirect comes before a healthy target and that every
    /// answer comes in time.
    #[test]
    fn every_visitor_gets_an_answer_and_no_count_exceeds_the_configured_one(timeline in timeline()) {
        let environment = environment(25);
        let (account, answers) = run(&timeline, async |account| {
            let visits = timeline.visitors.iter().enumerate().map(async |(seed, (arrival, mode))| {
                sleep(*arrival).await;
                request(&account, &environment, Client::new(*mode), seed as u64).await
            });
            join_all(visits).await
        });
        prop_assert_eq!(answers.len(), timeline.visitors.len());
        for answer in answers {
            prop_assert!(answer != Answer::TooManyRedirects && answer != Answer::Bare503, "{:?}", answer);
        }
        for (service, simulated) in environment.services.iter().zip(&account.resources(&environment).services) {
            prop_assert!(simulated.peak <= service.count);
        }
    }

    /// All faults here are transient, and their number is finite.
    #[test]
    fn a_wake_that_can_succeed_does(timeline in timeline()) {
        let environment = environment(25);
        let (account, answers) = run(&timeline, async |account| {
            let visits = timeline.visitors.iter().enumerate().map(async |(seed, (arrival, mode))| {
                sleep(*arrival).await;
                persistent(&account, &environment, Client::new(*mode), seed as u64, GIVE_UP).await
            });
            join_all(visits).await
        });
        for answer in answers {
            prop_assert_eq!(answer, Answer::App);
        }
        let resources = account.resources(&environment);
        prop_assert_eq!(resources.route.target(), RouteTarget::App);
        for (index, service) in environment.services.iter().enumerate().filter(|(_, service)| !service.optional) {
            prop_assert_eq!(resources.services[index].desired, service.count);
        }
    }

    /// A visitor who is held long enough needs no second request.
    #[test]
    fn a_visitor_held_longer_than_the_wake_takes_is_answered_by_the_app(
        task_start in delay(0..8_000), health_check in delay(0..2_000), resume in delay(0..12_000),
    ) {
        let delays = Delays { task_start, health_check, resume, ..Delays::default() };
        let timeline = Timeline { delays, stopped: false, visitors: Vec::new(), faults: Vec::new() };
        let environment = environment(25);
        let client = Client::new(ResponseMode::Hold(LIMIT));
        let (_, answer) = run(&timeline, async |account| request(&account, &environment, client, 7).await);
        prop_assert_eq!(answer, Answer::App);
    }
}
