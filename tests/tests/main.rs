//! Every test that uses both programs, or other programs too.
//!
//! They are one test binary, because they mostly wait for a service or a clock, and cargo runs test
//! binaries one after the other.

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
mod tcp_script;
mod wake;
mod wire;
