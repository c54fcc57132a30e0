//! The app's role: its attributes on the server, the rules for it, and the statements that create
//! it.

use postgres_protocol::password::scram_sha_256;
use tokio_postgres::Client;

use super::quote::{identifier, literal};
use super::row;
use crate::config::AppUser;
use crate::wait::Failure;

/// What a role must not be, so that no role with more rights than an app's is taken over: the
/// column of [`question`], the refused value, and the rule. Other attributes are its owner's
/// decision: test suites need `CREATEDB`, change data capture needs `REPLICATION`.
const RULES: [(&str, &str, &str); 4] = [
    ("rolsuper", "t", "must not be a superuser"),
    // Amazon RDS's replacement for a superuser.
    ("rds_superuser", "t", "must not be a member of rds_superuser"),
    ("rolcreaterole", "t", "must not be a role with CREATEROLE, which is an administrator's"),
    (
        "rolcanlogin",
        "f",
        "must not be a role with NOLOGIN: it is a group, or was locked by ALTER ROLE ... NOLOGIN",
    ),
];

/// An existing role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Role {
    /// The first rule that it breaks.
    broken: Option<&'static str>,
}

impl Role {
    pub(super) async fn find(client: &Client, name: &str) -> Result<Option<Self>, Failure> {
        let row = row(client, &question(name)).await?;
        Ok(row.map(|row| Self::of(|column| row.try_get(column).ok().flatten().map(str::to_owned))))
    }

    fn of(value: impl Fn(&str) -> Option<String>) -> Self {
        let is = |(column, refused, _): &&(&str, &str, _)| value(column).as_deref() == Some(*refused);
        Self { broken: RULES.iter().find(is).map(|(_, _, rule)| *rule) }
    }

    pub(super) fn check(self) -> Result<(), Failure> {
        self.broken.map_or(Ok(()), |rule| Err(Failure::AppUser(rule.into())))
    }
}

fn question(name: &str) -> String {
    format!(
        "SELECT rolsuper, rolcreaterole, rolcanlogin, EXISTS (SELECT FROM pg_roles AS rds \
         WHERE rds.rolname = 'rds_superuser' AND pg_has_role(app.oid, rds.oid, 'MEMBER')) AS rds_superuser \
         FROM pg_roles AS app WHERE rolname = {}",
        literal(name)
    )
}

/// `NOINHERIT` and the like keep the server's defaults.
pub(super) fn create(user: &AppUser) -> String {
    format!("CREATE ROLE {} LOGIN PASSWORD {}", identifier(&user.name), verifier(user))
}

pub(super) fn set_password(user: &AppUser) -> String {
    format!("ALTER ROLE {} PASSWORD {}", identifier(&user.name), verifier(user))
}

/// The password's verifier, computed here: statements are logged, and are shown in
/// `pg_stat_activity` and `pg_stat_statements`. The verifier is not enough to log in.
fn verifier(user: &AppUser) -> String {
    literal(&scram_sha_256(user.password.expose().as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::Secret;

    #[test]
    fn only_a_plain_role_is_changed() {
        let plain = [("rolsuper", "f"), ("rds_superuser", "f"), ("rolcreaterole", "f"), ("rolcanlogin", "t")];
        let with = |column: &str, value: &str| {
            Role::of(|name| {
                let plain = plain.iter().find(|(column, _)| *column == name).unwrap().1;
                Some(if name == column { value } else { plain }.to_owned())
            })
        };
        assert!(with("", "").check().is_ok());
        for (column, value, rule) in [
            ("rolsuper", "t", "DB_APP_USER must not be a superuser"),
            ("rds_superuser", "t", "DB_APP_USER must not be a member of rds_superuser"),
            ("rolcreaterole", "t", "DB_APP_USER must not be a role with CREATEROLE"),
            ("rolcanlogin", "f", "DB_APP_USER must not be a role with NOLOGIN"),
        ] {
            let failure = with(column, value).check().unwrap_err().to_string();
            assert!(failure.starts_with(rule), "{failure}");
        }
    }

    #[test]
    fn no_statement_has_the_password() {
        let user = AppUser { name: "it's \"me\"".into(), password: Secret::new("hunter2") };
        for (statement, start) in [
            (create(&user), "CREATE ROLE \"it's \"\"me\"\"\" LOGIN PASSWORD E'SCRAM-SHA-256$4096:"),
            (set_password(&user), "ALTER ROLE \"it's \"\"me\"\"\" PASSWORD E'SCRAM-SHA-256$4096:"),
        ] {
            assert!(statement.starts_with(start) && !statement.contains("hunter2"), "{statement}");
        }
        // Each has a salt of its own.
        assert_ne!(create(&user), create(&user));
    }
}
