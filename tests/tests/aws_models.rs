//! The waker's requests to AWS, and AWS's possible errors, checked against AWS's own service
//! models.

mod errors;
mod requests;

/// Where the waker makes its calls.
const SOURCE: &str = "waker/src/aws";
