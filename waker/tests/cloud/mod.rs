//! One simulated account of AWS, with the times, rates, delays and faults that no emulator has.
//!
//! ```text
//! driver: observe a part, apply steps          driver: the next event
//!      |                                            |
//!    calls ---> account: rates, faults, counts      |
//!      |  each effect, at its time                  |
//!      v                                            v
//!    world: what AWS is told, and what it does then by itself (ecs)
//!      environments: resources: services, route, tags, database, scaling
//!                               history: stale reads, and nodes that follow late
//! ```
//!
//! Two drivers use it: `tests/simulation` implements the waker's `Cloud` in tokio's virtual time,
//! and `tests/month` goes from event to event. Both, and the benches, include this file by its path
//! and would look for the modules beside a `cloud.rs`; hence the name `mod.rs`.

#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "no number here is that large"
)]

pub mod account;
mod bucket;
pub mod calls;
pub mod client;
pub mod clock;
pub mod database;
pub mod delays;
pub mod dice;
mod ecs;
pub mod environments;
pub mod events;
pub mod faults;
mod history;
mod pace;
pub mod rates;
pub mod resources;
mod route;
pub mod sandbox;
pub mod scaling;
pub mod service;
pub mod spans;
mod tags;
pub mod world;
