//! The entrypoint: a static binary that runs in an ECS task in front of the app. It fetches
//! secrets, builds the database's connection string, waits for the app's dependencies, and becomes
//! the app.
//!
//! ```text
//! environment -> Settings -> secrets -> ResolvedSettings -> wait -> exports -> exec
//!                    \--------------- check ---------------/
//! ```
//!
//! [`create_user`] is for an init container: it creates the app's own database user.
//!
//! It is a library only for its own binary, tests and bench.

mod chain;
pub mod check;
pub mod cli;
pub mod config;
pub mod connection;
pub mod create_user;
pub mod env_vars;
pub mod error;
mod exec;
pub mod install;
pub mod log;
mod net;
mod redact;
mod resolved_settings;
pub mod run;
pub mod secret;
pub mod secrets;
mod signals;
mod wait;
