//! The first visitor: patient, and following redirects like any client.

use std::time::Duration;

use anyhow::{Context, Result, bail};
use reqwest::header::{LOCATION, RETRY_AFTER};
use reqwest::{Client, Response, StatusCode, redirect};
use serde_json::Value;

use crate::event_log::EventLog;

/// Every client gives up after this many redirects.
const REDIRECTS: usize = 10;

/// The header that every answer of the waker has.
const STATE: &str = "x-reveille-state";
/// The wait for an event that has happened; only the load balancer's own answers have none.
const TOLD: Duration = Duration::from_secs(5);

/// How it ended.
#[derive(Debug)]
pub struct Visit {
    pub status: StatusCode,
    /// Whether the load balancer passed a request to the app, and the app's answer back.
    pub answered_by_app: bool,
    /// The first line of the last answer.
    pub said: String,
}

/// Requests a page until the app answers, or the waker says why it will not. Records `request`,
/// each `told_to_wait`, `held` (a request that the waker holds, and then answers with a redirect to
/// itself) and `redirected`, and `answered`.
pub async fn send(url: &str, log: &EventLog) -> Result<Visit> {
    let client = Client::builder().redirect(redirect::Policy::none()).build()?;
    let mut path = "/".to_owned();
    let mut redirects = 0;
    log.record("request", [("url", url.into())]);
    loop {
        let answer = client.get(format!("{url}{path}")).send().await.context("the load balancer is gone")?;
        if answer.status() == StatusCode::TEMPORARY_REDIRECT {
            let state = answer.headers().get(STATE).and_then(|state| state.to_str().ok());
            log.record(if state == Some("waking") { "held" } else { "redirected" }, []);
            redirects += 1;
            if redirects > REDIRECTS {
                bail!("redirected {redirects} times");
            }
            let location = answer.headers().get(LOCATION).context("a redirect to nowhere")?;
            location.to_str()?.clone_into(&mut path);
        } else if let Some(wait) = wait(&answer) {
            let said = answer.text().await?;
            // Only a wake under way is worth another request.
            if code(&said) != "waking" {
                return Ok(ended(StatusCode::SERVICE_UNAVAILABLE, &said, false, log));
            }
            log.record("told_to_wait", [("seconds", wait.as_secs().into())]);
            tokio::time::sleep(wait).await;
        } else {
            let (status, by_waker) = (answer.status(), answer.headers().contains_key(STATE));
            let said = answer.text().await?;
            // The load balancer reports the app's answer while it passes it on.
            let told = async || log.find(0, TOLD, |event| event.name == "target_answered").await.is_ok();
            return Ok(ended(status, &said, !by_waker && told().await, log));
        }
    }
}

fn ended(status: StatusCode, said: &str, answered_by_app: bool, log: &EventLog) -> Visit {
    log.record("answered", [("status", status.as_u16().into())]);
    Visit { status, answered_by_app, said: said.lines().next().unwrap_or_default().to_owned() }
}

fn wait(answer: &Response) -> Option<Duration> {
    let after = answer.headers().get(RETRY_AFTER)?.to_str().ok()?.parse().ok()?;
    (answer.status() == StatusCode::SERVICE_UNAVAILABLE).then(|| Duration::from_secs(after))
}

/// `code` of the waker's problem document.
fn code(document: &str) -> String {
    let document: Option<Value> = serde_json::from_str(document).ok();
    document.and_then(|document| Some(document.get("code")?.as_str()?.to_owned())).unwrap_or_default()
}
