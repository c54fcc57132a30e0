//! The shipped entrypoint, a static binary, in front of real programs and real servers.
mod aws;
mod become_the_app;
mod commands;
mod create_user;
mod database;
mod dependencies;
mod empty_image;
pub(crate) mod image;
mod leaks;
mod parsers;
mod run;
mod secrets;
mod signals;
mod tls;
