//! The local AWS.

pub mod postgres;
