//! The wire of every call of the waker against moto, through the waker's own AWS client, so that no
//! peculiarity of the other emulator is mistaken for AWS's behaviour.

mod error_codes;
mod observation;
mod refusal;
mod resources;
mod step;

use resources::{INSTANCE, NAME, PENDING, Resources};
use reveille_tests::in_process;
use serde_json::json;
use waker::aws::Aws;
use waker::environment::cloud::{Cloud as _, Step};
use waker::environment::snapshot::{DatabaseAnswer, DatabaseStatus, Healthy, RouteTarget, Scope};

/// The waker's own client.
async fn waker_at(endpoint: &str) -> Aws {
    in_process::aws(endpoint, "us-east-1").await
}

async fn create() -> (Resources, Aws) {
    let resources = Resources::create().await;
    let aws = waker_at(resources.moto.endpoint()).await;
    (resources, aws)
}
