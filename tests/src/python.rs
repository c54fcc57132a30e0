//! The emulators are Python programs: a virtual environment for each, and a process that ends all
//! its descendants.

mod process;
mod server;
mod venv;

pub use process::Process;
pub(crate) use server::Server;
pub use venv::Venv;

use std::path::PathBuf;

/// The folder of the launcher and the lists of requirements.
pub(crate) fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("local-aws")
}
