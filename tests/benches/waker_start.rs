//! What a cold start of the waker costs: `cargo bench --bench waker_start`.
//!
//! The release binary is started as Lambda starts it, against a runtime API and an
//! AWS endpoint on loopback that answers every call at once. Its start ends with
//! the first poll for an event; the priming calls to AWS come before that, and the
//! time between the first of them and the last answer is printed apart.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a bench prints, and ends where it cannot go on"
)]

use std::{
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use axum::{
    Router,
    extract::{Request, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use reveille_tests::binaries::Binaries;
use serde_json::json;
use tokio::{net::TcpListener, sync::Notify, time::timeout};

const STARTS: usize = 30;
const LIMIT: Duration = Duration::from_secs(10);

/// What one start has done so far.
#[derive(Default)]
struct Seen {
    calls: Mutex<Vec<Instant>>,
    answers: Mutex<Vec<Instant>>,
    polled: Mutex<Option<Instant>>,
    first_poll: Notify,
}

struct Start {
    to_first_poll: Duration,
    priming: Duration,
    rss_kib: u64,
}

#[tokio::main]
async fn main() {
    let binaries = Binaries::build().unwrap();
    let zip = binaries.bootstrap().unwrap().len();
    let mut starts = Vec::new();
    for _ in 0..STARTS {
        starts.push(start(&binaries.waker).await);
    }
    println!("{:36} {:>9} {:>9}", format!("waker, {STARTS} cold starts"), "median", "p95");
    row("process start to first poll, µs", &starts, |start| start.to_first_poll.as_micros());
    row("  of it the priming calls, µs", &starts, |start| start.priming.as_micros());
    row("  beyond the priming calls, µs", &starts, |start| {
        start.to_first_poll.saturating_sub(start.priming).as_micros()
    });
    row("idle RSS, KiB", &starts, |start| start.rss_kib.into());
    println!("{:36} {:>9}", "zip, bytes", zip);
}

fn row(name: &str, starts: &[Start], figure: fn(&Start) -> u128) {
    let mut values: Vec<_> = starts.iter().map(figure).collect();
    values.sort_unstable();
    println!("{name:36} {:>9} {:>9}", values[values.len() / 2], values[values.len() * 95 / 100]);
}

async fn start(waker: &std::path::Path) -> Start {
    let seen = Arc::new(Seen::default());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let server = Router::new().fallback(answer).with_state(Arc::clone(&seen));
    let server = tokio::spawn(async move { axum::serve(listener, server).await });

    let begun = Instant::now();
    let mut process = spawn(waker, &address);
    timeout(LIMIT, seen.first_poll.notified()).await.expect("the waker did not poll for an event");
    let to_first_poll = seen.polled.lock().unwrap().unwrap() - begun;
    let first = *seen.calls.lock().unwrap().first().expect("no priming call was made");
    let priming = *seen.answers.lock().unwrap().last().unwrap() - first;
    let rss_kib = rss(&process);
    process.kill().unwrap();
    process.wait().unwrap();
    server.abort();
    Start { to_first_poll, priming, rss_kib }
}

/// The runtime API, where there is never an event, and AWS, which denies everything.
async fn answer(State(seen): State<Arc<Seen>>, request: Request) -> Response {
    let now = Instant::now();
    if request.uri().path().ends_with("/invocation/next") {
        *seen.polled.lock().unwrap() = Some(now);
        seen.first_poll.notify_one();
        return std::future::pending().await;
    }
    seen.calls.lock().unwrap().push(now);
    let body = json!({"__type": "AccessDeniedException", "message": "m"}).to_string();
    seen.answers.lock().unwrap().push(Instant::now());
    (StatusCode::BAD_REQUEST, body).into_response()
}

fn spawn(waker: &std::path::Path, address: &str) -> Child {
    let group =
        |name: &str| format!("arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/{name}/1");
    let config = json!({"environments": [{
        "name": "bench",
        "route": {
            "rule_arn": "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener-rule/app/alb/1/2/3",
            "app_target_group_arn": group("app"),
            "waker_target_group_arn": group("waker"),
        },
        "services": [{"cluster": "c", "service": "web", "target_group_arn": group("app")}],
        "database": {"kind": "aurora", "identifier": "db"},
    }]});
    Command::new(waker)
        .env_clear()
        .env("WAKER_CONFIG", config.to_string())
        .env("AWS_LAMBDA_RUNTIME_API", address)
        .env("AWS_LAMBDA_FUNCTION_NAME", "waker")
        .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128")
        .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
        .env("AWS_REGION", "eu-west-1")
        .env("AWS_ACCESS_KEY_ID", "test")
        .env("AWS_SECRET_ACCESS_KEY", "test")
        .env("AWS_ENDPOINT_URL", format!("http://{address}"))
        .stdout(Stdio::null())
        .spawn()
        .unwrap()
}

/// Resident memory in KiB, from `/proc`.
fn rss(process: &Child) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", process.id())).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}
