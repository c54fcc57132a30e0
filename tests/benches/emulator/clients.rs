//! The waker's own clients for the emulated AWS.

use aws_config::Region;
use aws_sdk_ecs::config::Credentials;
use tokio::net::TcpListener;
use waker::aws::Aws;

use crate::aws::{Account, REGION};

pub async fn clients(account: &Account) -> Aws {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(axum::serve(listener, account.router()).into_future());
    let settings = Aws::settings()
        .region(Region::new(REGION))
        .credentials_provider(Credentials::new("test", "test", None, None, "bench"))
        .endpoint_url(endpoint);
    Aws::new(&settings.load().await)
}
