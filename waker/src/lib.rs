//! A Lambda function behind an Application Load Balancer that wakes sleeping ECS environments and their
//! `PostgreSQL` databases, and puts idle ones to sleep.
//!
//! ```text
//! ALB, Scheduler, CloudWatch alarm, EventBridge, operators
//!   -> event         which kind of event it is
//!   -> handler       one file per kind; guard: may this request wake?
//!   -> environment   drive: runs the protocol (sans IO) on a Cloud: observe, apply
//!        |             protocol asks plan (which steps?) and sleep_decision (may it sleep?), both pure
//!        +-- aws       the Cloud in production: ecs, elb, rds, data_api, probe, metrics, scaling
//!   -> status        state, phase, steps and estimate of an environment
//!   -> reply         the ALB response: page, redirect, problem details, gRPC status;
//!                    a tick or a command returns EnvironmentReports or Statuses instead
//!
//! config             read once, at start
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
