//! What visitors see: the pages of the shipped waker in a real browser.
//!
//! Screenshots are written to `target/screenshots`.

mod arrival;
mod asked;
mod axe;
mod browser;
mod failure;
mod form;
mod look;
mod picture;

use std::future::Future;
use std::path::{Path, PathBuf};
use std::time::Duration;

use reveille_tests::event_log::EventLog;
use reveille_tests::stack::{Options, Stack};
use serde_json::Value;
use tokio::time::{Instant, sleep};

use crate::page::browser::Browser;

/// Enough for everything here on a busy machine; nothing takes that long without a fault.
const LIMIT: Duration = Duration::from_mins(1);

/// An environment with the shipped programs, and the sample app behind the entrypoint.
fn options() -> Options {
    Options::sample().unwrap()
}

async fn stack(options: &Options) -> Stack {
    Stack::create(options, EventLog::default()).await.unwrap()
}

/// Repeats until the result is the wanted one, and returns it.
async fn until<T: std::fmt::Debug, F: Future<Output = T>>(
    what: &str,
    ask: impl Fn() -> F,
    wanted: impl Fn(&T) -> bool,
) -> T {
    let deadline = Instant::now() + LIMIT;
    loop {
        let answer = ask().await;
        if wanted(&answer) {
            return answer;
        }
        assert!(Instant::now() < deadline, "{what} has not come; last seen: {answer:?}");
        sleep(Duration::from_millis(50)).await;
    }
}

/// The page's text, or nothing during a navigation.
async fn text(browser: &Browser) -> String {
    let shown = browser.run("return document.body ? document.body.innerText : ''").await;
    shown.ok().as_ref().and_then(Value::as_str).unwrap_or_default().to_owned()
}

async fn until_shown(browser: &Browser, part: &str) -> String {
    until(part, async || text(browser).await, |text| text.contains(part)).await
}

fn screenshot(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../target/screenshots");
    std::fs::create_dir_all(&folder).unwrap();
    folder.join(format!("{name}.png"))
}
