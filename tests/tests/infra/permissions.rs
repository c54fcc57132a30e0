//! The waker's policy is enough for the way once around, down and up; and without a statement of
//! it something is denied on that way.

use reveille_tests::event_log::Event;
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::LIMIT;
use crate::control_plane::iam;
use crate::environment::{Cloud, NAME};
use crate::terraform::{Terraform, available};

/// Whose absence is seen here. It is not seen of `Log`: here Lambda itself writes a function's log,
/// and not by the function's role. Of those for the metrics and the database it is not shown yet.
const MISSED: [&str; 6] =
    ["Services", "ListTasks", "Tasks", "LookAtLoadBalancers", "TurnRoutes", "NoteOnRoutes"];
const BETWEEN_VISITS: std::time::Duration = std::time::Duration::from_secs(12);

#[tokio::test]
async fn the_wakers_policy_is_enough_and_a_statement_taken_away_is_missed() {
    if !available("the_wakers_policy_is_enough_and_a_statement_taken_away_is_missed") {
        return;
    }
    let mut cloud = Cloud::start().await.unwrap();
    let endpoint = cloud.ministack.endpoint().to_owned();
    let variables = cloud.variables().unwrap();
    let terraform =
        Terraform::init("minimal", &endpoint, &variables, crate::minimal::OVERRIDE).await.unwrap();
    // A function gets its role's credentials when it starts, which the first tick makes it do.
    cloud.enforce_policies(true).await.unwrap();
    terraform.apply().await.unwrap();
    cloud.fill_database().await.unwrap();
    cloud.enforce_policies(false).await.unwrap();
    let policy = waker_policy(&endpoint).await;
    cloud.enforce_policies(true).await.unwrap();

    // Enough: woken by a visitor, put to sleep by ticks, and nothing was denied.
    let start = cloud.log().end();
    assert_eq!(cloud.visit().await.unwrap(), "visit 1\n");
    cloud.hurry(true).await.unwrap();
    cloud.until(start, |event| event.name == "task_stopped").await.unwrap();
    assert_eq!(denied(&cloud, start), Vec::<String>::new());

    for sid in MISSED {
        let statements = policy["Statement"].as_array().unwrap();
        let statement = statements.iter().find(|statement| statement["Sid"] == sid).unwrap();
        let mut less = policy.clone();
        less["Statement"].as_array_mut().unwrap().retain(|one| one != statement);
        put_waker_policy(&mut cloud, &less).await;
        let actions: Vec<_> = match &statement["Action"] {
            Value::Array(actions) => actions.iter().map(|action| action.as_str().unwrap()).collect(),
            action => vec![action.as_str().unwrap()],
        };
        let place = cloud.log().end();
        let missed = once_around(&cloud, place).await;
        assert!(actions.contains(&missed.as_str()), "without {sid} what was denied is {missed}");
        put_waker_policy(&mut cloud, &policy).await;
    }
}

/// Visits now and then, with ticks all the time, until something is denied; gives back what.
async fn once_around(cloud: &Cloud, place: usize) -> String {
    let url = cloud.url().await.unwrap();
    let deadline = Instant::now() + LIMIT;
    loop {
        let visitor = tokio::spawn(reqwest::get(url.clone()));
        let denial = cloud.log().find(place, BETWEEN_VISITS, |event| event.name == "access_denied").await;
        visitor.abort();
        match denial {
            Ok((denial, _)) => return denial.text("action").to_owned(),
            Err(error) => assert!(Instant::now() < deadline, "nothing is denied: {error:#}"),
        }
    }
}

fn denied(cloud: &Cloud, from: usize) -> Vec<String> {
    let denied = |event: &Event| event.name == "access_denied";
    cloud.log().all()[from..]
        .iter()
        .filter(|event| denied(event))
        .map(|event| event.text("action").to_owned())
        .collect()
}

async fn waker_policy(endpoint: &str) -> Value {
    let role = format!("{NAME}-waker");
    let form = [("Action", "GetRolePolicy"), ("RoleName", &*role), ("PolicyName", "waker")];
    let answer = iam(endpoint, &form).await.unwrap();
    let (_, rest) = answer.split_once("<PolicyDocument>").unwrap();
    let (document, _) = rest.split_once("</PolicyDocument>").unwrap();
    let document =
        url::form_urlencoded::parse(format!("document={document}").as_bytes()).next().unwrap().1.into_owned();
    serde_json::from_str(&document).unwrap_or(json!(document))
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
