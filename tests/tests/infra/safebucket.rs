//! The example `safebucket`: three services that wake together, with an RDS instance that is
//! stopped while they sleep. The sample app replaces Safebucket, small programs replace Loki and
//! Mailpit.

use std::time::Duration;

use reqwest::StatusCode;
use reveille_tests::binaries::sample_app;
use reveille_tests::gate::Status;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use crate::infra::LIMIT;
use crate::infra::control_plane::{get, listings};
use crate::infra::environment::{Cloud, NAME};
use crate::infra::readme;
use crate::infra::terraform::{Terraform, available};

const SERVICES: [&str; 3] = ["demo-safebucket", "demo-loki", "demo-mailpit"];
const BUCKET: &str = "demo-files";
const PASSWORD: &str = "only-for-the-local-aws";
const POLL: Duration = Duration::from_millis(200);

/// Differences from AWS:
/// - RDS's names do not resolve;
/// - there is no Redis, and no DNS for Cloud Map's names: the app waits for the database alone;
/// - tasks are processes: Loki, Mailpit and the program of Loki's health check come from no image,
///   and Loki's file from no volume.
fn override_file(cloud: &Cloud) -> String {
    let database = cloud.database("module.database");
    format!(
        r#"
module "safebucket_task" {{
  {database}
  entrypoint = merge(var.entrypoint, {{
    wait   = ["database"]
    export = {{ DATABASE_URL = "conninfo" }}
  }})
}}

module "loki_task" {{
  command = ["/bin/sh", "-c", "exec sleep 3600"]
  files   = null

  health_check = null
}}

module "mailpit_task" {{
  command = ["/bin/sh", "-c", "exec python3 -m http.server --bind \"$TASK_IP\" 8025"]
}}
"#
    )
}

/// Runs only if Safebucket's own secrets exist.
fn in_place_of_safebucket() -> Value {
    let app = sample_app().unwrap();
    let script = format!(
        r#"
test "${{#APP__JWT_SECRET}} ${{#APP__ADMIN_PASSWORD}}" = "64 24"
test "$CACHE__REDIS__PASSWORD" = "0123456789abcdef0123456789abcdef"
test "$DATABASE__PASSWORD" = "{PASSWORD}"
export PORT="$APP__PORT"
exec "{}""#,
        app.display()
    );
    json!(["/bin/sh", "-euc", script])
}

fn variables(cloud: &Cloud) -> Value {
    let mut variables = cloud.variables().unwrap();
    variables["safebucket_command"] = in_place_of_safebucket();
    variables["app_secret_arn"] = json!(readme::PRINTED);
    variables["bucket_name"] = json!(BUCKET);
    variables["s3_event_queue_name"] = json!("demo-events");
    variables["notification_queue_name"] = json!("demo-notifications");
    variables["cache_password"] = json!("0123456789abcdef0123456789abcdef");
    // RDS's own secret of an instance: the local AWS creates one for clusters only.
    variables["database_password"] = json!(PASSWORD);
    variables
}

