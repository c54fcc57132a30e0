//! The example `bottle-sync` by the commands of its README, and one run by its command for that. It
//! has no waker: nothing runs between its runs.

use serde_json::{Value, json};

use crate::infra::environment::Cloud;
use crate::infra::readme;
use crate::infra::terraform::{Terraform, available};

const BUCKET: &str = "example-homebrew-bottles";

/// The user's secret, and a small program in place of the sync.
fn variables() -> Value {
    json!({
        "region": "us-east-1",
        "image": "sample-sync",
        "command": ["/bin/sh", "-euc", "echo to $S3_BUCKET_NAME by way of $EFS_MOUNT_PATH, told by $SLACK_WEBHOOK_SECRET_NAME"],
        "throwaway": true,
    })
}

#[tokio::test]
async fn a_batch_task_is_made_by_its_document_and_runs() {
    if !available("a_batch_task_is_made_by_its_document_and_runs") {
        return;
    }
    let cloud = Cloud::start().await.unwrap();
    let endpoint = cloud.ministack.endpoint().to_owned();
    let terraform = Terraform::checkout("bottle-sync", &endpoint, &variables(), "").unwrap();
    readme::follow(&terraform, Some(&cloud)).await.unwrap();

    let commands: Value =
        serde_json::from_str(&terraform.output_json("useful_commands").await.unwrap()).unwrap();
    let run = commands["run"].as_str().unwrap().to_owned();
    let place = cloud.log().end();
    let document = "examples/bottle-sync, output useful_commands";
    readme::run(&terraform, Some(&cloud), document, terraform.example(), vec![run]).await.unwrap();
    let said = format!("to {BUCKET} by way of /mnt/efs, told by bottle-sync/slack");
    cloud.until(place, |event| event.name == "task_output" && event.text("line") == said).await.unwrap();
    cloud
        .until(place, |event| event.name == "container_exited" && event.fields["exit_code"] == 0)
        .await
        .unwrap();

    terraform.destroy().await.unwrap();
    assert_eq!(terraform.resources().await.unwrap(), "");
}
