//! The example `transparent-trust` by the commands of its README: applied, woken by command until
//! the load balancer has found the app healthy, and destroyed.

use reveille_tests::binaries::sample_app;
use serde_json::{Value, json};

use crate::infra::environment::Cloud;
use crate::infra::readme;
use crate::infra::terraform::{Terraform, available};

/// The name made of the document's project and environment.
const DOCUMENTED: &str = "transparent-trust-production";
const CLUSTER: &str = "transparent-trust-cluster-production";
const SERVICE: &str = "transparent-trust-service-production";
const SECRETS: [(&str, &str); 4] = [
    ("nextauth", "signs"),
    ("anthropic", "thinks"),
    ("google_oauth", r#"{"client_id":"who","client_secret":"knows"}"#),
    ("encryption_key", "hides"),
];

/// Differences from AWS: RDS's names do not resolve, tasks are processes without wget, and the
/// sample app has its health check at another path.
fn override_file(cloud: &Cloud) -> String {
    let database = cloud.database("module.database[0]");
    format!(
        r#"
module "task" {{
  entrypoint   = merge(var.entrypoint, {{ export = {{ DATABASE_URL = "conninfo" }} }})
  health_check = null
  {database}
}}

module "service" {{
  load_balancer = {{
    port              = 3000
    security_group_id = module.alb[0].security_group_id
    arn_suffix        = module.alb[0].arn_suffix
    health_check      = {{ path = "/health" }}
  }}
}}
"#
    )
}

/// Runs only if the secrets exist under the app's names for them.
fn in_place_of_the_app() -> Value {
    let app = sample_app().unwrap();
    let script = format!(
        r#"
test "$NEXTAUTH_SECRET $ANTHROPIC_API_KEY $ENCRYPTION_KEY" = "signs thinks hides"
test "$GOOGLE_CLIENT_ID $GOOGLE_CLIENT_SECRET" = "who knows"
exec "{}""#,
        app.display()
    );
    json!(["/bin/sh", "-euc", script])
}

async fn variables(cloud: &Cloud) -> Value {
    let mut variables = cloud.variables().unwrap();
    variables.as_object_mut().unwrap().remove("name");
    variables["command"] = in_place_of_the_app();
    // The aws_appautoscaling_* resources.
    variables["autoscaling"] = Value::Null;
    variables["desired_count"] = json!(1);
    for (name, text) in SECRETS {
        variables["secret_arns"][name] = json!(cloud.secret(name, text).await.unwrap());
    }
    variables
}

#[tokio::test]
async fn transparent_trust_is_made_by_its_document_and_wakes() {
    if !available("transparent_trust_is_made_by_its_document_and_wakes") {
        return;
    }
    let cloud = Cloud::start().await.unwrap();
    let endpoint = cloud.ministack.endpoint().to_owned();
    let variables = variables(&cloud).await;
    let terraform =
        Terraform::checkout("transparent-trust", &endpoint, &variables, &override_file(&cloud)).unwrap();
    // The document's image is built in the app's own folder.
    std::fs::write(terraform.example().join("Dockerfile"), "FROM scratch\n").unwrap();
    let followed = readme::follow(&terraform, Some(&cloud)).await.unwrap();
    cloud.fill_cluster(DOCUMENTED).await.unwrap();

    // The same processor everywhere, and the pushed image is the deployed one.
    let (zip, images) = followed.processors();
    let function = format!("{DOCUMENTED}-waker");
    let processors = cloud.processors(&function, &[(CLUSTER, SERVICE)]).await.unwrap();
    assert_eq!(processors.into_iter().collect::<Vec<_>>(), [zip]);
    let repository = terraform.output("ecr_repository_url").await.unwrap();
    assert_eq!(images, [(format!("{repository}:1").as_str(), zip)]);

    let order = json!({ "reveille": "wake", "environment": "app", "wait": true });
    let woken = cloud.ask(&function, &order).await.unwrap();
    assert_eq!(woken["environments"][0]["state"], "awake", "{woken}");
    assert_eq!(cloud.tasks(CLUSTER, SERVICE).await.unwrap(), (1, 1));

    terraform.destroy().await.unwrap();
    assert_eq!(terraform.resources().await.unwrap(), "");
}
