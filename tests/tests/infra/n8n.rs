//! The example `n8n`: n8n's own variables and secrets for a main service and a worker, with the sample app in
//! the main service's place.

use reveille_tests::binaries::sample_app;
use serde_json::{Value, json};

use crate::infra::control_plane::listings;
use crate::infra::environment::{Cloud, NAME};
use crate::infra::readme;
use crate::infra::terraform::{Terraform, available, infra};

const MOST_LINES: usize = 120;

/// Differences from AWS:
/// - RDS's and Redis's names do not resolve;
/// - the sample app has its health check at another path;
/// - tasks are processes: n8n comes from no image, and its home from no volume.
fn override_file(cloud: &Cloud) -> String {
    let database = cloud.database("module.database");
    format!(
        r#"
module "task" {{
  command    = each.key == "worker" ? {worker} : {main}
  entrypoint = merge(var.entrypoint, {{ wait = ["database"], export = {{ DATABASE_URL = "conninfo" }} }})
  {database}
}}

module "service" {{
  load_balancer = each.key == "main" ? {{
    port              = 5678
    security_group_id = module.alb.security_group_id
    health_check      = {{ path = "/health" }}
  }} : null
}}

module "waker" {{
  environment_variables = {{ AWS_ENDPOINT_URL = "{endpoint}" }}
}}
"#,
        main = in_place_of_n8n(&format!("export PORT=5678; exec '{}'", sample_app().unwrap().display())),
        worker = in_place_of_n8n("exec sleep 3600"),
        endpoint = cloud.ministack.endpoint(),
    )
}

/// Runs only if n8n's variables exist, with the secrets' values.
fn in_place_of_n8n(rest: &str) -> Value {
    let script = format!(
        r#"
test "$DB_TYPE $EXECUTIONS_MODE $QUEUE_BULL_REDIS_TLS" = "postgresdb queue true"
test "$QUEUE_BULL_REDIS_USERNAME" = app
test -n "$DB_POSTGRESDB_USER" -a -n "$DB_POSTGRESDB_PASSWORD" -a -n "$QUEUE_BULL_REDIS_PASSWORD"
test "$(printf %s "$N8N_ENCRYPTION_KEY" | wc -c)" = 64
{rest}"#
    );
    // In Terraform's syntax: a dollar and a bracket would be a template.
    json!(["/bin/sh", "-euc", script])
}

fn variables(cloud: &Cloud) -> Value {
    let mut variables = cloud.variables().unwrap();
    variables.as_object_mut().unwrap().remove("waker_variables");
    variables["encryption_key_secret_arn"] = json!(readme::PRINTED);
    variables["hosts"] = json!([]);
    variables["certificate_arn"] = Value::Null;
    variables
}

#[tokio::test]
async fn n8n_and_its_worker_wake_and_sleep_together_and_leave_nothing() {
    if !available("n8n_and_its_worker_wake_and_sleep_together_and_leave_nothing") {
        return;
    }
    let cloud = Cloud::start().await.unwrap();
    let endpoint = cloud.ministack.endpoint().to_owned();
    let before = listings(&endpoint).await.unwrap();
    let variables = variables(&cloud);
    let terraform = Terraform::checkout("n8n", &endpoint, &variables, &override_file(&cloud)).unwrap();
    let followed = readme::follow(&terraform, Some(&cloud)).await.unwrap();
    let status: Value = serde_json::from_str(followed.output("status_url")).unwrap();
    assert_eq!(status["state"], "asleep", "{status}");
    cloud.fill_cluster(NAME).await.unwrap();
    let (main, worker) = ((NAME, NAME), (NAME, "demo-worker"));
    let processors = cloud.processors("demo-waker", &[main, worker]).await.unwrap();
    assert_eq!(processors.into_iter().collect::<Vec<_>>(), [followed.processors().0]);
    let planned = terraform.changes().await.unwrap();
    assert!(planned.is_none() || only_the_policy_of_efs(planned.as_deref()), "after the apply: {planned:?}");

    // A request wakes both, and a command puts both to sleep.
    let answer = cloud.visit().await.unwrap();
    assert!(answer.starts_with("visit "), "{answer}");
    running(&cloud, 1).await;
    let order = json!({ "reveille": "sleep", "environment": "n8n", "wait": true });
    let slept = cloud.ask("demo-waker", &order).await.unwrap();
    assert_eq!(slept["environments"][0]["state"], "asleep", "{slept}");
    running(&cloud, 0).await;
    let planned = terraform.changes().await.unwrap();
    assert!(planned.is_none() || only_the_policy_of_efs(planned.as_deref()), "after the sleep: {planned:?}");

    terraform.destroy().await.unwrap();
    assert_eq!(terraform.resources().await.unwrap(), "");
    cloud.forget_secret("n8n-encryption-key").await.unwrap();
    let after = listings(&endpoint).await.unwrap();
    for (listing, before) in before {
        assert_eq!(after[listing], before, "{listing}");
    }
}

/// ministack adds its own `Id` to a file system's policy, which Terraform would remove.
fn only_the_policy_of_efs(plan: Option<&str>) -> bool {
    let plan = plan.unwrap_or_default();
    let changed: Vec<_> = plan.lines().filter(|line| line.contains(" will be ")).collect();
    changed == ["  # module.efs.aws_efs_file_system_policy.this will be updated in-place"]
}

/// The worker is optional: it runs with the environment or a little later.
async fn running(cloud: &Cloud, count: i32) {
    let deadline = tokio::time::Instant::now() + crate::infra::LIMIT;
    loop {
        let seen = [cloud.tasks(NAME, NAME).await.unwrap(), cloud.tasks(NAME, "demo-worker").await.unwrap()];
        if seen == [(count, count); 2] {
            return;
        }
        assert!(tokio::time::Instant::now() < deadline, "{seen:?} and not {count}");
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    }
}

#[test]
fn it_is_short() {
    let entries = std::fs::read_dir(infra().join("examples/n8n")).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path()).filter(|path| {
        let name = path.file_name().unwrap().to_string_lossy();
        name.ends_with(".tf") && !name.starts_with("variables") && name != "outputs.tf"
    });
    let lines = paths.flat_map(|path| {
        let text = std::fs::read_to_string(path).unwrap();
        text.lines().map(|line| line.trim().to_owned()).collect::<Vec<_>>()
    });
    let lines = lines.filter(|line| !line.is_empty() && !line.starts_with('#')).count();
    assert!((50..=MOST_LINES).contains(&lines), "{lines} lines");
}
