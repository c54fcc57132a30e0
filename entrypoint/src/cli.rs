//! The command line.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Parser, Subcommand};

/// Fetches secrets, builds the PostgreSQL connection string, waits for the database, and becomes
/// the command.
#[derive(Debug, Parser)]
#[command(version, after_long_help = include_str!("help.txt"), subcommand_negates_reqs = true, args_conflicts_with_subcommands = true)]
pub struct Cli {
    #[command(subcommand)]
    pub action: Option<Action>,
    /// The command to become, and its arguments.
    #[arg(last = true, required = true, value_name = "COMMAND")]
    pub command: Vec<OsString>,
}

#[derive(Debug, Subcommand)]
pub enum Action {
    /// Becomes the command; the same as no subcommand.
    Run {
        /// The command to become, and its arguments.
        #[arg(last = true, required = true, value_name = "COMMAND")]
        command: Vec<OsString>,
    },
    /// Copies this binary to a folder, for instance a volume that containers share.
    Install {
        /// An existing folder.
        directory: PathBuf,
    },
    /// Creates the app's own database user with the master's login, or brings it up to date.
    CreateUser,
    /// Prints what `run` would do, without secrets, and whether the configuration is right.
    Check {
        /// Fetches the secrets and logs in, too.
        #[arg(long)]
        connect: bool,
        /// The command that `run` would become.
        #[arg(last = true, value_name = "COMMAND")]
        command: Vec<OsString>,
    },
}
