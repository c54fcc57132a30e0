//! The steps to the app: secrets, wait, exports, exec.

use std::convert::Infallible;
use std::ffi::OsString;

use tokio::runtime::{Builder, Runtime};
use tokio::time::timeout_at;

use crate::config::{INPUTS, Settings};
use crate::env_vars::EnvVars;
use crate::error::Error;
use crate::exec::exec;
use crate::net::resolve::Resolver;
use crate::resolved_settings::{self, ResolvedSettings};
use crate::signals::Signals;
use crate::wait::{self, Deadline};

/// Becomes the command. Returns only if that fails.
pub fn run(environment: &EnvVars, command: &[OsString]) -> Error {
    let Err(error) = start(environment, command);
    error
}

fn start(environment: &EnvVars, command: &[OsString]) -> Result<Infallible, Error> {
    let signals = Signals::catch().map_err(Error::Runtime)?;
    let (settings, _) = resolved_settings::configuration(environment).map_err(Error::Configuration)?;
    let prepared = runtime()?.block_on(async {
        tokio::select! {
            biased;
            signal = signals.next() => Err(signal.map_or_else(Error::Runtime, Error::Stopped)),
            prepared = ready(settings, environment.clone()) => prepared,
        }
    })?;
    let environment = app_environment(&prepared)?;
    signals.end_at_once().map_err(Error::Stopped)?;
    Err(exec(command, &environment).into())
}

/// One thread is enough, and starts fastest.
pub(crate) fn runtime() -> Result<Runtime, Error> {
    Builder::new_current_thread().enable_all().build().map_err(Error::Runtime)
}

/// Fetches the secrets and waits for all targets.
pub(crate) async fn ready(settings: Settings, environment: EnvVars) -> Result<ResolvedSettings, Error> {
    let deadline = Deadline::from_now(settings.limits);
    let resolver = Resolver::default();
    let fetching = ResolvedSettings::new(settings, environment, &resolver);
    let mut prepared = timeout_at(deadline.at, fetching).await.map_err(|_| Error::SecretsTimedOut)??;
    let targets = prepared.settings().targets.clone();
    wait::all(&targets, &mut prepared, &resolver, deadline).await?;
    Ok(prepared)
}

/// The app's environment.
fn app_environment(prepared: &ResolvedSettings) -> Result<EnvVars, Error> {
    let settings = prepared.settings();
    let mut environment = prepared.environment().clone();
    if settings.scrub {
        for input in INPUTS {
            environment.remove(input);
        }
    }
    if let Some(database) = prepared.database() {
        for export in &settings.exports {
            let value = export
                .form
                .value(database)
                .map_err(|source| Error::Export { variable: export.variable.clone(), source })?;
            environment.set(&export.variable, value);
        }
    }
    Ok(environment)
}
