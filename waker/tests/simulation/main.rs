//! The waker's real plan, protocol and driver on a simulated cloud in virtual time: for what no
//! emulator has, such as AWS's rates, delays and faults, and for thousands of timelines.

#![expect(clippy::unwrap_used, reason = "a test ends where something is not as it should be")]

mod bucket;
mod case;
mod cloud;
mod environment;
mod faults;
mod fleet;
mod herd;
mod pace;
mod rollouts;
mod rounds;
mod timelines;
mod visitor;
mod world;

use environment::environment;
