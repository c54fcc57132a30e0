//! The example `lakefs`: lakeFS's variables, secret, bucket and Aurora, with the sample app in its
//! place.

use reveille_tests::binaries::sample_app;
use serde_json::{Value, json};

use crate::infra::control_plane::{get, listings};
use crate::infra::environment::{Cloud, NAME};
use crate::infra::readme;
use crate::infra::terraform::{Terraform, available};

const BUCKET: &str = "demo-blocks";

/// The difference from AWS: RDS's names do not resolve.
fn override_file(cloud: &Cloud) -> String {
    let database = cloud.database("module.database");
    format!(
        r#"
module "task" {{
  {database}
}}
"#
    )
}

/// Translates lakeFS's variables for the sample app, and runs only if all of them exist.
fn in_place_of_lakefs() -> Value {
    let app = sample_app().unwrap();
    let script = format!(
        r#"
test "${{#LAKEFS_AUTH_ENCRYPT_SECRET_KEY}}" = 64
test "$LAKEFS_DATABASE_TYPE $LAKEFS_BLOCKSTORE_TYPE $LAKEFS_BLOCKSTORE_S3_REGION" = "postgres s3 us-east-1"
export DATABASE_URL="$LAKEFS_DATABASE_POSTGRES_CONNECTION_STRING" PORT="${{LAKEFS_LISTEN_ADDRESS##*:}}"
exec "{}""#,
        app.display()
    );
    json!(["/bin/sh", "-euc", script])
}

fn variables(cloud: &Cloud) -> Value {
    let mut variables = cloud.variables().unwrap();
    variables["image"] = json!("sample-app");
    variables["command"] = in_place_of_lakefs();
    variables["bucket_name"] = json!(BUCKET);
    variables["auth_secret_arn"] = json!(readme::PRINTED);
    // The aws_appautoscaling_* resources: the local AWS has no Application Auto Scaling.
    variables["autoscaling"] = json!(false);
    variables
}

#[tokio::test]
async fn lakefs_is_made_wakes_sleeps_stays_as_planned_and_leaves_nothing() {
    if !available("lakefs_is_made_wakes_sleeps_stays_as_planned_and_leaves_nothing") {
        return;
    }
    let cloud = Cloud::start().await.unwrap();
    let endpoint = cloud.ministack.endpoint().to_owned();
    let variables = variables(&cloud);
    let before = listings(&endpoint).await.unwrap();
    let terraform = Terraform::checkout("lakefs", &endpoint, &variables, &override_file(&cloud)).unwrap();
    let followed = readme::follow(&terraform, Some(&cloud)).await.unwrap();
    cloud.fill_cluster(NAME).await.unwrap();

    let processors = cloud.processors(&format!("{NAME}-waker"), &[(NAME, NAME)]).await.unwrap();
    assert_eq!(processors.into_iter().collect::<Vec<_>>(), [followed.processors().0]);

    // The created resources, by the waker's configuration and AWS's own listings.
    let config: Value = serde_json::from_str(&terraform.output("waker_config").await.unwrap()).unwrap();
    let environment = &config["environments"][0];
    let service = &environment["services"][0];
    assert_eq!(service["service"], NAME, "{config}");
    assert_eq!(service["cluster"], format!("arn:aws:ecs:us-east-1:000000000000:cluster/{NAME}"), "{config}");
    assert_eq!(environment["database"]["identifier"], NAME, "{config}");
    assert_eq!(environment["database"]["probe"]["data_api"]["database"], "lakefs", "{config}");
    let rule = environment["route"]["rule_arn"].as_str().unwrap();
    assert_eq!(cloud.route_and_counts(rule).await.unwrap(), ("waker", 0, 0));
    let (waker, app) =
        (&environment["route"]["waker_target_group_arn"], &environment["route"]["app_target_group_arn"]);
    let rules = cloud.rules(80).await.unwrap();
    assert_eq!(
        rules,
        [("100", waker), ("101", waker), ("102", app)]
            .map(|(priority, target)| { (priority.to_owned(), target.as_str().unwrap().to_owned()) })
    );
    let versions = get(&endpoint, "s3", &format!("/{BUCKET}?versioning")).await.unwrap();
    assert!(versions.contains("<Status>Enabled</Status>"), "{versions}");
    let public = get(&endpoint, "s3", &format!("/{BUCKET}?publicAccessBlock")).await.unwrap();
    assert_eq!(public.matches("true").count(), 4, "{public}");
    assert_eq!(terraform.changes().await.unwrap(), None, "after the apply");

    // A request through the load balancer wakes it; an operator puts it to sleep.
    assert_eq!(cloud.visit().await.unwrap(), "visit 1\n");
    assert_eq!(cloud.route_and_counts(rule).await.unwrap(), ("app", 1, 1));
    assert_eq!(terraform.changes().await.unwrap(), None, "after the wake");
    let sleep = json!({ "reveille": "sleep", "environment": "app", "wait": true });
    let slept = cloud.ask(&format!("{NAME}-waker"), &sleep).await.unwrap();
    assert_eq!(slept["environments"][0]["state"], "asleep", "{slept}");
    assert_eq!(cloud.route_and_counts(rule).await.unwrap(), ("waker", 0, 0));
    assert_eq!(terraform.changes().await.unwrap(), None, "after the sleep");

    let names = [("--cluster lakefs --service lakefs", "--cluster demo --service demo")];
    for heading in ["The password of the database", "When it is destroyed"] {
        readme::follow_section(&terraform, &cloud, heading, &names).await.unwrap();
    }
    cloud.forget_secret("lakefs-auth").await.unwrap();
    assert_eq!(terraform.resources().await.unwrap(), "");
    let after = listings(&endpoint).await.unwrap();
    for (listing, before) in before {
        assert_eq!(after[listing], before, "{listing}");
    }
}
