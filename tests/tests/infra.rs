//! The examples, applied by the real AWS provider on the local AWS, work.
//!
//! Each test applies once, because the provider waits a minute for a load balancer, and then makes
//! many assertions.

mod batch;
mod control_plane;
mod environment;
mod existing;
mod first;
mod lakefs;
mod minimal;
mod n8n;
mod permissions;
mod policies;
mod provider;
mod readme;
mod safebucket;
mod terraform;
mod trust;
mod walk;

use std::time::Duration;

/// Enough for everything but Terraform on a busy machine; nothing takes that long without a fault.
const LIMIT: Duration = Duration::from_mins(2);
