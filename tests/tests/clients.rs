//! Common HTTP clients at AWS's pace: the shipped programs on the local AWS.

mod client;
mod front;
mod grpc;
mod list;
mod visit;
mod wake;

use std::time::Duration;

use reveille_tests::event_log::EventLog;
use reveille_tests::stack::{Options, Stack};

/// A client must be done by then.
const LIMIT: Duration = Duration::from_mins(3);

async fn stack(options: &Options) -> Stack {
    Stack::create(options, EventLog::default()).await.unwrap()
}
