//! The app's role: what it is on the server, what it must not be, and the statements that make it.

use postgres_protocol::password::scram_sha_256;
use tokio_postgres::Client;

use super::quote::{identifier, literal};
use super::row;
use crate::config::AppUser;
use crate::wait::Failure;

/// A role that is there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Role {
    superuser: bool,
    creates_roles: bool,
    /// Of Amazon RDS, which gives nobody a superuser.
    rds_superuser: bool,
    logs_in: bool,
}

impl Role {
    pub(super) async fn find(client: &Client, name: &str) -> Result<Option<Self>, Failure> {
        let row = row(client, &question(name)).await?;
        Ok(row.map(|row| {
            let is = |column: &str| row.try_get(column).ok().flatten() == Some("t");
            Self {
                superuser: is("rolsuper"),
                creates_roles: is("rolcreaterole"),
                rds_superuser: is("rds_superuser"),
                logs_in: is("rolcanlogin"),
            }
        }))
    }

    /// Refuses to take over a role of more than an app, whatever its name came from. What else it
    /// has is its owner's business: `CREATEDB` is what test suites need, `REPLICATION` what
    /// change data capture does.
    pub(super) fn check(self) -> Result<(), Failure> {
        let rule = if self.superuser {
            "must not be a superuser"
        } else if self.rds_superuser {
            "must not be a member of rds_superuser"
        } else if self.creates_roles {
            "must not be a role with CREATEROLE, which is an administrator's"
        } else if !self.logs_in {
            "must not be a role with NOLOGIN: it is a group, or was locked by ALTER ROLE ... NOLOGIN"
        } else {
            return Ok(());
        };
        Err(Failure::AppUser(rule.into()))
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

/// `NOINHERIT` and the like stay as the server has them by default.
pub(super) fn create(user: &AppUser) -> String {
    format!("CREATE ROLE {} LOGIN PASSWORD {}", identifier(&user.name), verifier(user))
}

pub(super) fn set_password(user: &AppUser) -> String {
    format!("ALTER ROLE {} PASSWORD {}", identifier(&user.name), verifier(user))
}

/// What the server keeps of a password, made here: statements are logged, and are shown in
/// `pg_stat_activity` and `pg_stat_statements`. A login cannot be made with it.
fn verifier(user: &AppUser) -> String {
    literal(&scram_sha_256(user.password.expose().as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::Secret;

    const PLAIN: Role = Role { superuser: false, creates_roles: false, rds_superuser: false, logs_in: true };

    #[test]
    fn only_a_plain_role_is_changed() {
        assert!(PLAIN.check().is_ok());
        for (role, rule) in [
            (Role { superuser: true, ..PLAIN }, "DB_APP_USER must not be a superuser"),
            (Role { rds_superuser: true, ..PLAIN }, "DB_APP_USER must not be a member of rds_superuser"),
            (Role { creates_roles: true, ..PLAIN }, "DB_APP_USER must not be a role with CREATEROLE"),
            (Role { logs_in: false, ..PLAIN }, "DB_APP_USER must not be a role with NOLOGIN"),
        ] {
            let failure = role.check().unwrap_err().to_string();
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
