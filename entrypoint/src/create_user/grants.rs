//! The app's privileges in its database.
//!
//! The app does not become the database's owner: several apps can share one, and the master keeps
//! its rights.

use tokio_postgres::Client;

use super::quote::{identifier, literal};
use super::row;
use crate::wait::Failure;

/// On the database. `CREATE` is for schemas and for trusted extensions.
const OF_DATABASE: [&str; 3] = ["CONNECT", "TEMPORARY", "CREATE"];
/// On the schema `public`, if it exists. From PostgreSQL 15 on, only its owner has `CREATE` by
/// default.
const OF_SCHEMA: [&str; 2] = ["USAGE", "CREATE"];

/// What the app lacks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Privileges {
    database: String,
    of_database: Vec<&'static str>,
    of_schema: Vec<&'static str>,
}

impl Privileges {
    /// The privileges that the user lacks; those of `PUBLIC` count as its own.
    pub(super) async fn of(client: &Client, user: &str) -> Result<Self, Failure> {
        let row = row(client, &question(user)).await?;
        let value = |column: &str| row.as_ref().and_then(|row| row.try_get(column).ok().flatten());
        let lacking = |kind: &str, privileges: &[&'static str], has: fn(Option<&str>) -> bool| {
            let lacks = |privilege: &&'static str| !has(value(&column(kind, privilege)));
            privileges.iter().copied().filter(lacks).collect()
        };
        Ok(Self {
            database: value("name").unwrap_or_default().to_owned(),
            of_database: lacking("database", &OF_DATABASE, |has| has == Some("t")),
            // Null if the schema does not exist.
            of_schema: lacking("schema", &OF_SCHEMA, |has| has != Some("f")),
        })
    }

    pub(super) fn lacks_nothing(&self) -> bool {
        self.of_database.is_empty() && self.of_schema.is_empty()
    }

    /// An error if a privilege is missing.
    pub(super) fn complete(&self) -> Result<(), Failure> {
        let lacking = self.list();
        if lacking.is_empty() {
            return Ok(());
        }
        let lacking: Vec<_> =
            lacking.into_iter().map(|(privileges, object)| format!("{privileges} on {object}")).collect();
        let lacking = lacking.join(", ");
        Err(Failure::NotPermitted(format!("the user was not granted {lacking}: DB_USER must own it")))
    }

    /// The statements that grant the missing privileges.
    pub(super) fn grants(&self, user: &str) -> Option<String> {
        let user = identifier(user);
        let statements: Vec<_> = self
            .list()
            .into_iter()
            .map(|(privileges, object)| format!("GRANT {privileges} ON {object} TO {user}"))
            .collect();
        (!statements.is_empty()).then(|| statements.join("; "))
    }

    /// Privileges and their object.
    fn list(&self) -> Vec<(String, String)> {
        let objects = [
            (&self.of_database, format!("DATABASE {}", identifier(&self.database))),
            (&self.of_schema, "SCHEMA public".to_owned()),
        ];
        let lacking = objects.into_iter().filter(|(privileges, _)| !privileges.is_empty());
        lacking.map(|(privileges, object)| (privileges.join(", "), object)).collect()
    }
}

fn column(kind: &str, privilege: &str) -> String {
    format!("{kind}_{}", privilege.to_ascii_lowercase())
}

/// A schema that does not exist has no row, and so null.
fn question(user: &str) -> String {
    let user = literal(user);
    let of_database = OF_DATABASE.map(|privilege| {
        let column = column("database", privilege);
        format!("has_database_privilege({user}, current_database(), '{privilege}') AS {column}")
    });
    let of_schema = OF_SCHEMA.map(|privilege| {
        let column = column("schema", privilege);
        format!(
            "(SELECT has_schema_privilege({user}, oid, '{privilege}') FROM pg_namespace \
             WHERE nspname = 'public') AS {column}"
        )
    });
    format!("SELECT current_database() AS name, {}, {}", of_database.join(", "), of_schema.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lacking(of_database: &[&'static str], of_schema: &[&'static str]) -> Privileges {
        Privileges {
            database: "my \"app\"".into(),
            of_database: of_database.into(),
            of_schema: of_schema.into(),
        }
    }

    #[test]
    fn only_what_is_lacking_is_granted() {
        assert_eq!(lacking(&[], &[]).grants("app"), None);
        assert_eq!(
            lacking(&[], &["CREATE"]).grants("it's \"me\"").unwrap(),
            "GRANT CREATE ON SCHEMA public TO \"it's \"\"me\"\"\""
        );
        assert_eq!(
            lacking(&OF_DATABASE, &OF_SCHEMA).grants("app").unwrap(),
            "GRANT CONNECT, TEMPORARY, CREATE ON DATABASE \"my \"\"app\"\"\" TO \"app\"; \
             GRANT USAGE, CREATE ON SCHEMA public TO \"app\""
        );
    }

    #[test]
    fn what_could_not_be_granted_is_named() {
        assert!(lacking(&[], &[]).complete().is_ok());
        let failure = lacking(&["CREATE"], &["USAGE", "CREATE"]).complete().unwrap_err().to_string();
        assert_eq!(
            failure,
            "DB_USER has no right to it (the user was not granted CREATE on DATABASE \"my \"\"app\"\"\", \
             USAGE, CREATE on SCHEMA public: DB_USER must own it)"
        );
    }
}
