//! The database's address and login, from variables and from the fields of a secret.
//!
//! It is read twice: before the secrets are there, so that a mistake in a plain variable is
//! reported at once, and again when they are.

use std::net::Ipv6Addr;
use std::path::PathBuf;

use super::reader::Problem;
use crate::connection::{Database, SslMode};
use crate::secret::Secret;

/// One part of a database's description.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DatabaseField {
    Host,
    Port,
    Name,
    User,
    Password,
    SslMode,
    SslRootCert,
}

impl DatabaseField {
    /// The variable that sets it, and takes precedence over the secret.
    pub fn variable(self) -> &'static str {
        match self {
            Self::Host => "DB_HOST",
            Self::Port => "DB_PORT",
            Self::Name => "DB_NAME",
            Self::User => "DB_USER",
            Self::Password => "DB_PASSWORD",
            Self::SslMode => "DB_SSLMODE",
            Self::SslRootCert => "DB_SSLROOTCERT",
        }
    }

    /// Its names in a secret's JSON; the first that exists counts. They are those of the secrets
    /// that RDS and Secrets Manager create ("JSON structure of database credential secrets").
    pub fn keys(self) -> &'static [&'static str] {
        match self {
            Self::Host => &["host"],
            Self::Port => &["port"],
            Self::Name => &["dbname", "database"],
            Self::User => &["username"],
            Self::Password => &["password"],
            Self::SslMode | Self::SslRootCert => &[],
        }
    }
}

/// What is known of a field. `P` says why it is not known yet;
/// [`Infallible`](std::convert::Infallible) if that cannot happen.
#[derive(Clone, Debug)]
pub enum Known<P> {
    Pending(P),
    Absent,
    Value(Secret),
    /// Its value cannot be read, and why.
    Wrong(String),
}

/// Its value is in a secret that has not been read yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InSecret;

/// Reads the database's description. The inner error: right so far, but a field is pending.
pub fn database<P>(field: impl Fn(DatabaseField) -> Known<P>) -> Result<Result<Database, P>, Vec<Problem>> {
    let mut fields = Fields { field, problems: Vec::new() };
    let host = fields.required(DatabaseField::Host, host);
    let port = fields.optional(DatabaseField::Port, port);
    let name = fields.required(DatabaseField::Name, line);
    let user = fields.required(DatabaseField::User, line);
    let password = fields.optional(DatabaseField::Password, password);
    let sslmode = fields.optional(DatabaseField::SslMode, sslmode);
    let sslrootcert = fields.optional(DatabaseField::SslRootCert, line);
    let database = (|| {
        Ok(Database {
            host: host?,
            port: port?.unwrap_or(5432),
            name: name?,
            user: user?,
            password: password?,
            sslmode: sslmode?,
            sslrootcert: sslrootcert?.map(PathBuf::from),
        })
    })();
    match database {
        Ok(database) => Ok(Ok(database)),
        Err(Unread::Pending(why)) if fields.problems.is_empty() => Ok(Err(why)),
        Err(_) => Err(fields.problems),
    }
}

/// Why a field has no value.
enum Unread<P> {
    Pending(P),
    /// The reason is among the problems of [`Fields`].
    Wrong,
}

struct Fields<F> {
    field: F,
    problems: Vec<Problem>,
}

impl<F> Fields<F> {
    fn optional<T, P>(
        &mut self,
        field: DatabaseField,
        parse: fn(&str) -> Result<T, String>,
    ) -> Result<Option<T>, Unread<P>>
    where
        F: Fn(DatabaseField) -> Known<P>,
    {
        match (self.field)(field) {
            Known::Absent => Ok(None),
            Known::Pending(why) => Err(Unread::Pending(why)),
            Known::Wrong(rule) => Err(self.wrong(field, rule)),
            Known::Value(value) => parse(value.expose()).map(Some).map_err(|rule| self.wrong(field, rule)),
        }
    }

    fn required<T, P>(
        &mut self,
        field: DatabaseField,
        parse: fn(&str) -> Result<T, String>,
    ) -> Result<T, Unread<P>>
    where
        F: Fn(DatabaseField) -> Known<P>,
    {
        self.optional(field, parse)?.ok_or_else(|| {
            let keys = field.keys().join(" or ");
            self.wrong(field, format!("is not set, and no secret in DB_SECRET has {keys}"))
        })
    }

    fn wrong<P>(&mut self, field: DatabaseField, rule: String) -> Unread<P> {
        self.problems.push(Problem::new(field.variable(), rule));
        Unread::Wrong
    }
}

