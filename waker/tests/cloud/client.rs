//! How the load balancer's clients follow redirects and come back.

use std::time::Duration;

use super::clock::{Millis, SECOND};

/// The number of redirects that Chromium and Firefox follow; curl follows 50.
pub const BROWSER_REDIRECTS: u32 = 20;
/// The number that every common program follows: Python's urllib, to one address.
pub const PROGRAM_REDIRECTS: u32 = 4;
/// The Lambda time-out of the documented set-up, less the handler's margin.
pub const LIMIT: Duration = Duration::from_secs(29);

/// When a client comes back after a 503: a page by itself, a program after `Retry-After`.
pub fn comes_back(page: bool, failed: bool) -> Millis {
    SECOND
        * match (page, failed) {
            (true, false) => 2,
            (false, false) => 5,
            (true, true) => 15,
            (false, true) => 30,
        }
}
