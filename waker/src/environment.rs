//! How an environment is woken and put to sleep, independent of AWS.
//!
//! ```text
//!             +------------------ drive: runs the protocol in real time -------------------+
//!             |                                                                            |
//! Cloud::observe -> Snapshot -> protocol: the next action -> Cloud::apply(each step) -> Outcome
//!                                  |
//!                                  +- sleep_decision: (environment, snapshot, usage, now) -> awake or asleep?
//!                                  +- plan: (environment, snapshot) -> steps, phase
//! ```
//!
//! [`sleep_decision`], [`plan`] and [`protocol`] do no IO and read no clock: production, the simulated
//! cloud and the model checker run the same code.

pub mod backoff;
pub mod cloud;
pub mod drive;
pub mod failure;
pub mod fault;
pub mod pause;
pub mod plan;
pub mod protocol;
pub mod recent_use;
pub mod scaling;
pub mod sleep_decision;
pub mod snapshot;
pub mod state_tag;
pub mod streams;
pub mod traffic;
pub mod usage;
pub mod wake_history;
