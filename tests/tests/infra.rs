//! What Terraform makes of the examples works: the real AWS provider against the local AWS.
//!
//! Each test applies once, as a load balancer takes the provider a minute, and then asserts much.

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

/// Long enough for anything but Terraform on a busy machine; nothing waits that long when all is
/// well.
const LIMIT: Duration = Duration::from_mins(2);
