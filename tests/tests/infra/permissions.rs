//! The waker's policy is enough for the way once around, down and up; and without a statement of
//! it a certain step of that way fails.

use reveille_tests::ministack::Settings;
use serde_json::{Value, json};

use crate::control_plane::iam;
use crate::environment::{Cloud, NAME};
use crate::terraform::{Terraform, available};
use crate::walk::Step::{FallAsleep, Look, LookAtPause, Wake};
use crate::walk::{Step, Walk};

/// Which step fails without which statement.
const MISSED: [(&str, Step); 11] = [
    ("Services", Look),
    ("LookAtLoadBalancers", Look),
    ("Aurora", Look),
    ("DataApi", Wake),
    ("DataApiSecrets", Wake),
    ("TurnRoutes", Wake),
    ("ListTasks", Wake),
    ("Tasks", Wake),
    ("Metrics", FallAsleep),
    ("NoteOnRoutes", FallAsleep),
    ("AuroraMembers", LookAtPause),
];
/// Whose absence is not seen here: Lambda itself writes a function's log in the local AWS, and not by
/// the function's role.
const NOT_SHOWN: [&str; 1] = ["Log"];
/// The least that a function can have; each start of it gets one more.
const MEMORY_MB: i32 = 128;
/// At this speed no tick is due for as long as anything here runs.
const STILL: f64 = 1e-9;
const START_SECONDS: f64 = 1.5;

#[tokio::test]
async fn the_wakers_policy_is_enough_and_a_statement_taken_away_is_missed() {
    if !available("the_wakers_policy_is_enough_and_a_statement_taken_away_is_missed") {
        return;
    }
    let mut cloud = Cloud::start().await.unwrap();
    let endpoint = cloud.ministack.endpoint().to_owned();
    let variables = crate::minimal::variables(&cloud);
    let terraform = Terraform::init("minimal", &endpoint, &variables, "").await.unwrap();
    // A function gets its role's credentials when it starts, which the first tick makes it do.
    cloud.enforce_policies(true).await.unwrap();
    terraform.apply().await.unwrap();
    let function = terraform.output("waker_function_name").await.unwrap();
    let route = terraform.output("route_rule_arn").await.unwrap();
    cloud.fill_cluster().await.unwrap();
    let policy = waker_policy(&mut cloud).await;
    let mut sids: Vec<_> = policy["Statement"].as_array().unwrap().iter().map(sid).collect();
    let mut known: Vec<_> = MISSED.iter().map(|(sid, _)| *sid).chain(NOT_SHOWN).collect();
    sids.sort_unstable();
    known.sort_unstable();
    assert_eq!(sids, known);

    // Enough: woken by a visitor, put to sleep by the schedule, and nothing was denied.
    let start = cloud.log().end();
    assert_eq!(cloud.visit().await.unwrap(), "visit 1\n");
    cloud.hurry(true).await.unwrap();
    cloud.until(start, |event| event.name == "task_stopped").await.unwrap();

    // From here on the function does only what it is told to, and a start takes so long that it
    // looks at the tasks meanwhile.
    let alone =
        Settings { scheduler_speed: Some(STILL), start_seconds: Some(START_SECONDS), ..Settings::default() };
    cloud.ministack.change(&alone).await.unwrap();
    let mut walk = Walk { cloud: &mut cloud, function: &function, route: &route };
    assert_eq!(walk.denied_since(start).await, Vec::<String>::new());
    walk.back(MEMORY_MB).await;
    assert_eq!(walk.around().await, None);

    let mut missed = Vec::new();
    for (memory_mb, (missing, _)) in (MEMORY_MB + 1..).zip(MISSED) {
        walk.back(memory_mb).await;
        let mut less = policy.clone();
        less["Statement"].as_array_mut().unwrap().retain(|statement| sid(statement) != missing);
        put_waker_policy(walk.cloud, &less).await;
        let (step, denied) = walk.around().await.unwrap_or_else(|| panic!("{missing} is not missed"));
        let mut statements = policy["Statement"].as_array().unwrap().iter();
        let statement = statements.find(|statement| sid(statement) == missing).unwrap();
        let actions = statement["Action"].as_array().unwrap();
        assert!(actions.contains(&json!(denied)), "without {missing} what was denied is {denied}");
        put_waker_policy(walk.cloud, &policy).await;
        missed.push((missing, step));
    }
    assert_eq!(missed, MISSED);
}

fn sid(statement: &Value) -> &str {
    statement["Sid"].as_str().unwrap()
}

async fn waker_policy(cloud: &mut Cloud) -> Value {
    let (endpoint, role) = (cloud.ministack.endpoint().to_owned(), format!("{NAME}-waker"));
    cloud.enforce_policies(false).await.unwrap();
    let form = [("Action", "GetRolePolicy"), ("RoleName", &*role), ("PolicyName", "waker")];
    let answer = iam(&endpoint, &form).await.unwrap();
    cloud.enforce_policies(true).await.unwrap();
    let (_, rest) = answer.split_once("<PolicyDocument>").unwrap();
    let (document, _) = rest.split_once("</PolicyDocument>").unwrap();
    let document =
        url::form_urlencoded::parse(format!("document={document}").as_bytes()).next().unwrap().1.into_owned();
    serde_json::from_str(&document).unwrap()
}

/// As somebody from outside: the local AWS takes this unsigned call only while it enforces nothing.
async fn put_waker_policy(cloud: &mut Cloud, policy: &Value) {
    let (endpoint, role) = (cloud.ministack.endpoint().to_owned(), format!("{NAME}-waker"));
    let document = policy.to_string();
    cloud.enforce_policies(false).await.unwrap();
    let form = [
        ("Action", "PutRolePolicy"),
        ("RoleName", &*role),
        ("PolicyName", "waker"),
        ("PolicyDocument", &*document),
    ];
    iam(&endpoint, &form).await.unwrap();
    cloud.enforce_policies(true).await.unwrap();
}
