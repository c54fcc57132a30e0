//! The variables that say what to do, and which variables name secrets.

use std::collections::BTreeMap;
use std::os::unix::ffi::OsStrExt;
use std::time::Duration;

use super::inputs::{INPUTS, SETTINGS_PREFIX, is_input};
use super::reader::{Problem, Reader};
use super::target::Target;
use crate::connection::Form;
use crate::env_vars::EnvVars;
use crate::secrets::{Reference, SECRET_PREFIX};

const LOG: &str = "ENTRYPOINT_LOG";
/// The variable whose secret describes the database.
pub(crate) const DATABASE_SECRET: &str = "DB_SECRET";

/// Aurora's resume takes 15 s, and 30 s or more after a day's pause: a shorter attempt would only
/// have to start again.
const ATTEMPT: Duration = Duration::from_secs(30);
const TOTAL: Duration = Duration::from_mins(3);
const SECONDS: std::ops::RangeInclusive<u64> = 1..=86_400;

/// What to do. The database's description is read later, because it may depend on secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    pub exports: Vec<Export>,
    pub targets: Vec<Target>,
    pub limits: Limits,
    /// Whether to wait until the database is created, instead of failing at once.
    pub awaits_creation: bool,
    /// Whether the app must not see the entrypoint's own variables.
    pub scrub: bool,
    /// The variables whose values are secret references. `DB_SECRET` is not among them: it gives
    /// fields.
    pub references: BTreeMap<String, Reference>,
    pub database_secret: Option<Reference>,
}

/// A variable for the app, and the form of its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Export {
    pub variable: String,
    pub form: Form,
}

/// How long to wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The whole wait, from the start of the process to the app's.
    pub total: Duration,
    /// One attempt.
    pub attempt: Duration,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    Text,
    Json,
}

impl LogFormat {
    const NAMES: [(&str, Self); 2] = [("text", Self::Text), ("json", Self::Json)];

    /// The format of the log, also while the settings are not read yet, or wrong.
    pub fn of(environment: &EnvVars) -> Self {
        let name = environment.get(LOG).unwrap_or_default();
        choice(Self::NAMES)(name).unwrap_or(Self::Text)
    }
}

impl Settings {
    /// Every variable that names a secret, and the secret: `DB_SECRET`, then the others.
    pub(crate) fn secrets(&self) -> impl Iterator<Item = (&str, &Reference)> {
        let others = self.references.iter().map(|(variable, reference)| (variable.as_str(), reference));
        self.database_secret.iter().map(|reference| (DATABASE_SECRET, reference)).chain(others)
    }

    /// The settings and all their problems. Wrong values are left out, so that the rest can be
    /// checked in the same run.
    pub fn read(environment: &EnvVars) -> (Self, Vec<Problem>) {
        let mut reader = Reader::new(|name: &str| environment.get(name).map(str::to_owned));
        for (name, value) in environment {
            let name = name.to_string_lossy();
            if name.starts_with(SETTINGS_PREFIX) && !is_input(&name) {
                let known = INPUTS.iter().filter(|input| input.starts_with(SETTINGS_PREFIX));
                let known: Vec<_> = known.copied().collect();
                reader.problem(&name, format_args!("is no setting; there are {}", known.join(", ")));
            }
            let is_ours = is_input(&name) || value.as_bytes().starts_with(SECRET_PREFIX.as_bytes());
            if is_ours && value.to_str().is_none() {
                reader.problem(&name, "must be UTF-8");
            }
        }
        let references = references(environment, &mut reader);
        let database_secret = reader.read(DATABASE_SECRET, Reference::parse);
        let described = ["DB_HOST", DATABASE_SECRET].iter().any(|name| environment.get(name).is_some());
        let exports = exports(&mut reader);
        // Only checked here: the log was started before.
        reader.read(LOG, choice(LogFormat::NAMES));
        let settings = Self {
            exports,
            targets: targets(&mut reader, described),
            limits: Limits {
                total: reader.read("ENTRYPOINT_TIMEOUT", seconds).unwrap_or(TOTAL),
                attempt: reader.read("ENTRYPOINT_ATTEMPT_TIMEOUT", seconds).unwrap_or(ATTEMPT),
            },
            awaits_creation: reader
                .read("ENTRYPOINT_MISSING_DATABASE", choice([("fail", false), ("wait", true)]))
                .unwrap_or(false),
            scrub: reader.read("ENTRYPOINT_SCRUB", choice([("0", false), ("1", true)])).unwrap_or(false),
            references,
            database_secret,
        };
        (settings, reader.finish())
    }

    /// Whether the database is used.
    pub fn uses_database(&self) -> bool {
        !self.exports.is_empty() || self.targets.contains(&Target::Database)
    }
}

