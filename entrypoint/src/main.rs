//! Maps the command line and its result to an exit code.

use std::process::ExitCode;

use clap::Parser;
use entrypoint::check::check;
use entrypoint::cli::{Action, Cli};
use entrypoint::config::LogFormat;
use entrypoint::create_user::create_user;
use entrypoint::env_vars::EnvVars;
use entrypoint::error::Error;
use entrypoint::install::install;
use entrypoint::log;
use entrypoint::run::run;

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are errors to clap, too, which it prints to standard output.
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { 64 } else { 0 });
        }
    };
    let environment = EnvVars::of_this_process();
    log::start(LogFormat::of(&environment));
    let Err(error) = act(cli, &environment) else { return ExitCode::SUCCESS };
    for line in error.lines() {
        tracing::error!("{line}");
    }
    ExitCode::from(error.exit_code())
}

fn act(cli: Cli, environment: &EnvVars) -> Result<(), Error> {
    match cli.action {
        None => Err(run(environment, &cli.command)),
        Some(Action::Run { command }) => Err(run(environment, &command)),
        Some(Action::CreateUser) => create_user(environment),
        Some(Action::Check { connect, command }) => check(environment, &command, connect),
        Some(Action::Install { directory }) => {
            let copy = install(&directory)?;
            tracing::info!(path = %copy.display(), "installed");
            Ok(())
        }
    }
}
