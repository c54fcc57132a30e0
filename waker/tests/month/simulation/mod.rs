//! One environment's month in virtual time.
//!
//! ```text
//! visitors, people, ticks --> events, in the order of time --> month
//!                                                               |
//!            Wake, Tick: the waker's own protocol  <-- invocation: a call at a time
//!                                                               |
//!   world: service, database, route    metrics    account <-----+
//!                                  \      |
//!                                   judge: what must hold, what it costs
//! ```
//!
//! The bench `month` includes this file by its path and would look for the modules beside a
//! `simulation.rs`; hence the name `mod.rs`.

#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "nothing here is larger than a month's milliseconds"
)]

mod account;
mod bucket;
pub mod clock;
mod cloud;
pub mod conditions;
mod database;
pub mod designs;
mod dice;
mod invocation;
mod judge;
mod metrics;
pub mod month;
mod naive;
#[path = "../../simulation/pace.rs"]
mod pace;
mod people;
mod route;
mod sandbox;
mod scaling;
pub mod seeds;
mod service;
mod sockets;
pub mod sums;
mod ticks;
mod trace;
pub mod visitors;
mod world;
