//! The clients that people use, at AWS's pace: the shipped programs on the local AWS.

mod client;
mod front;
mod grpc;
mod list;
mod visit;
mod wake;

use std::time::Duration;

use reveille_tests::event_log::EventLog;
use reveille_tests::stack::{Options, Stack};

/// Beyond this, a client does not come back any more.
const LIMIT: Duration = Duration::from_mins(3);

async fn stack(options: &Options) -> Stack {
    Stack::create(options, EventLog::default()).await.unwrap()
}
