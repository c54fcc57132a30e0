//! Prints what a run would do, without secrets.

use std::ffi::OsString;
use std::fmt::{self, Write as _};
use std::io::{self, Write as _};
use std::path::PathBuf;

use crate::config::{Settings, Target};
use crate::connection::{Database, Form, FormError};
use crate::env_vars::EnvVars;
use crate::error::Error;
use crate::exec::{ExecError, find};
use crate::redact::redacted;
use crate::resolved_settings;
use crate::run::{ready, runtime};
use crate::secret::Secret;

/// Checks the configuration, and with `connect` also the secrets and every target to wait for.
/// Prints what a run would do to standard output.
pub fn check(environment: &EnvVars, command: &[OsString], connect: bool) -> Result<(), Error> {
    let (settings, mut database) =
        resolved_settings::configuration(environment).map_err(Error::Configuration)?;
    if connect {
        let prepared = runtime()?.block_on(ready(settings.clone(), environment.clone()))?;
        database = prepared.database().cloned();
    }
    let program = command.first().map(|program| find(program, environment).ok_or(program));
    let report = report(&settings, database.as_ref(), program.clone().and_then(Result::ok), command)?;
    io::stdout().lock().write_all(report.as_bytes()).map_err(Error::Report)?;
    match program {
        Some(Err(program)) => Err(ExecError::not_found(program).into()),
        _ => Ok(()),
    }
}

fn report(
    settings: &Settings,
    database: Option<&Database>,
    program: Option<PathBuf>,
    command: &[OsString],
) -> Result<String, Error> {
    let mut report = Report::default();
    for (variable, reference) in settings.secrets() {
        report.line("secret", format_args!("{variable} from {reference}"));
    }
    for export in &settings.exports {
        let variable = &export.variable;
        let value = match database {
            Some(database) => shown(export.form, database)
                .map_err(|source| Error::Export { variable: variable.clone(), source })?,
            None => "known when the secrets are read".into(),
        };
        report.line("export", format_args!("{variable} as {}: {value}", export.form.name()));
    }
    for target in &settings.targets {
        match (target, database) {
            (Target::Database, Some(database)) => {
                report.line("wait for", format_args!("database {}", database.address()));
            }
            _ => report.line("wait for", target),
        }
    }
    let limits = settings.limits;
    if !settings.targets.is_empty() {
        let (total, attempt) = (limits.total.as_secs(), limits.attempt.as_secs());
        report.line("at most", format_args!("{total} s in all, {attempt} s an attempt"));
    }
    if settings.scrub {
        report.line("hide", "the entrypoint's own variables");
    }
    if let (Some(program), Some((_, arguments))) = (program, command.split_first()) {
        let arguments = redacted(arguments).into_iter().map(|argument| format!(" {argument:?}"));
        report.line("run", format_args!("{}{}", program.display(), arguments.collect::<String>()));
    }
    Ok(report.0)
}

/// The form with the password left out.
fn shown(form: Form, database: &Database) -> Result<String, FormError> {
    // Rendered once as it is, because only that shows whether the form can hold the password.
    form.text(database)?;
    let password = database.password.as_ref().map(|_| Secret::new("***"));
    let redacted = Database { password, ..database.clone() };
    Ok(form.text(&redacted)?.into_exposed())
}

#[derive(Default)]
struct Report(String);

impl Report {
    fn line(&mut self, what: &str, text: impl fmt::Display) {
        let _ = writeln!(self.0, "{what:<9} {text}");
    }
}