fn references<F: Fn(&str) -> Option<String>>(
    environment: &EnvVars,
    reader: &mut Reader<F>,
) -> BTreeMap<String, Reference> {
    let mut references = BTreeMap::new();
    for (name, value) in environment {
        let (Some(name), Some(value)) = (name.to_str(), value.to_str()) else { continue };
        if !value.starts_with(SECRET_PREFIX) || name == DATABASE_SECRET {
            continue;
        }
        if name.starts_with(SETTINGS_PREFIX) {
            reader.problem(name, "cannot be a secret: settings are read before secrets");
            continue;
        }
        match Reference::parse(value) {
            Ok(reference) => {
                references.insert(name.to_owned(), reference);
            }
            Err(rule) => reader.problem(name, rule),
        }
    }
    references
}

fn exports<F: Fn(&str) -> Option<String>>(reader: &mut Reader<F>) -> Vec<Export> {
    let exports = reader.read_list("ENTRYPOINT_EXPORT", export).unwrap_or_default();
    for (index, export) in exports.iter().enumerate() {
        if exports[..index].iter().any(|earlier| earlier.variable == export.variable) {
            reader.problem("ENTRYPOINT_EXPORT", format_args!("sets {} twice", export.variable));
        }
    }
    exports
}

fn export(text: &str) -> Result<Export, String> {
    let (variable, form) = text.split_once('=').ok_or("must be VARIABLE=FORM")?;
    if !is_variable_name(variable) {
        return Err(
            "must be VARIABLE=FORM, the name of A-Z a-z 0-9 _ . - and not starting with a digit".into()
        );
    }
    if is_input(variable) {
        return Err(format!("{variable} is an input, and cannot be set"));
    }
    if is_of_the_loader(variable) {
        return Err(format!("{variable} says how programs are found and loaded, and cannot be set"));
    }
    let form = Form::from_name(form).ok_or_else(|| {
        let names = Form::ALL.map(Form::name).join(", ");
        format!("the form must be one of {names}; items are separated by spaces")
    })?;
    Ok(Export { variable: variable.into(), form })
}

/// The names that Kubernetes accepts. Shells do not accept `.` and `-`, but Spring and others read
/// such names.
fn is_variable_name(text: &str) -> bool {
    let rest = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte);
    text.bytes().all(rest) && text.bytes().next().is_some_and(|first| !first.is_ascii_digit())
}

/// Whether the C library or a shell reads the variable to find or load programs: a connection
/// string there keeps the app from starting, or makes it load another file.
fn is_of_the_loader(variable: &str) -> bool {
    variable.starts_with("LD_")
        || ["BASH_ENV", "ENV", "GCONV_PATH", "GLIBC_TUNABLES", "IFS", "PATH"].contains(&variable)
}

fn targets<F: Fn(&str) -> Option<String>>(reader: &mut Reader<F>, described: bool) -> Vec<Target> {
    let none = reader.read("ENTRYPOINT_WAIT", |text| Ok::<_, &str>(text.trim() == "none"));
    if none == Some(true) {
        return Vec::new();
    }
    let default = if described { vec![Target::Database] } else { Vec::new() };
    reader.read_list("ENTRYPOINT_WAIT", Target::parse).unwrap_or(default)
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds = text.parse().ok().filter(|seconds| SECONDS.contains(seconds));
    seconds
        .map(Duration::from_secs)
        .ok_or_else(|| format!("must be whole seconds from {} to {}", SECONDS.start(), SECONDS.end()))
}

