//! Every test that crosses the two programs, or needs more than one of them.
//!
//! They are one program: most of a test's time is spent waiting for a service or a clock,
//! and cargo runs test programs one after the other.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod aws_models;
mod clients;
mod demo;
mod documents;
mod entrypoint;
mod hostile;
mod imports;
mod infra;
mod local_aws;
mod microburst;
mod moto;
mod page;
mod skips;
mod sleep;
mod wake;
