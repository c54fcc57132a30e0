//! A Lambda behind an Application Load Balancer that wakes sleeping ECS
//! environments and their `PostgreSQL` databases.
//!
//! ```text
//! ALB event -> event::Request -> reply::classify -> environment::drive -> reply -> ALB response
//!                                                     |  protocol (sans IO), plan (pure)
//!                                                     v
//!                                                  Cloud: observe, apply
//!                                                     |
//!                                                  aws: ecs, elb, rds, data_api, probe
//! ```

pub mod aws;
pub mod config;
pub mod environment;
mod event;
mod handler;
mod logging;
pub mod reply;
mod run;

pub use event::Request;
pub use handler::{Output, Standing, State, Waker};
pub use run::run;
