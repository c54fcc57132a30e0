//! The entrypoint.
