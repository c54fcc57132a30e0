//! JSON lines on standard output, which Lambda writes to the function's log group.

use std::io;

use tracing::{Subscriber, level_filters::LevelFilter};
use tracing_subscriber::{
    filter::Targets, fmt::MakeWriter, layer::SubscriberExt as _, util::SubscriberInitExt as _,
};

pub(crate) fn init(variable: impl Fn(&str) -> Option<String>) {
    subscriber(variable, io::stdout).init();
}

/// The level is `AWS_LAMBDA_LOG_LEVEL`, which Lambda sets from the function's logging configuration;
/// INFO if unset. Libraries log from WARN on: at lower levels they print requests.
pub(crate) fn subscriber(
    variable: impl Fn(&str) -> Option<String>,
    writer: impl for<'a> MakeWriter<'a> + Send + Sync + 'static,
) -> impl Subscriber + Send + Sync {
    let level = variable("AWS_LAMBDA_LOG_LEVEL").and_then(|text| level(&text)).unwrap_or(LevelFilter::INFO);
    let targets = Targets::new().with_target("waker", level).with_default(level.min(LevelFilter::WARN));
    let lines = tracing_subscriber::fmt::layer()
        .json()
        .flatten_event(true)
        .with_current_span(true)
        .with_span_list(false)
        .with_target(false)
        .with_writer(writer);
    tracing_subscriber::registry().with(targets).with(lines)
}

/// Lambda's names of the levels. It has FATAL, tracing does not.
fn level(text: &str) -> Option<LevelFilter> {
    match text {
        "TRACE" => Some(LevelFilter::TRACE),
        "DEBUG" => Some(LevelFilter::DEBUG),
        "INFO" => Some(LevelFilter::INFO),
        "WARN" => Some(LevelFilter::WARN),
        "ERROR" | "FATAL" => Some(LevelFilter::ERROR),
        _ => None,
    }
}
