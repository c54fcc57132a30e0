//! A browser: it opens the waiting page and does what the page's script does.

use std::time::Duration;

use reqwest::{Client, RequestBuilder, Response, StatusCode, header, redirect};
use reveille_tests::event_log::EventLog;
use serde_json::Value;
use tokio::time::{Instant, sleep};

/// Like browsers.
const REDIRECTS: usize = 20;
/// The header that every answer of the waker has.
const STATE: &str = "x-reveille-state";

/// Sends requests until the app answers. Records `request`, `page` (each time that the waiting page
/// is shown), `redirected` and `answered`.
pub async fn send(url: &str, log: &EventLog) {
    let client = Client::builder().redirect(redirect::Policy::none()).build().unwrap();
    log.record("request", []);
    loop {
        let answer = navigate(&client, url, log).await;
        if !answer.headers().contains_key(STATE) {
            assert_eq!(answer.status(), StatusCode::OK, "neither the waker nor the app");
            answer.bytes().await.unwrap();
            log.record("answered", []);
            return;
        }
        log.record("page", []);
        wait(&client, url, &settings(&answer.text().await.unwrap())).await;
    }
}

async fn navigate(client: &Client, url: &str, log: &EventLog) -> Response {
    let mut path = "/".to_owned();
    for _ in 0..=REDIRECTS {
        let accept = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
        let request = client.get(format!("{url}{path}")).header(header::ACCEPT, accept);
        let answer = request.header("sec-fetch-mode", "navigate").send().await.unwrap();
        if !answer.status().is_redirection() {
            return answer;
        }
        log.record("redirected", []);
        answer.headers()[header::LOCATION].to_str().unwrap().clone_into(&mut path);
    }
    panic!("more than {REDIRECTS} redirects");
}

/// The settings in the page for its script.
fn settings(page: &str) -> Value {
    let (_, script) = page.split_once("id=\"settings\"").expect("a page of the waker");
    let (_, json) = script.split_once('>').unwrap();
    serde_json::from_str(json.split_once("</script>").unwrap().0).unwrap()
}

/// Polls the status until the page has to be loaded again.
async fn wait(client: &Client, url: &str, page: &Value) {
    let path = |name: &str| format!("{url}{}", page[name].as_str().unwrap());
    let ask = async |request: RequestBuilder| {
        let request =
            request.header("sec-fetch-site", "same-origin").header(header::ACCEPT, "application/json");
        read(request.send().await.unwrap()).await
    };
    let opened = Instant::now();
    loop {
        // Like `delay` of the page's script.
        let often = if opened.elapsed() < Duration::from_mins(1) { 1 } else { 2 };
        sleep(Duration::from_secs(often)).await;
        let mut status = ask(client.get(path("status"))).await;
        if status["state"] == "waking" && status["due"] == true {
            status = ask(client.post(path("wake"))).await;
        }
        match status["state"].as_str() {
            Some("awake") => return,
            Some("waking") => {}
            _ => panic!("the wake has ended: {status}"),
        }
    }
}

async fn read(answer: Response) -> Value {
    if !answer.headers().contains_key(STATE) {
        return serde_json::json!({ "state": "awake" });
    }
    answer.json().await.unwrap()
}
