//! The wire of every call of the waker against moto, through the waker's own AWS client, so that no
//! peculiarity of the other emulator is mistaken for AWS's behaviour.

mod error_codes;
mod observation;
mod refusal;
mod resources;
mod step;

use aws_sdk_ecs::config::{Credentials, Region};
use resources::{INSTANCE, NAME, PENDING, Resources};
use serde_json::json;
use waker::aws::Aws;
use waker::environment::cloud::{Cloud as _, Step};
use waker::environment::snapshot::{DatabaseAnswer, DatabaseStatus, Healthy, RouteTarget, Scope};

/// The waker's own client, with other credentials.
async fn waker_at(endpoint: &str) -> Aws {
    let credentials = Credentials::new("test", "test", None, None, "test");
    let settings = Aws::settings().region(Region::from_static("us-east-1")).credentials_provider(credentials);
    Aws::new(&settings.endpoint_url(endpoint).load().await)
}

async fn create() -> (Resources, Aws) {
    let resources = Resources::create().await;
    let aws = waker_at(resources.moto.endpoint()).await;
    (resources, aws)
}
