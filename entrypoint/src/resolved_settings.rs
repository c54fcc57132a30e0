//! The environment with its secrets in place, and the database that it describes.

use std::convert::Infallible;

use thiserror::Error;

use crate::config::{
    AppUser, DATABASE_SECRET, DatabaseField, InSecret, Known, Problem, Settings, Target, app_user, database,
};
use crate::connection::Database;
use crate::env_vars::EnvVars;
use crate::net::resolve::Resolver;
use crate::net::roots::RootsError;
use crate::secret::Secret;
use crate::secrets::{
    Fetched, Reference, SECRET_PREFIX, SecretError, SecretProblem, SecretProblems, Secrets, ValueError,
    select,
};

/// The accepted values of a secret's `engine`, if it has one.
const ENGINES: [&str; 3] = ["postgres", "postgresql", "aurora-postgresql"];

/// The settings with their secrets; a later read of the secrets may change them.
#[derive(Debug)]
pub struct ResolvedSettings {
    settings: Settings,
    original: EnvVars,
    secrets: Option<Secrets>,
    values: Values,
}

/// Why the references are not resolved.
#[derive(Debug, Error)]
pub enum ResolveSettingsError {
    #[error(transparent)]
    Roots(#[from] RootsError),
    #[error(transparent)]
    Secrets(#[from] SecretProblems),
}

/// The parts that depend on secrets.
#[derive(Debug)]
struct Values {
    environment: EnvVars,
    database: Option<Database>,
}

/// Reads as much of the whole configuration as possible without the secrets, or returns all its
/// problems. No database: it is not used, or secrets are missing.
pub fn configuration(environment: &EnvVars) -> Result<(Settings, Option<Database>), Vec<Problem>> {
    let (settings, mut problems) = Settings::read(environment);
    let mut described = None;
    if settings.uses_database() {
        match without_secrets(environment) {
            Ok(database) => described = database.ok(),
            Err(more) => problems.extend(more),
        }
    }
    if problems.is_empty() { Ok((settings, described)) } else { Err(problems) }
}

/// The same for `create-user`, which waits only for the database, and also needs the app's own
/// login.
pub fn configuration_to_create_user(environment: &EnvVars) -> Result<Settings, Vec<Problem>> {
    let (settings, mut problems) = Settings::read(environment);
    let described = without_secrets(environment).map_err(|more| problems.extend(more)).ok();
    let database = described.and_then(Result::ok);
    let variable = |name: &str| match environment.get(name) {
        Some(value) if value.starts_with(SECRET_PREFIX) => Known::Pending(InSecret),
        Some(value) => Known::Value(Secret::new(value)),
        None if environment.is_unreadable(name) => Known::Pending(InSecret),
        None => Known::Absent,
    };
    let master = database.as_ref().map(|database| database.user.as_str());
    if let Err(more) = app_user(variable, master) {
        problems.extend(more);
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    Ok(Settings { targets: vec![Target::Database], exports: Vec::new(), ..settings })
}

fn without_secrets(environment: &EnvVars) -> Result<Result<Database, InSecret>, Vec<Problem>> {
    database(|field| match environment.get(field.variable()) {
        Some(value) if value.starts_with(SECRET_PREFIX) => Known::Pending(InSecret),
        Some(value) => Known::Value(Secret::new(value)),
        // The settings have reported its problem.
        None if environment.is_unreadable(field.variable()) => Known::Pending(InSecret),
        None if environment.get(DATABASE_SECRET).is_some() && !field.keys().is_empty() => {
            Known::Pending(InSecret)
        }
        None => Known::Absent,
    })
}

impl ResolvedSettings {
    /// Replaces references by secrets. Without references, it makes no request to AWS.
    pub async fn new(
        settings: Settings,
        original: EnvVars,
        resolver: &Resolver,
    ) -> Result<Self, ResolveSettingsError> {
        let secrets = match settings.secrets().next() {
            Some(_) => Some(Secrets::connect(resolver).await?),
            None => None,
        };
        let fetched = match &secrets {
            Some(secrets) => secrets.fetch(settings.secrets()).await,
            None => Vec::new(),
        };
        let values = Values::new(&settings, &original, fetched)?;
        Ok(Self { settings, original, secrets, values })
    }

    /// Fetches the secrets again. False: the database and its login have not changed.
    pub(crate) async fn reread(&mut self) -> Result<bool, SecretProblems> {
        let Some(secrets) = &self.secrets else { return Ok(false) };
        let fetched = secrets.fetch(self.settings.secrets()).await;
        let values = Values::new(&self.settings, &self.original, fetched)?;
        let changed = values.database != self.values.database;
        self.values = values;
        Ok(changed)
    }

    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The database, if it is used.
    pub fn database(&self) -> Option<&Database> {
        self.values.database.as_ref()
    }

    /// The app's own login, for `create-user`.
    pub(crate) fn app_user(&self) -> Result<AppUser, SecretProblems> {
        let variable = |name: &str| match self.environment().get(name) {
            Some(value) => Known::Value(Secret::new(value)),
            None => Known::Absent::<Infallible>,
        };
        let master = self.database().map(|database| database.user.as_str());
        let Ok(user) = app_user(variable, master).map_err(|problems| {
            SecretProblems(problems.iter().map(|problem| unfit(&self.settings, problem)).collect())
        })?;
        Ok(user)
    }

    /// The environment with secrets in place of references.
    pub fn environment(&self) -> &EnvVars {
        &self.values.environment
    }
}

impl Values {
    fn new(
        settings: &Settings,
        original: &EnvVars,
        fetched: Vec<Fetched<'_>>,
    ) -> Result<Self, SecretProblems> {
        let mut problems = Vec::new();
        let mut environment = original.clone();
        let mut database_secret = None;
        for Fetched { variable, reference, value } in fetched {
            match value {
                Ok(secret) if variable == DATABASE_SECRET => database_secret = Some((reference, secret)),
                Ok(value) => environment.set(variable, value.into_exposed()),
                Err(error) => problems.push(SecretProblem::new(variable, Some(reference), error)),
            }
        }
        if !problems.is_empty() {
            problems.sort_by(|one, other| one.variable().cmp(other.variable()));
            return Err(SecretProblems(problems));
        }
        let database = if settings.uses_database() {
            let database = match &database_secret {
                Some((reference, secret)) => of_secret(settings, &environment, reference, secret.expose())?,
                None => described(settings, &environment, |_| Known::Absent)?,
            };
            Some(database)
        } else {
            None
        };
        Ok(Self { environment, database })
    }
}

/// The database as the variables describe it, completed from the secret's JSON.
fn of_secret(
    settings: &Settings,
    environment: &EnvVars,
    reference: &Reference,
    json: &str,
) -> Result<Database, SecretProblems> {
    let refused = |error| SecretProblems(vec![SecretProblem::new(DATABASE_SECRET, Some(reference), error)]);
    match select(json, "engine") {
        Err(ValueError::NoSuchKey | ValueError::Null) => {}
        Ok(engine) if ENGINES.contains(&engine.expose()) => {}
        Ok(_) => return Err(refused(SecretError::Engine)),
        Err(error) => return Err(refused(SecretError::Value(error))),
    }
    described(settings, environment, |field| {
        let value = |key: &&str| match select(json, key) {
            Ok(value) => Some(Known::Value(value)),
            Err(ValueError::NoSuchKey | ValueError::Null) => None,
            Err(error) => Some(Known::Wrong(format!("its key {key} {error}"))),
        };
        field.keys().iter().find_map(value).unwrap_or(Known::Absent)
    })
}

/// The database as the variables describe it, completed from `from_secret`.
fn described(
    settings: &Settings,
    environment: &EnvVars,
    from_secret: impl Fn(DatabaseField) -> Known<Infallible>,
) -> Result<Database, SecretProblems> {
    let Ok(database) = database(|field| match environment.get(field.variable()) {
        Some(value) => Known::Value(Secret::new(value)),
        None => from_secret(field),
    })
    .map_err(|problems| SecretProblems(problems.iter().map(|problem| unfit(settings, problem)).collect()))?;
    Ok(database)
}

/// A missing or wrong part of the database's description, in a secret or because of one.
fn unfit(settings: &Settings, problem: &Problem) -> SecretProblem {
    let reference = settings.references.get(&problem.variable).or(settings.database_secret.as_ref());
    SecretProblem::new(&problem.variable, reference, SecretError::Unfit(problem.rule.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;

    fn problems<V: Into<std::ffi::OsString>, const N: usize>(variables: [(&str, V); N]) -> Vec<String> {
        let problems = configuration(&EnvVars::from_iter(variables)).unwrap_err();
        problems.iter().map(|problem| problem.variable.clone()).collect()
    }

    #[test]
    fn settings_and_database_are_checked_in_one_run() {
        let wrong = [
            ("ENTRYPOINT_EXPORT", "DATABASE_URL=uri"),
            ("DB_HOST", "db"),
            ("DB_PORT", "99999"),
            ("DB_NAME", "app"),
            ("DB_USER", "app"),
            ("DB_SSLMODE", "always"),
        ];
        assert_eq!(problems(wrong), ["ENTRYPOINT_EXPORT", "DB_PORT", "DB_SSLMODE"]);
    }

    #[test]
    fn a_value_that_is_not_utf_8_is_one_problem_and_never_absent() {
        for variable in ["DB_NAME", "DB_PASSWORD", "DB_SECRET", "ENTRYPOINT_SCRUB", "ENTRYPOINT_LOG"] {
            let environment = [
                ("DB_HOST", &b"db"[..]),
                ("DB_NAME", b"app"),
                ("DB_USER", b"me"),
                ("APP_TITLE", b"Z\xfcrich"),
                (variable, b"1\xff"),
            ];
            assert_eq!(
                problems(environment.map(|(name, value)| (name, OsStr::from_bytes(value)))),
                [variable]
            );
        }
        assert_eq!(problems([("API", OsStr::from_bytes(b"secretsmanager:\xff"))]), ["API"]);
    }

    #[test]
    fn a_wrong_reference_is_one_problem_and_not_two() {
        let wrong = [("DB_SECRET", "a b"), ("DB_PORT", "secretsmanager:arn:aws:ssm:x")];
        assert_eq!(problems(wrong), ["DB_PORT", "DB_SECRET"]);
    }
}
