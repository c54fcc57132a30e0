//! A client that follows redirects, and retries after an error.

use std::time::Duration;

use reqwest::{Client, StatusCode, header::LOCATION, redirect};
use reveille_tests::event_log::EventLog;
use tokio::time::{sleep, timeout};

/// A wake takes at most 15 s.
pub const LIMIT: Duration = Duration::from_mins(1);
/// A client's own, after an error.
const RETRY: Duration = Duration::from_millis(250);

/// Sends requests until the app answers; records `request` and `answered`. Returns whether the
/// first answer, apart from redirects, was an error.
pub async fn send(url: &str, log: &EventLog) -> bool {
    let client = Client::builder().redirect(redirect::Policy::none()).build().unwrap();
    log.record("request", []);
    let mut first = None;
    let mut last = None;
    let asking = async {
        let mut path = "/".to_owned();
        loop {
            let answer = client.get(format!("{url}{path}")).send().await.unwrap();
            let status = answer.status();
            last = Some(status);
            if status == StatusCode::TEMPORARY_REDIRECT {
                answer.headers()[LOCATION].to_str().unwrap().clone_into(&mut path);
                continue;
            }
            first.get_or_insert(status != StatusCode::OK);
            if status == StatusCode::OK {
                return;
            }
            sleep(RETRY).await;
        }
    };
    let asked = timeout(LIMIT, asking).await;
    assert!(asked.is_ok(), "the app has not answered; the last status was {last:?}");
    log.record("answered", []);
    first.unwrap()
}
