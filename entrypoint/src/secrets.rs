//! Secrets from AWS Secrets Manager.

mod client;
mod error;
mod fetch;
mod reference;
mod value;

pub use error::{SecretError, SecretProblem, SecretProblems};
pub(crate) use fetch::Fetched;
pub use fetch::Secrets;
pub use reference::{PREFIX as SECRET_PREFIX, Reference, ReferenceError, SecretId};
pub use value::ValueError;
pub(crate) use value::select;
