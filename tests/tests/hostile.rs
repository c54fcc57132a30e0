//! Hostile input against the two shipped programs.
//!
//! The waker gets generated events of a load balancer, the entrypoint gets servers that break their
//! protocols. All on loopback.

mod account;
mod checks;
mod dns;
mod entrypoint;
mod environments;
mod events;
mod http;
mod postgresql;
mod request;
mod sandbox;
mod strings;
mod visitor;
mod waker;
