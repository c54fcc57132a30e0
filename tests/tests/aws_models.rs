//! What the waker sends to AWS, and what AWS may answer it, held against AWS's own service models.

mod errors;
mod requests;

/// Where the waker makes its calls.
const SOURCE: &str = "waker/src/aws";