fn choice<T: Copy, const N: usize>(values: [(&'static str, T); N]) -> impl Fn(&str) -> Result<T, String> {
    move |text| {
        let found = values.iter().find(|(name, _)| *name == text);
        let names = || values.map(|(name, _)| name).join(" or ");
        found.map(|(_, value)| *value).ok_or_else(|| format!("must be {}", names()))
    }
}

#[cfg(test)]
mod tests {
    use super::super::target::Dependency;
    use super::*;

    fn read<const N: usize>(variables: [(&str, &str); N]) -> Result<Settings, Vec<String>> {
        let (settings, problems) = Settings::read(&EnvVars::from_iter(variables));
        if problems.is_empty() {
            Ok(settings)
        } else {
            Err(problems.iter().map(Problem::to_string).collect())
        }
    }

    #[test]
    fn nothing_is_done_without_settings() {
        let settings = read([("PATH", "/bin"), ("AWS_REGION", "eu-west-1")]).unwrap();
        assert_eq!((settings.exports, settings.targets), (vec![], vec![]));
        assert!(settings.references.is_empty() && settings.database_secret.is_none());
        assert_eq!(settings.limits, Limits { total: TOTAL, attempt: ATTEMPT });
    }

    #[test]
    fn a_database_is_waited_for_unless_told_otherwise() {
        let targets = |wait| read([("DB_HOST", "db"), ("ENTRYPOINT_WAIT", wait)]).unwrap().targets;
        assert_eq!(targets(""), [Target::Database]);
        assert_eq!(targets("none"), []);
        let redis = Target::Dependency(Dependency::Tcp { host: "redis".into(), port: 6379 });
        assert_eq!(targets(" tcp://redis:6379\n database"), [redis, Target::Database]);
        assert_eq!(read([("DB_SECRET", "app")]).unwrap().targets, [Target::Database]);
    }

    #[test]
    fn secrets_are_found_in_any_variable() {
        let settings = read([("DB_SECRET", "secretsmanager:db"), ("API_KEY", "secretsmanager:keys#api")]);
        let settings = settings.unwrap();
        assert_eq!(settings.references.keys().collect::<Vec<_>>(), ["API_KEY"]);
        assert_eq!(settings.database_secret.unwrap().secret.id, "db");
    }

    #[test]
    fn exports_are_read() {
        let exports = read([("ENTRYPOINT_EXPORT", "A=conninfo  B=url\nC=pgpass")]).unwrap().exports;
        let expected = [("A", Form::Conninfo), ("B", Form::Url), ("C", Form::Pgpass)];
        let expected = expected.map(|(variable, form)| Export { variable: variable.into(), form });
        assert_eq!(exports, expected);
    }

    #[test]
    fn only_a_variable_of_the_apps_own_can_be_exported() {
        let rule = |variable: &str| read([("ENTRYPOINT_EXPORT", format!("{variable}=url").as_str())]);
        for variable in ["DATABASE_URL", "_x", "spring.datasource.url", "db-url", "PATHS", "OLD_PATH"] {
            assert_eq!(rule(variable).unwrap().exports[0].variable, variable);
        }
        for variable in ["", "1A", "A\u{1}", "Ä", "A:B", "A/B"] {
            assert!(rule(variable).unwrap_err()[0].contains("must be VARIABLE=FORM"), "{variable:?}");
        }
        for variable in ["LD_PRELOAD", "LD_LIBRARY_PATH", "PATH", "BASH_ENV", "GCONV_PATH", "DB_HOST"] {
            assert!(rule(variable).unwrap_err()[0].ends_with("and cannot be set"), "{variable}");
        }
    }

    #[test]
    fn everything_wrong_is_said_at_once_and_no_value_is_shown() {
        let problems = read([
            ("ENTRYPOINT_EXPORT", "A=conninfo A=url B hunter2=x DB_URL=odbc DB_HOST=url"),
            ("ENTRYPOINT_WAIT", "database hunter2 none"),
            ("ENTRYPOINT_TIMEOUT", "0"),
            ("ENTRYPOINT_ATTEMPT_TIMEOUT", "30s"),
            ("ENTRYPOINT_MISSING_DATABASE", "hunter2"),
            ("ENTRYPOINT_SCRUB", "yes"),
            ("ENTRYPOINT_LOG", "xml"),
            ("ENTRYPOINT_EXPORTS", "hunter2"),
            ("DB_SECRET", "hunter2 hunter2"),
            ("API_KEY", "secretsmanager:arn:aws:ssm:hunter2"),
        ])
        .unwrap_err();
        assert!(!problems.concat().contains("hunter2"), "{problems:#?}");
        let starts: Vec<_> = problems.iter().map(|problem| &problem[..problem.len().min(40)]).collect();
        assert_eq!(
            starts,
            [
                "ENTRYPOINT_EXPORTS is no setting; there ",
                "API_KEY is an ARN, but not of a secret (",
                "DB_SECRET has characters that no secret'",
                "ENTRYPOINT_EXPORT item 3: must be VARIAB",
                "ENTRYPOINT_EXPORT item 4: the form must ",
                "ENTRYPOINT_EXPORT item 5: the form must ",
                "ENTRYPOINT_EXPORT item 6: DB_HOST is an ",
                "ENTRYPOINT_EXPORT sets A twice",
                "ENTRYPOINT_LOG must be text or json",
                "ENTRYPOINT_WAIT item 2: must be database",
                "ENTRYPOINT_WAIT item 3: must be database",
                "ENTRYPOINT_TIMEOUT must be whole seconds",
                "ENTRYPOINT_ATTEMPT_TIMEOUT must be whole",
                "ENTRYPOINT_MISSING_DATABASE must be fail",
                "ENTRYPOINT_SCRUB must be 0 or 1",
            ]
        );
    }

    #[test]
    fn a_setting_cannot_be_a_secret() {
        let problems = read([("ENTRYPOINT_WAIT", "secretsmanager:app")]).unwrap_err();
        assert_eq!(problems[0], "ENTRYPOINT_WAIT cannot be a secret: settings are read before secrets");
    }
}
