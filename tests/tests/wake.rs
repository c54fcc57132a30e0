//! A request wakes a sleeping environment: the shipped programs on the local AWS.

mod database;
mod failure;
mod package;
mod request;
mod routing;
mod visitors;

use std::time::Duration;

use reqwest::header::ACCEPT;
use reveille_tests::event_log::EventLog;
use reveille_tests::stack::{Options, Stack};

/// Enough for everything here on a busy machine; nothing takes that long without a fault.
const LIMIT: Duration = Duration::from_mins(1);

/// An environment with the shipped programs, and the sample app behind the entrypoint.
fn options() -> Options {
    Options::sample().unwrap()
}

async fn stack(options: &Options) -> Stack {
    Stack::create(options, EventLog::default()).await.unwrap()
}

/// A client that follows redirects, as most do.
fn client() -> reqwest::Client {
    reqwest::Client::new()
}

/// A browser's request to open a page.
fn open_page(url: &str) -> reqwest::RequestBuilder {
    client().get(url).header(ACCEPT, "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8")
}
