//! The first deployment, as in `infra/README.md`: from an empty account to an app that sleeps, and
//! back.

use std::fs;

use serde_json::{Value, json};

use crate::documents::tree::top;
use crate::infra::control_plane::listings;
use crate::infra::environment::Cloud;
use crate::infra::readme;
use crate::infra::terraform::{Terraform, available};

const DOCUMENT: &str = "infra/README.md";
const HEADING: &str = "From nothing to a sleeping app";

/// The document's only file, and the folder in its first line.
fn main_file() -> (String, String) {
    let text = fs::read_to_string(top().join(DOCUMENT)).unwrap();
    let (_, section) = text.split_once(&format!("\n## {HEADING}\n")).unwrap();
    let (_, block) = section.split_once("```hcl\n").unwrap();
    let (block, _) = block.split_once("```").unwrap();
    let folder = block.lines().next().and_then(|line| line.strip_prefix("# ")?.strip_suffix("/main.tf"));
    (folder.expect("no name of the file").to_owned(), block.to_owned())
}

/// A local web server with the same page, instead of the image's.
fn web_server(page: &str) -> Value {
    let serve = format!(
        "mkdir -p www && echo {page} >www/index.html && \
         exec python3 -m http.server 8080 --bind \"$TASK_IP\" --directory www"
    );
    json!(["sh", "-c", format!("cd \"$(mktemp -d)\" && {serve}")])
}

#[tokio::test]
async fn the_first_deployment_is_asleep_wakes_sleeps_again_and_leaves_nothing() {
    if !available("the_first_deployment_is_asleep_wakes_sleeps_again_and_leaves_nothing") {
        return;
    }
    let mut cloud = Cloud::start().await.unwrap();
    let endpoint = cloud.ministack.endpoint().to_owned();
    let before = listings(&endpoint).await.unwrap();
    let (folder, main) = main_file();
    let replaced = json!({
        "region": "us-east-1",
        "command": web_server("awake"),
        "idle_after_seconds": 300,
        "min_awake_seconds": 0,
        "metrics_delay_seconds": 1,
        "waker_variables": { "AWS_ENDPOINT_URL": endpoint },
    });
    readme::say_replaced(DOCUMENT, &replaced).unwrap();
    let overridden = json!({ "module": { &folder: replaced } });
    let terraform = Terraform::deployment(&folder, &endpoint, &main, &overridden).unwrap();

    let mut commands = readme::section(DOCUMENT, HEADING).unwrap();
    let destroyed = commands.iter().position(|command| command == "terraform destroy").unwrap();
    // Together with the `cd` before it.
    let end = commands.split_off(destroyed - 1);
    let followed = readme::run(&terraform, Some(&cloud), DOCUMENT, terraform.top(), commands).await.unwrap();
    let status: Value =
        serde_json::from_str(followed.output("curl \"$(terraform output -raw status_url)")).unwrap();
    assert_eq!(status["state"], "asleep", "{status}");
    assert_eq!(followed.output("curl --location"), "awake\n");
    assert_eq!(terraform.changes().await.unwrap(), None, "after the wake");

    // The ticks put it to sleep.
    let place = cloud.log().end();
    cloud.hurry(true).await.unwrap();
    let asleep = |event: &reveille_tests::event_log::Event| {
        event.name == "schedule_invoked" && event.fields["answer"]["environments"][0]["state"] == "asleep"
    };
    cloud.until(place, asleep).await.unwrap();
    cloud.until(place, |event| event.name == "task_stopped").await.unwrap();
    assert_eq!(cloud.tasks(&folder, &folder).await.unwrap(), (0, 0));

    readme::run(&terraform, Some(&cloud), DOCUMENT, terraform.top(), end).await.unwrap();
    assert_eq!(terraform.resources().await.unwrap(), "");
    let after = listings(&endpoint).await.unwrap();
    for (listing, before) in before {
        assert_eq!(after[listing], before, "{listing}");
    }
}