/// One host: libpq reads a comma as a list, and a slash as a socket's folder.
fn host(text: &str) -> Result<String, String> {
    let name = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_".contains(&byte));
    if text.parse::<Ipv6Addr>().is_ok() || (!text.is_empty() && text.len() <= 253 && name(text)) {
        return Ok(text.to_owned());
    }
    Err("must be one host name or address, without port, scheme or brackets".into())
}

fn port(text: &str) -> Result<u16, String> {
    let port = text.parse().ok().filter(|port| *port != 0);
    port.ok_or_else(|| "must be a number from 1 to 65535".into())
}

fn line(text: &str) -> Result<String, String> {
    if text.is_empty() || text.contains(char::is_control) {
        return Err("must not be empty or have control characters".into());
    }
    Ok(text.to_owned())
}

/// No form can hold a NUL, and the server would truncate the password there.
fn password(text: &str) -> Result<Secret, String> {
    if text.contains('\0') {
        return Err("must not have a NUL character".into());
    }
    Ok(Secret::new(text))
}

fn sslmode(text: &str) -> Result<SslMode, String> {
    let rule = || "must be disable, prefer, require, verify-ca or verify-full".into();
    SslMode::from_name(text).ok_or_else(rule)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read<const N: usize>(values: [(&str, &str); N]) -> Result<Result<Database, InSecret>, Vec<String>> {
        let field = |field: DatabaseField| {
            let value = values.iter().find(|(variable, _)| *variable == field.variable());
            match value {
                None => Known::Absent,
                Some((_, "?")) => Known::Pending(InSecret),
                Some((_, value)) => Known::Value(Secret::new(*value)),
            }
        };
        database(field).map_err(|problems| problems.iter().map(Problem::to_string).collect())
    }

    #[test]
    fn the_least_that_is_needed() {
        let database = read([("DB_HOST", "db"), ("DB_NAME", "app"), ("DB_USER", "me")]).unwrap().unwrap();
        assert_eq!(database.address(), "db:5432/app");
        assert_eq!((database.password, database.sslmode, database.sslrootcert), (None, None, None));
    }

    #[test]
    fn what_is_missing_is_named_with_its_key_in_a_secret() {
        assert_eq!(
            read([]).unwrap_err(),
            [
                "DB_HOST is not set, and no secret in DB_SECRET has host",
                "DB_NAME is not set, and no secret in DB_SECRET has dbname or database",
                "DB_USER is not set, and no secret in DB_SECRET has username",
            ]
        );
    }

    #[test]
    fn a_plain_mistake_is_found_before_the_secrets_are_there() {
        let pending = [("DB_HOST", "?"), ("DB_NAME", "?"), ("DB_USER", "?"), ("DB_PORT", "0")];
        assert_eq!(read(pending).unwrap_err(), ["DB_PORT must be a number from 1 to 65535"]);
        assert_eq!(read([("DB_HOST", "db"), ("DB_NAME", "app"), ("DB_USER", "?")]), Ok(Err(InSecret)));
        let port = [("DB_HOST", "db"), ("DB_NAME", "app"), ("DB_USER", "me"), ("DB_PORT", "?")];
        assert_eq!(read(port), Ok(Err(InSecret)));
    }

    #[test]
    fn every_rule_has_its_sentence() {
        for (variable, values, rule) in [
            (
                "DB_HOST",
                &["a b", "a,b", "/run", "db:5432", "[::1]", "http://db", ""][..],
                "must be one host name or address, without port, scheme or brackets",
            ),
            ("DB_PORT", &["0", "65536", "x", "-1"][..], "must be a number from 1 to 65535"),
            ("DB_NAME", &["", "a\nb", "a\0b"][..], "must not be empty or have control characters"),
            ("DB_PASSWORD", &["a\0b"][..], "must not have a NUL character"),
            (
                "DB_SSLMODE",
                &["allow", "on"][..],
                "must be disable, prefer, require, verify-ca or verify-full",
            ),
        ] {
            for value in values {
                let problems =
                    read([(variable, value), ("DB_HOST", "db"), ("DB_NAME", "n"), ("DB_USER", "u")]);
                assert_eq!(problems.unwrap_err(), [format!("{variable} {rule}")], "{value:?}");
            }
        }
    }

    #[test]
    fn names_and_addresses_are_hosts() {
        for host in ["db", "my_db.example.", "10.0.0.1", "::1", "fd00::1"] {
            let database = read([("DB_HOST", host), ("DB_NAME", "app"), ("DB_USER", "me")]);
            assert_eq!(database.unwrap().unwrap().host, host);
        }
    }
}
