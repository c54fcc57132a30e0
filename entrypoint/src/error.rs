//! How a start can fail, and the exit code of each failure.

use std::io;

use nix::sys::signal::Signal;
use thiserror::Error;

use crate::chain::chain;
use crate::config::Problem;
use crate::connection::FormError;
use crate::exec::ExecError;
use crate::install::InstallError;
use crate::net::roots::RootsError;
use crate::resolved_settings::ResolveSettingsError;
use crate::secrets::SecretProblems;
use crate::wait::WaitError;

/// Why the app was not started.
#[derive(Debug, Error)]
pub enum Error {
    #[error("the configuration is wrong")]
    Configuration(Vec<Problem>),
    #[error("failed to read secrets")]
    Secrets(SecretProblems),
    #[error(transparent)]
    Wait(#[from] WaitError),
    #[error("reading secrets took longer than ENTRYPOINT_TIMEOUT")]
    SecretsTimedOut,
    #[error("failed to set {variable}")]
    Export { variable: String, source: FormError },
    #[error(transparent)]
    Roots(#[from] RootsError),
    #[error("stopped by {0}")]
    Stopped(Signal),
    #[error(transparent)]
    Exec(#[from] ExecError),
    #[error(transparent)]
    Install(#[from] InstallError),
    #[error("failed to start the runtime")]
    Runtime(#[source] io::Error),
    #[error("failed to write the report")]
    Report(#[source] io::Error),
}

impl Error {
    /// The exit code, from sysexits.h if it has one.
    ///
    /// 64 is a mistake found without a request, 77 a refusal by a server, 69 no answer in time.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Configuration(_) | Self::Roots(_) | Self::Export { source: FormError::LineBreak, .. } => 64,
            Self::Secrets(problems) if problems.are_transient() => 69,
            Self::SecretsTimedOut | Self::Wait(WaitError::TimedOut { .. }) => 69,
            Self::Runtime(_) => 71,
            Self::Export { source: FormError::Write(_), .. } | Self::Install(_) | Self::Report(_) => 73,
            Self::Secrets(_) | Self::Wait(WaitError::Refused { .. }) => 77,
            Self::Exec(error) => error.exit_code(),
            // Signals are at most 64.
            Self::Stopped(signal) => 128 + u8::try_from(*signal as i32).unwrap_or(0),
        }
    }

    /// The message to the user: a line for each problem.
    pub fn lines(&self) -> Vec<String> {
        match self {
            Self::Configuration(problems) => problems.iter().map(Problem::to_string).collect(),
            Self::Secrets(SecretProblems(problems)) => {
                problems.iter().map(|problem| format!("{self}: {problem}")).collect()
            }
            _ => vec![chain(self)],
        }
    }
}

impl From<ResolveSettingsError> for Error {
    fn from(error: ResolveSettingsError) -> Self {
        match error {
            ResolveSettingsError::Roots(error) => Self::Roots(error),
            ResolveSettingsError::Secrets(problems) => Self::Secrets(problems),
        }
    }
}
