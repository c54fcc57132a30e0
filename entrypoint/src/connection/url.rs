//! libpq's connection URI: `postgresql://user:password@host:port/name?sslmode=require`.
//!
//! Source: PostgreSQL documentation, "Connection URIs" (libpq-connect). The scheme is
//! `postgresql`, because `SQLAlchemy` no longer takes `postgres`.

use super::percent::{encode, query};
use super::{Database, SslMode};

pub(super) fn url(database: &Database) -> String {
    let password = database.password().map(|password| format!(":{}", encode(password)));
    format!(
        "postgresql://{}{}@{}:{}/{}{}",
        encode(&database.user),
        password.unwrap_or_default(),
        database.host_in_url(),
        database.port,
        encode(&database.name),
        query([("sslmode", database.sslmode.map(SslMode::name)), ("sslrootcert", database.sslrootcert()),])
    )
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{HOSTILE, any_password, database};
    use super::*;
    use proptest::prelude::*;

    fn assert_round_trip(password: &str) {
        let url = url(&database(password));
        let config: tokio_postgres::Config = url.parse().unwrap();
        assert_eq!(config.get_password(), Some(password.as_bytes()));
        assert_eq!(config.get_dbname(), Some("app"));
        assert_eq!(config.get_user(), Some("app_user"));
        assert_eq!(config.get_ports(), [5432]);
        assert_eq!(config.get_ssl_mode(), tokio_postgres::config::SslMode::Require);
        // A second parser, which is no relative of the first.
        let url = ::url::Url::parse(&url).unwrap();
        assert_eq!(url.host_str(), Some("db.example"));
        assert_eq!(url.path(), "/app");
    }

    #[test]
    fn hostile_passwords_survive() {
        for password in HOSTILE {
            assert_round_trip(password);
        }
        assert_round_trip(&"%/@ ".repeat(16_384));
    }

    #[test]
    fn it_reads_as_documented() {
        let ipv6 = Database { host: "fd00::1".into(), name: "a b".into(), sslmode: None, ..database("p@ss") };
        assert_eq!(url(&ipv6), "postgresql://app_user:p%40ss@[fd00::1]:5432/a%20b");
        let bare = Database { password: None, ..database("") };
        assert_eq!(url(&bare), "postgresql://app_user@db.example:5432/app?sslmode=require");
    }

    proptest! {
        #[test]
        fn any_password_survives(password in any_password()) {
            assert_round_trip(&password);
        }
    }
}
