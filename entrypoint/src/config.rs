//! The settings in the environment variables, checked before anything is done.
//!
//! All mistakes are reported at once, each with the variable and the rule, never with a value: a
//! wrong value is often a secret in the wrong place.

mod app_user;
mod database;
mod inputs;
mod reader;
mod settings;
mod target;

pub use app_user::{AppUser, app_user};
pub use database::{DatabaseField, InSecret, Known, database};
pub use inputs::{INPUTS, is_input};
pub use reader::Problem;
pub(crate) use settings::DATABASE_SECRET;
pub use settings::{Export, Limits, LogFormat, Settings};
pub use target::{Dependency, Target};
