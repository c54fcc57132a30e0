//! The environment with its secrets in place, and the database that it describes.

use crate::config::{DatabaseField, Known, Problem, Settings, database};
use crate::connection::Database;
use crate::environment::Environment;
use crate::secret::Secret;
use crate::secrets::{
    Fetched, Reference, SECRET_PREFIX, SecretError, SecretProblem, SecretProblems, Secrets, ValueError,
    select,
};

/// What a secret's `engine` may be, where it has one.
const ENGINES: [&str; 3] = ["postgres", "postgresql", "aurora-postgresql"];

/// What the secrets make of the settings; when they are read again, it may be something else.
#[derive(Debug)]
pub struct Launch {
    settings: Settings,
    original: Environment,
    secrets: Option<Secrets>,
    values: Values,
}

/// What depends on secrets.
#[derive(Debug)]
struct Values {
    environment: Environment,
    database: Option<Database>,
}

/// Reads the whole configuration as far as that goes without the secrets, or says everything that
/// is wrong with it. No database: it is not used, or secrets are missing.
pub fn configuration(environment: &Environment) -> Result<(Settings, Option<Database>), Vec<Problem>> {
    let (settings, mut problems) = Settings::read(environment);
    let mut described = None;
    if settings.uses_database() {
        match without_secrets(environment) {
            Ok(database) => described = database,
            Err(more) => problems.extend(more),
        }
    }
    if problems.is_empty() { Ok((settings, described)) } else { Err(problems) }
}

fn without_secrets(environment: &Environment) -> Result<Option<Database>, Vec<Problem>> {
    database(|field| match environment.get(field.variable()) {
        Some(value) if value.starts_with(SECRET_PREFIX) => Known::NotYet,
        Some(value) => Known::Value(Secret::new(value)),
        None if environment.get("DB_SECRET").is_some() && !field.keys().is_empty() => Known::NotYet,
        None => Known::Absent,
    })
}

impl Launch {
    /// Puts secrets in the place of references. Where there are no references, `secrets` is None
    /// and nothing is fetched.
    pub async fn new(
        settings: Settings,
        original: Environment,
        secrets: Option<Secrets>,
    ) -> Result<Self, SecretProblems> {
        let fetched = match &secrets {
            Some(secrets) => secrets.fetch(settings.secrets()).await,
            None => Fetched::default(),
        };
        let values = Values::new(&settings, &original, &fetched)?;
        Ok(Self { settings, original, secrets, values })
    }

    /// Fetches the secrets again. False: the database and its login are what they were.
    pub(crate) async fn reread(&mut self) -> Result<bool, SecretProblems> {
        let Some(secrets) = &self.secrets else { return Ok(false) };
        let fetched = secrets.fetch(self.settings.secrets()).await;
        let values = Values::new(&self.settings, &self.original, &fetched)?;
        let changed = values.database != self.values.database;
        self.values = values;
        Ok(changed)
    }

    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The database, where anything is done with it.
    pub fn database(&self) -> Option<&Database> {
        self.values.database.as_ref()
    }

    /// The environment with secrets in the place of references.
    pub fn environment(&self) -> &Environment {
        &self.values.environment
    }
}

impl Values {
    fn new(settings: &Settings, original: &Environment, fetched: &Fetched) -> Result<Self, SecretProblems> {
        let mut problems = Vec::new();
        let mut value = |variable: &str, reference: &Reference| match fetched.value(reference) {
            Ok(value) => Some(value),
            Err(error) => {
                problems.push(SecretProblem::new(variable, reference, error));
                None
            }
        };
        let mut environment = original.clone();
        for (variable, reference) in &settings.references {
            if let Some(value) = value(variable, reference) {
                environment.set(variable, value.into_exposed());
            }
        }
        let secret = settings.database_secret.as_ref().and_then(|reference| value("DB_SECRET", reference));
        if !problems.is_empty() {
            return Err(SecretProblems(problems));
        }
        let database = if settings.uses_database() {
            Some(described(settings, &environment, secret.as_ref())?)
        } else {
            None
        };
        Ok(Self { environment, database })
    }
}

/// The database as the variables describe it, and for what they leave open, the secret.
fn described(
    settings: &Settings,
    environment: &Environment,
    secret: Option<&Secret>,
) -> Result<Database, SecretProblems> {
    let json = secret.map_or("{}", Secret::expose);
    let of_secret = |error| match &settings.database_secret {
        Some(reference) => SecretProblem::new("DB_SECRET", reference, error),
        None => unreachable!("only a secret's fields are looked for in a secret"),
    };
    match select(json, "engine") {
        Err(ValueError::NoSuchKey | ValueError::Null) => {}
        Ok(engine) if ENGINES.contains(&engine.expose()) => {}
        Ok(_) => return Err(SecretProblems(vec![of_secret(SecretError::Engine)])),
        Err(error) => return Err(SecretProblems(vec![of_secret(SecretError::Value(error))])),
    }
    let from_secret = |field: DatabaseField| field.keys().iter().find_map(|key| select(json, key).ok());
    let found = database(|field| match environment.get(field.variable()) {
        Some(value) => Known::Value(Secret::new(value)),
        None => from_secret(field).map_or(Known::Absent, Known::Value),
    });
    match found {
        Ok(Some(database)) => Ok(database),
        Ok(None) => unreachable!("every field is known or absent"),
        Err(problems) => Err(SecretProblems(
            problems.into_iter().map(|problem| SecretProblem::unfit(settings, &problem)).collect(),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems<const N: usize>(variables: [(&str, &str); N]) -> Vec<String> {
        let problems = configuration(&Environment::from_iter(variables)).unwrap_err();
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
    fn a_wrong_reference_is_one_problem_and_not_two() {
        let wrong = [("DB_SECRET", "a b"), ("DB_PORT", "secretsmanager:arn:aws:ssm:x")];
        assert_eq!(problems(wrong), ["DB_PORT", "DB_SECRET"]);
    }
}
