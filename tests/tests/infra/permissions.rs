//! The waker's policy and its task's are sufficient for the whole circle, down and up; and without
//! one of their statements a certain step fails.

use std::collections::BTreeSet;

use reveille_tests::ministack::Settings;

use crate::infra::environment::{Cloud, NAME};
use crate::infra::policies::{Policy, denied_since, enforce};
use crate::infra::readme;
use crate::infra::terraform::{Terraform, available};
use crate::infra::walk::Step::{CheckPause, FallAsleep, Status, Wake};
use crate::infra::walk::{Step, Walk};

/// Which step fails without which statement of which policy.
const MISSED: [(Policy, &str, Step); 14] = [
    (WAKER, "Services", Status),
    (WAKER, "LookAtLoadBalancers", Status),
    (WAKER, "Aurora", Status),
    (WAKER, "DataApi", Wake),
    (WAKER, "DataApiSecrets", Wake),
    (WAKER, "TurnRoutes", Wake),
    (WAKER, "ListTasks", Wake),
    (WAKER, "Tasks", Wake),
    (WAKER, "Metrics", FallAsleep),
    (WAKER, "NoteOnRoutes", FallAsleep),
    (WAKER, "SuspendScaling", FallAsleep),
    (WAKER, "AlarmsOfScaling", FallAsleep),
    (WAKER, "AuroraMembers", CheckPause),
    (TASK, "Secrets", Wake),
];
/// Statements whose absence has no effect here: Lambda itself, and not the function's role, writes
/// a function's log in the local AWS. The example `existing` covers those about an RDS instance.
/// Not covered are `StopAurora`, because every example's Aurora pauses; `DataApiKeys`, because the
/// local Data API reads a secret without KMS; and those for a VPC, because no function here is in
/// one.
const NOT_SHOWN: [(Policy, &str); 1] = [(WAKER, "Log")];
/// The minimum for a function; each start of it gets one more.
const MEMORY_MB: i32 = 128;
/// At this speed no tick is due while the test runs.
const STILL: f64 = 1e-9;
const START_SECONDS: f64 = 1.5;

const WAKER: Policy = Policy { role: "demo-waker-us-east-1", name: "waker" };
const TASK: Policy = Policy { role: "demo-task-us-east-1", name: "demo-run" };

#[tokio::test]
async fn the_wakers_policy_is_enough_and_a_statement_taken_away_is_missed() {
    if !available("the_wakers_policy_is_enough_and_a_statement_taken_away_is_missed") {
        return;
    }
    let mut cloud = Cloud::start().await.unwrap();
    let endpoint = cloud.ministack.endpoint().to_owned();
    let variables = crate::infra::minimal::variables(&cloud);
    let terraform = Terraform::checkout("minimal", &endpoint, &variables, "").unwrap();
    // A function gets its role's credentials when it starts, at the first tick.
    enforce(&mut cloud.ministack, true).await;
    readme::follow(&terraform, Some(&cloud)).await.unwrap();
    let function = terraform.output("waker_function_name").await.unwrap();
    let route = terraform.output("route_rule_arn").await.unwrap();
    cloud.fill_cluster(NAME).await.unwrap();
    cloud.let_scale().await.unwrap();
    for policy in [WAKER, TASK] {
        let of = |known: &(Policy, &'static str)| (known.0 == policy).then_some(known.1);
        let shown = MISSED.map(|(policy, sid, _)| (policy, sid));
        let known: BTreeSet<_> = shown.iter().chain(&NOT_SHOWN).filter_map(of).collect();
        assert_eq!(policy.read(&mut cloud.ministack).await.sids(), known);
    }

    // Sufficient: woken by a visitor, put to sleep by the schedule, and no call was denied.
    let start = cloud.log().end();
    assert_eq!(cloud.visit().await.unwrap(), "visit 1\n");
    cloud.hurry(true).await.unwrap();
    cloud.until(start, |event| event.name == "task_stopped").await.unwrap();

    // From here on only the test invokes the function, and a start takes so long that the function
    // reads the tasks in the meantime.
    let alone =
        Settings { scheduler_speed: Some(STILL), start_seconds: Some(START_SECONDS), ..Settings::default() };
    cloud.ministack.change(&alone).await.unwrap();
    let mut walk = Walk { cloud: &mut cloud, function: &function, route: &route };
    assert_eq!(denied_since(&mut walk.cloud.ministack, start).await, Vec::<String>::new());
    walk.back(MEMORY_MB).await;
    assert_eq!(walk.around().await, None);

    let mut missed = Vec::new();
    for (memory_mb, (of, missing, _)) in (MEMORY_MB + 1..).zip(MISSED) {
        walk.back(memory_mb).await;
        let whole = of.read(&mut walk.cloud.ministack).await;
        of.write(&mut walk.cloud.ministack, &whole.without(missing)).await;
        let (step, denied) = walk.around().await.unwrap_or_else(|| panic!("{missing} is not missed"));
        assert!(whole.allows(missing, &denied), "without {missing} what was denied is {denied}");
        of.write(&mut walk.cloud.ministack, &whole).await;
        missed.push((of, missing, step));
    }
    assert_eq!(missed, MISSED);
}
