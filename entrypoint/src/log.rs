//! The log: the entrypoint's own lines on standard error, as text or JSON.

use std::io;

use tracing_subscriber::Layer;
use tracing_subscriber::filter::{LevelFilter, filter_fn};
use tracing_subscriber::fmt;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::config::LogFormat;

/// Starts the log. Messages of libraries are left out: they are for the libraries' developers, and
/// some contain whole requests.
pub fn start(format: LogFormat) {
    let layer = fmt::layer().with_writer(io::stderr).with_ansi(false).with_target(false);
    let layer = match format {
        LogFormat::Text => layer.boxed(),
        LogFormat::Json => layer.json().flatten_event(true).with_current_span(false).boxed(),
    };
    let ours = filter_fn(|metadata| metadata.target().starts_with("entrypoint"));
    tracing_subscriber::registry().with(layer.with_filter(ours).with_filter(LevelFilter::INFO)).init();
}
