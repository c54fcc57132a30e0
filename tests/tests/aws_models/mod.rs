//! What the waker sends to AWS, and what AWS may answer it, held against AWS's own service models.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod errors;
mod requests;

/// Where the waker makes its calls.
const SOURCE: &str = "waker/src/aws";
