//! What it takes to wake an environment and to put it to sleep, without saying how
//! AWS does it.
//!
//! ```text
//!             +-------------------- drive: carries out, in time ---------------------+
//!             |                                                                      |
//! Cloud::observe -> Observed -> protocol: what comes next -> Cloud::apply(each step)  -> Outcome
//!                                   |
//!                                   +- verdict: (environment, observed, usage, now) -> awake or asleep?
//!                                   +- plan: (environment, observed) -> steps, phase
//! ```
//!
//! [`sleep_decision`], [`plan`] and [`protocol`] do no IO and read no clock: production, the
//! simulated cloud and the model checker run the very same code.

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
