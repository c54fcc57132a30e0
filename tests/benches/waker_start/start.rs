//! One cold start and its first request.

use std::{
    process::{Child, Stdio},
    time::{Duration, Instant},
};

use reveille_tests::measure::{cpu_quota::CpuQuota, memory};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::{aws::Account, contestant::Contestant, runtime_api::RuntimeApi, tls::Identity};

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Aws {
    Plain,
    Tls,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Quota {
    None,
    FromFirstPoll,
    FromBeginning,
}

pub struct Start {
    pub first_poll: Duration,
    /// From the event to its answer.
    pub answer: Duration,
    /// When it asks for its first event.
    pub idle_kib: u64,
    /// Until it has answered.
    pub peak_kib: u64,
}

/// Ends the process in every case, also after a panic.
struct Sandbox(Child);

impl Drop for Sandbox {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

pub async fn start(
    contestant: &Contestant,
    aws: Aws,
    identity: &Identity,
    quota: Quota,
    group: Option<&CpuQuota>,
) -> Start {
    let account = Account::default();
    let mut runtime = RuntimeApi::start().await;
    let authorities = tempfile::NamedTempFile::new().unwrap();
    identity.trusted_with(&contestant.authorities, authorities.path());
    let endpoint = match aws {
        Aws::Plain => serve(&account).await,
        Aws::Tls => identity.serve(account.router()).await,
    };
    let mut command = contestant.command(&before(quota, group));
    command
        .env("AWS_LAMBDA_RUNTIME_API", &runtime.address)
        .env("AWS_ENDPOINT_URL", endpoint)
        .env(contestant.authorities_variable, authorities.path())
        .stdout(Stdio::null());

    let begun = Instant::now();
    let process = Sandbox(command.spawn().unwrap());
    let first_poll = runtime.first_poll().await - begun;
    let id = process.0.id();
    let idle_kib = memory::resident_kib(id).unwrap();
    if let (Quota::FromFirstPoll, Some(group)) = (quota, group) {
        group.take(id).unwrap();
    }
    let (answer, response) = runtime.invoke(open_page()).await;
    assert_eq!(response["statusCode"], 503, "{response}");
    assert_eq!(account.calls().get("UpdateService"), Some(&1), "{:?}", account.calls());
    Start { first_poll, answer, idle_kib, peak_kib: memory::peak_kib(id).unwrap() }
}

/// A shell that enters the control group and becomes the function; without a quota, nothing.
fn before(quota: Quota, group: Option<&CpuQuota>) -> Vec<String> {
    let (Quota::FromBeginning, Some(group)) = (quota, group) else { return Vec::new() };
    let enter = format!("echo 0 > {} && exec \"$@\"", group.entrance().display());
    ["/bin/sh", "-c", &enter, "sh"].map(str::to_owned).into()
}

async fn serve(account: &Account) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(axum::serve(listener, account.router()).into_future());
    format!("http://{address}")
}

/// The load balancer's event for a browser's first request.
fn open_page() -> Value {
    json!({
        "requestContext": { "elb": { "targetGroupArn": crate::aws::target_group("waker") } },
        "httpMethod": "GET",
        "path": "/",
        "queryStringParameters": {},
        "headers": {
            "host": "app.example.com",
            "accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
            "sec-fetch-mode": "navigate",
            "user-agent": "Mozilla/5.0",
        },
        "body": "",
        "isBase64Encoded": false,
    })
}
