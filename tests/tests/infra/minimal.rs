//! The example `minimal`: applied, woken, put to sleep, and destroyed.

use reveille_tests::binaries::sample_app;
use reveille_tests::postgres::Postgres;
use serde_json::{Value, json};

use crate::infra::environment::{Cloud, NAME};
use crate::infra::readme;
use crate::infra::terraform::{Terraform, available};

/// The sample app behind the entrypoint. RDS's names do not resolve here: the app gets the
/// database's address in variables.
pub fn variables(cloud: &Cloud) -> Value {
    let mut variables = cloud.variables().unwrap();
    variables["image"] = json!("sample-app");
    variables["command"] = json!([sample_app().unwrap()]);
    variables["entrypoint"]["export"] = json!({ "DATABASE_URL": "conninfo" });
    variables["environment"] = json!({
        "DB_HOST": Postgres::HOST,
        "DB_PORT": cloud.gate.port().to_string(),
        "DB_SSLMODE": "disable",
    });
    // Metrics are available at once here, so no delay is needed.
    variables["min_awake_seconds"] = json!(0);
    variables["metrics_delay_seconds"] = json!(1);
    variables
}

#[tokio::test]
async fn what_terraform_makes_wakes_sleeps_stays_as_planned_and_leaves_nothing() {
    if !available("what_terraform_makes_wakes_sleeps_stays_as_planned_and_leaves_nothing") {
        return;
    }
    let mut cloud = Cloud::start().await.unwrap();
    let endpoint = cloud.ministack.endpoint().to_owned();
    let before = crate::infra::control_plane::listings(&endpoint).await.unwrap();
    let variables = variables(&cloud);
    let terraform = Terraform::checkout("minimal", &endpoint, &variables, "").unwrap();
    let followed = readme::follow(&terraform, Some(&cloud)).await.unwrap();
    let status: Value = serde_json::from_str(followed.output("status_url")).unwrap();
    assert_eq!(status["state"], "asleep", "{status}");
    let function = terraform.output("waker_function_name").await.unwrap();
    let processors = cloud.processors(&function, &[(NAME, NAME)]).await.unwrap();
    assert_eq!(processors.into_iter().collect::<Vec<_>>(), [followed.processors().0]);
    cloud.fill_cluster(NAME).await.unwrap();
    let route = terraform.output("route_rule_arn").await.unwrap();

    // As created: asleep, with nothing left to do.
    assert_eq!(cloud.route_and_counts(&route).await.unwrap(), ("waker", 0, 0));
    assert_eq!(terraform.changes().await.unwrap(), None, "after the apply");
    let status = cloud.ask(&function, &json!({ "reveille": "status" })).await.unwrap();
    assert_eq!(status["environments"][0]["state"], "asleep", "{status}");
    assert_eq!(cloud.route_and_counts(&route).await.unwrap(), ("waker", 0, 0));

    // A request through the load balancer wakes it, by the Data API and with RDS's own secret.
    assert_eq!(cloud.visit().await.unwrap(), "visit 1\n");
    assert_eq!(cloud.route_and_counts(&route).await.unwrap(), ("app", 1, 1));
    assert_eq!(terraform.changes().await.unwrap(), None, "after the wake");
    assert_eq!(cloud.route_and_counts(&route).await.unwrap(), ("app", 1, 1));

    // The schedule's ticks put it to sleep.
    let place = cloud.log().end();
    cloud.hurry(true).await.unwrap();
    let emptied = cloud
        .until(place, |event| event.name == "desired_count_set" && event.fields["count"] == 0)
        .await
        .unwrap();
    cloud.until(place, |event| event.name == "task_stopped").await.unwrap();
    let unlocked = |event: &reveille_tests::event_log::Event| {
        event.name == "schedule_invoked" && event.fields["answer"]["environments"][0]["state"] == "asleep"
    };
    cloud.until(emptied, unlocked).await.unwrap();
    assert_eq!(cloud.route_and_counts(&route).await.unwrap(), ("waker", 0, 0));
    assert_eq!(terraform.changes().await.unwrap(), None, "after the sleep");

    // It wakes again, with its data, and can be destroyed in this state.
    cloud.hurry(false).await.unwrap();
    of_all_examples(&terraform, &cloud).await;
    assert_eq!(cloud.route_and_counts(&route).await.unwrap(), ("app", 1, 1));
    assert_eq!(cloud.visit().await.unwrap(), "visit 2\n");
    let made = terraform.resources().await.unwrap();
    assert!(made.contains("aws_lb_listener_rule.route") && made.lines().count() > 50, "{made}");
    terraform.destroy().await.unwrap();
    assert_eq!(terraform.resources().await.unwrap(), "");
    let after = crate::infra::control_plane::listings(&endpoint).await.unwrap();
    for (listing, before) in before {
        assert_eq!(after[listing], before, "{listing}");
    }
}

/// The commands of the documents about all examples, on this one: the build with an image, and the wake by
/// command.
async fn of_all_examples(terraform: &Terraform, cloud: &Cloud) {
    let document = "infra/README.md";
    // The documents' environment, with this one's names.
    let names = [
        ("staging-waker", "demo-waker"),
        ("--function-name waker", "--function-name demo-waker"),
        ("\"staging\"", "\"app\""),
    ];
    let ours =
        |command: String| names.iter().fold(command, |text, (theirs, ours)| text.replace(theirs, ours));
    let of = |document, heading| readme::section(document, heading).unwrap().into_iter().map(ours);
    let top = terraform.top();
    let wake = of("waker/docs/commands.md", "").collect();
    let woken = readme::run(terraform, Some(cloud), "waker/docs/commands.md", top, wake).await.unwrap();
    assert_eq!(woken.answer()["environments"][0]["state"], "awake", "{woken:?}");
    let commands = of(document, "Building a release").chain(of(document, "How long a first call may wait"));
    let followed = readme::run(terraform, Some(cloud), document, top, commands.collect()).await.unwrap();
    let answer = std::fs::read_to_string(top.join("answer.json")).unwrap();
    let answer: Value = serde_json::from_str(&answer).unwrap();
    assert_eq!(answer["environments"][0]["state"], "awake", "{answer}");
    let (zip, images) = followed.processors();
    assert!(
        images.len() == 1 && images[0].0.ends_with(&format!("reveille-entrypoint:1-{zip}")),
        "{images:?}"
    );
    assert_eq!(images[0].1, zip);
}
