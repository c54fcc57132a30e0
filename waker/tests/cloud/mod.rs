//! One simulated account of AWS, with the times, rates, delays and faults that no emulator has.
//!
//! ```text
//! driver                                      world, which a driver brings from one moment to the next
//! ------                                      -------------------------------------------------------
//! plans an observation, or steps       -->    account: each call has a time, a rate and perhaps a fault
//! makes each effect happen at its time -->    environments: resources: services, route, tags, database
//! makes each event happen at its time  -->    ecs: what AWS does by itself
//!                                             history: stale reads, and nodes that follow late
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
mod observation;
mod pace;
pub mod rates;
pub mod resources;
mod route;
pub mod sandbox;
pub mod scaling;
pub mod service;
pub mod spans;
mod steps;
mod tags;
pub mod world;
