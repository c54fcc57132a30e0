//! The app's own login, for `create-user`.
//!
//! Like the database, it is read twice: before the secrets are there and when they are.

use super::database::Known;
use super::reader::Problem;
use crate::secret::Secret;

const USER: &str = "DB_APP_USER";
const PASSWORD: &str = "DB_APP_PASSWORD";

/// `NAMEDATALEN` without the NUL: PostgreSQL truncates a longer name with only a notice.
const LONGEST_NAME: usize = 63;

/// Users that RDS and Aurora create for themselves, beside the roles `rds_*`.
const OF_RDS: [&str; 4] = ["rdsadmin", "rdsrepladmin", "rdstopmgr", "rdswriteforwarduser"];

/// The user that `create-user` creates, and the password that it sets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppUser {
    pub name: String,
    pub password: Secret,
}

/// Reads the app's login; `master` is the user that creates it, if known. The inner error: right so
/// far, but a variable is pending.
pub fn app_user<P>(
    variable: impl Fn(&str) -> Known<P>,
    master: Option<&str>,
) -> Result<Result<AppUser, P>, Vec<Problem>> {
    let name = value(variable(USER), |text| name(text, master));
    let password = value(variable(PASSWORD), password);
    let problem = |variable: &str, rule: Option<String>| rule.map(|rule| Problem::new(variable, rule));
    match (name, password) {
        (Ok(Ok(name)), Ok(Ok(password))) => Ok(Ok(AppUser { name: name.into_exposed(), password })),
        (Ok(Err(why)), Ok(_)) | (Ok(_), Ok(Err(why))) => Ok(Err(why)),
        (name, password) => {
            let problems = [problem(USER, name.err()), problem(PASSWORD, password.err())];
            Err(problems.into_iter().flatten().collect())
        }
    }
}

fn value<P>(
    known: Known<P>,
    rule: impl FnOnce(&str) -> Result<(), String>,
) -> Result<Result<Secret, P>, String> {
    match known {
        Known::Pending(why) => Ok(Err(why)),
        Known::Absent => Err("is not set".into()),
        Known::Wrong(rule) => Err(rule),
        Known::Value(value) => rule(value.expose()).map(|()| Ok(value)),
    }
}

fn name(text: &str, master: Option<&str>) -> Result<(), String> {
    let rule = if text.is_empty() || text.contains(char::is_control) {
        "must not be empty or have control characters"
    } else if text.len() > LONGEST_NAME {
        "must be at most 63 bytes long, PostgreSQL's limit"
    } else if text.starts_with("pg_") {
        "must not begin with pg_, which PostgreSQL keeps for its own roles"
    } else if ["public", "none"].contains(&text) {
        "must not be public or none, which PostgreSQL takes for words of its own"
    } else if text.starts_with("rds_") || OF_RDS.contains(&text) {
        "must not be one of Amazon RDS's own users, such as rds_* and rdsadmin"
    } else if Some(text) == master {
        "must be another user than the one that creates it, in DB_USER or DB_SECRET"
    } else {
        return Ok(());
    };
    Err(rule.into())
}

fn password(text: &str) -> Result<(), String> {
    if text.is_empty() || text.contains('\0') {
        return Err("must not be empty or have a NUL character".into());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::database::InSecret;
    use super::*;

    fn read<const N: usize>(values: [(&str, &str); N]) -> Result<Result<AppUser, InSecret>, Vec<String>> {
        let variable = |name: &str| match values.iter().find(|(variable, _)| *variable == name) {
            None => Known::Absent,
            Some((_, "?")) => Known::Pending(InSecret),
            Some((_, value)) => Known::Value(Secret::new(*value)),
        };
        app_user(variable, Some("master"))
            .map_err(|problems| problems.iter().map(Problem::to_string).collect())
    }

    #[test]
    fn both_are_needed() {
        let user = read([(USER, "app"), (PASSWORD, "hunter2")]).unwrap().unwrap();
        assert_eq!((user.name.as_str(), user.password.expose()), ("app", "hunter2"));
        assert_eq!(read([]).unwrap_err(), ["DB_APP_USER is not set", "DB_APP_PASSWORD is not set"]);
        assert_eq!(read([(USER, "app")]).unwrap_err(), ["DB_APP_PASSWORD is not set"]);
    }

    #[test]
    fn a_plain_mistake_is_found_before_the_secrets_are_there() {
        assert_eq!(read([(USER, "?"), (PASSWORD, "?")]), Ok(Err(InSecret)));
        assert_eq!(read([(USER, "app"), (PASSWORD, "?")]), Ok(Err(InSecret)));
        let problems = read([(USER, "pg_monitor"), (PASSWORD, "?")]).unwrap_err();
        assert!(problems[0].starts_with("DB_APP_USER must not begin with pg_"), "{problems:?}");
    }

    #[test]
    fn every_rule_has_its_sentence() {
        let long = "x".repeat(64);
        for (user, rule) in [
            ("", "must not be empty"),
            ("a\nb", "control characters"),
            (long.as_str(), "must be at most 63 bytes"),
            ("pg_read_all_data", "must not begin with pg_"),
            ("public", "must not be public or none"),
            ("none", "must not be public or none"),
            ("rds_superuser", "one of Amazon RDS's own users"),
            ("rdsadmin", "one of Amazon RDS's own users"),
            ("master", "must be another user than the one that creates it"),
        ] {
            let problems = read([(USER, user), (PASSWORD, "hunter2")]).unwrap_err();
            assert!(problems.len() == 1 && problems[0].contains(rule), "{user:?}: {problems:?}");
        }
        for user in ["Master", "pg", "rds", "it's \"me\"", "ünïcode", &long[1..]] {
            assert!(read([(USER, user), (PASSWORD, " ")]).is_ok(), "{user:?}");
        }
        let nul = read([(USER, "app"), (PASSWORD, "hunter2\0")]).unwrap_err();
        assert_eq!(nul, ["DB_APP_PASSWORD must not be empty or have a NUL character"]);
    }
}
