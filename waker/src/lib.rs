//! A Lambda behind an Application Load Balancer that wakes sleeping ECS
//! environments and their `PostgreSQL` databases, and puts idle ones to sleep.
//!
//! ```text
//! ALB, Scheduler, EventBridge, operators
//!   -> event -> handler -> environment::drive -> reply: ALB response, or a Standing
//!                            |  protocol (sans IO); plan, verdict (pure)
//!                            v
//!                          Cloud: observe, apply
//!                            |
//!                          aws: ecs, elb, rds, data_api, probe, metrics
//! ```

pub mod aws;
pub mod config;
pub mod environment;
mod error_chain;
mod event;
mod guard;
mod handler;
mod logging;
pub mod reply;
mod run;
mod status;

pub use event::Request;
pub use handler::{EnvironmentReport, Output, Waker};
pub use run::run;
pub use status::{EnvironmentState, Status};
