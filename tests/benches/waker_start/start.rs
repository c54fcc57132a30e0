//! One cold start and its first request.

use std::{
    fs,
    process::{Child, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};

use reveille_tests::{
    endpoint::{
        account::Account,
        arn,
        runtime_api::{Outcome, RuntimeApi},
        tls::Identity,
    },
    measure::{cpu_quota::CpuQuota, memory},
};
use serde_json::{Value, json};

use crate::contestant::{Contestant, config};

/// A Python start under the quota of a small function takes many seconds.
const LIMIT: Duration = Duration::from_mins(2);
const REMAINING: Duration = Duration::from_secs(30);

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
    let account = Account::of(&config());
    let mut runtime = RuntimeApi::start(LIMIT).await.unwrap();
    // With all others, so that a client reads as much as it would on a usual system.
    let authorities = tempfile::NamedTempFile::new().unwrap();
    let all = fs::read_to_string(&contestant.authorities).unwrap() + &identity.certificate;
    fs::write(authorities.path(), all).unwrap();
    let endpoint = match aws {
        Aws::Plain => format!("http://{}", account.serve().await.unwrap()),
        Aws::Tls => {
            let address = identity.serve(Arc::new(account.clone())).await.unwrap();
            format!("https://localhost:{}", address.port())
        }
    };
    let mut command = contestant.command(&before(quota, group));
    command
        .envs(runtime.variables())
        // boto3's name for the region.
        .env("AWS_DEFAULT_REGION", "eu-west-1")
        .env("AWS_ENDPOINT_URL", endpoint)
        .env(contestant.authorities_variable, authorities.path())
        .stdout(Stdio::null());

    let begun = Instant::now();
    let process = Sandbox(command.spawn().unwrap());
    let first_poll = runtime.first_poll().await.unwrap() - begun;
    let id = process.0.id();
    let idle_kib = memory::resident_kib(id).unwrap();
    if let (Quota::FromFirstPoll, Some(group)) = (quota, group) {
        group.take(id).unwrap();
    }
    let (outcome, answer) = runtime.invoke(open_page().to_string(), REMAINING).await.unwrap();
    let Outcome::Response(response) = outcome else { panic!("the function failed: {outcome:?}") };
    let response: Value = serde_json::from_slice(&response).unwrap();
    assert_eq!(response["statusCode"], 503, "{response}");
    assert_eq!(account.calls().get("UpdateService"), Some(&1), "{:?}", account.calls());
    assert!(account.refused().is_empty(), "{:?}", account.refused());
    Start { first_poll, answer, idle_kib, peak_kib: memory::peak_kib(id).unwrap() }
}

/// A shell that enters the control group and becomes the function; without a quota, nothing.
fn before(quota: Quota, group: Option<&CpuQuota>) -> Vec<String> {
    let (Quota::FromBeginning, Some(group)) = (quota, group) else { return Vec::new() };
    let enter = format!("echo 0 > {} && exec \"$@\"", group.entrance().display());
    ["/bin/sh", "-c", &enter, "sh"].map(str::to_owned).into()
}

/// The load balancer's event for a browser's first request.
fn open_page() -> Value {
    json!({
        "requestContext": { "elb": { "targetGroupArn": arn::target_group("waker") } },
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
