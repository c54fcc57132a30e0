//! One environment's month in virtual time.
//!
//! ```text
//! visitors, people, ticks --> events, in the order of time --> month
//!                                                               |
//!            Wake, Tick: the waker's own protocol  <-- invocation: a call at a time
//!                                                               |
//!                metrics       cloud: the simulated account <---+
//!                       \     /
//!                        judge: what must hold, what it costs
//! ```
//!
//! The bench `month` includes this file by its path and would look for the modules beside a
//! `simulation.rs`; hence the name `mod.rs`.

#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "nothing here is larger than a month's milliseconds"
)]

pub mod calendar;
#[expect(dead_code, reason = "the other driver uses more of it")]
#[path = "../../cloud/mod.rs"]
pub mod cloud;
pub mod conditions;
pub mod designs;
mod invocation;
mod judge;
mod metrics;
pub mod month;
mod naive;
mod people;
mod scaling;
pub mod seeds;
mod sockets;
pub mod sums;
mod ticks;
mod trace;
mod usage;
mod visitors;
mod watch;