#[tokio::test]
async fn three_services_and_their_database_wake_and_sleep_together() {
    if !available("three_services_and_their_database_wake_and_sleep_together") {
        return;
    }
    let cloud = Cloud::start().await.unwrap();
    let endpoint = cloud.ministack.endpoint().to_owned();
    let variables = variables(&cloud);
    let before = listings(&endpoint).await.unwrap();
    let terraform = Terraform::checkout("safebucket", &endpoint, &variables, &override_file(&cloud)).unwrap();
    // An instance follows RDS, and is created running.
    cloud.gate.turn(Status::Up);
    cloud.gate.follow_rds(cloud.log().clone());
    cloud.fill_database("safebucket", PASSWORD, "safebucket").await.unwrap();
    let followed = readme::follow(&terraform, Some(&cloud)).await.unwrap();
    let services = SERVICES.map(|service| ("demo-cluster", service));
    let processors = cloud.processors(&format!("{NAME}-waker"), &services).await.unwrap();
    assert_eq!(processors.into_iter().collect::<Vec<_>>(), [followed.processors().0]);
    assert!(followed.output("terraform output url").starts_with("\"http://"), "{followed:?}");

    // The created resources, by the waker's configuration and AWS's own listings.
    let config: Value = serde_json::from_str(&terraform.output("waker_config").await.unwrap()).unwrap();
    let environment = &config["environments"][0];
    let services: Vec<_> =
        environment["services"].as_array().unwrap().iter().map(|service| &service["service"]).collect();
    assert_eq!(services, SERVICES, "{config}");
    assert_eq!(
        environment["database"],
        json!({ "kind": "instance", "identifier": NAME, "stop_when_idle": true }),
        "{config}"
    );
    let route = environment["route"]["rule_arn"].as_str().unwrap();
    let (waker, app) =
        (&environment["route"]["waker_target_group_arn"], &environment["route"]["app_target_group_arn"]);
    let expected = [("100", waker), ("101", waker), ("102", app)];
    let expected =
        expected.map(|(priority, target)| (priority.to_owned(), target.as_str().unwrap().to_owned()));
    assert_eq!(cloud.rules(80).await.unwrap(), expected);
    let notified = get(&endpoint, "s3", &format!("/{BUCKET}?notification")).await.unwrap();
    assert!(notified.contains(":demo-events<"), "{notified}");
    let made = listings(&endpoint).await.unwrap();
    for (listing, name) in [
        ("AmazonSQS.ListQueues", "demo-notifications"),
        ("Route53AutoNaming_v20170314.ListServices", "mailpit"),
        ("DescribeUserGroups", "<UserGroupId>demo</UserGroupId>"),
        ("/", "demo-files-logs"),
    ] {
        assert!(made[listing].contains(name), "{listing}: {}", made[listing]);
    }
    assert_eq!(terraform.changes().await.unwrap(), None, "after the apply");

    // An operator's command puts it to sleep at first, and with it the database, unless a tick has.
    sleep_all(&cloud, 0).await;
    assert_eq!(everything(&cloud, route).await, ("waker", [(0, 0); 3], Status::Stopped));
    let mailpit = reqwest::get(cloud.url(8025).await.unwrap()).await.unwrap();
    assert_eq!(mailpit.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(terraform.changes().await.unwrap(), None, "asleep");

    // One request wakes all of it. Its health check uses the path where visits are counted.
    let answer = cloud.visit().await.unwrap();
    assert!(answer.starts_with("visit "), "{answer}");
    mailpit_answers(&cloud).await;
    assert_eq!(everything(&cloud, route).await, ("app", [(1, 1); 3], Status::Up));
    assert_eq!(terraform.changes().await.unwrap(), None, "after the wake");

    let names = [
        ("safebucket-dev-cluster", "demo-cluster"),
        ("safebucket-dev-safebucket", SERVICES[0]),
        ("TASK", "0123456789abcdef0123456789abcdef"),
    ];
    let login = readme::follow_section(&terraform, &cloud, "Login", &names).await.unwrap();
    assert!(login.output("get-secret-value").contains("admin_password"), "{login:?}");
    assert!(login.output("raw url").starts_with("http://"), "{login:?}");
    let trouble = readme::follow_section(&terraform, &cloud, "Troubleshooting", &names).await.unwrap();
    assert_eq!(trouble.output("list-tasks").matches(":task/").count(), 1, "{trouble:?}");
    readme::follow_section(&terraform, &cloud, "Scaling by hand", &names).await.unwrap();
    assert_eq!(cloud.tasks("demo-cluster", SERVICES[0]).await.unwrap().0, 3);

    sleep_all(&cloud, cloud.log().end()).await;
    assert_eq!(everything(&cloud, route).await, ("waker", [(0, 0); 3], Status::Stopped));
    assert_eq!(terraform.changes().await.unwrap(), None, "after the sleep");

    readme::follow_section(&terraform, &cloud, "Cleanup", &names).await.unwrap();
    cloud.forget_secret("safebucket-app").await.unwrap();
    assert_eq!(terraform.resources().await.unwrap(), "");
    let after = listings(&endpoint).await.unwrap();
    for (listing, before) in before {
        assert_eq!(after[listing], before, "{listing}");
    }
}

/// By an operator's command; waits until the database has stopped since a place in the log.
async fn sleep_all(cloud: &Cloud, place: usize) {
    let order = json!({ "reveille": "sleep", "environment": "app", "wait": true });
    let answer = cloud.ask(&format!("{NAME}-waker"), &order).await.unwrap();
    assert_eq!(answer["environments"][0]["state"], "asleep", "{answer}");
    cloud.until(place, |event| event.text("status") == "stopped").await.unwrap();
    // The gate reads the same log.
    cloud.until(place, |event| event.name == "database_stopped").await.unwrap();
}

/// The route's target, the desired and running counts of each service, and the database.
async fn everything(cloud: &Cloud, route: &str) -> (&'static str, [(i32, i32); 3], Status) {
    let mut tasks = [(0, 0); 3];
    for (tasks, service) in tasks.iter_mut().zip(SERVICES) {
        *tasks = cloud.tasks("demo-cluster", service).await.unwrap();
    }
    (cloud.leads(route).await.unwrap(), tasks, cloud.gate.status())
}

/// The environment does not wait for it, so it may answer a little later.
async fn mailpit_answers(cloud: &Cloud) {
    let url = cloud.url(8025).await.unwrap();
    let deadline = Instant::now() + LIMIT;
    loop {
        let status = reqwest::get(&url).await.unwrap().status();
        if status == StatusCode::OK {
            return;
        }
        assert!(Instant::now() < deadline, "the last answer was {status}");
        sleep(POLL).await;
    }
}
