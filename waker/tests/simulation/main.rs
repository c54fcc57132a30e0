//! The waker's real plan, protocol and driver on a simulated cloud in virtual time: for what no
//! emulator has, such as AWS's rates, delays and faults, and for thousands of timelines.

#![expect(clippy::unwrap_used, reason = "a test ends where something is not as it should be")]

mod case;
#[expect(dead_code, reason = "the other driver uses more of it")]
#[path = "../cloud/mod.rs"]
mod cloud;
mod driver;
mod environment;
mod faults;
mod fleet;
mod herd;
mod rollouts;
mod rounds;
mod timelines;
mod visitor;

use environment::environment;
