//! libpq's keyword/value connection string: `host='db' password='it\'s'`.
//!
//! Every value is quoted, also an empty one (`password= dbname=x` unquoted swallows the next word),
//! and inside the quotes a backslash goes before `\` and `'`. That is the rule of the PostgreSQL
//! documentation, "Keyword/Value Connection Strings" (libpq-connect): "Single quotes and
//! backslashes within a value must be escaped with a backslash". libpq, pgx, lib/pq and
//! tokio-postgres all follow it.
//!
//! Doubling the quote, `'it''s'`, is the rule of SQL and of ADO.NET, not of libpq, whose parser
//! ends the value at the second quote. Some drivers then report a syntax error; others log in with
//! half a password.

use super::Database;

pub(super) fn conninfo(database: &Database) -> String {
    let port = database.port.to_string();
    let values = [
        ("host", Some(database.host.as_str())),
        ("port", Some(&port)),
        ("dbname", Some(&database.name)),
        ("user", Some(&database.user)),
        ("password", database.password()),
        ("sslmode", database.sslmode.map(super::SslMode::name)),
        ("sslrootcert", database.sslrootcert()),
    ];
    values
        .into_iter()
        .filter_map(|(keyword, value)| Some(format!("{keyword}={}", quote(value?))))
        .collect::<Vec<_>>()
        .join(" ")
}

fn quote(value: &str) -> String {
    format!("'{}'", value.replace('\\', r"\\").replace('\'', r"\'"))
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{HOSTILE, any_password, database};
    use super::*;
    use crate::secret::Secret;
    use proptest::prelude::*;

    /// An independent parser. It does not know sslrootcert, and knows only three sslmodes.
    fn parsed(conninfo: &str) -> tokio_postgres::Config {
        conninfo.parse().unwrap()
    }

    fn assert_round_trip(password: &str) {
        let config = parsed(&conninfo(&database(password)));
        assert_eq!(config.get_password(), Some(password.as_bytes()));
        assert_eq!(config.get_dbname(), Some("app"));
        assert_eq!(config.get_user(), Some("app_user"));
        assert_eq!(config.get_ports(), [5432]);
        assert_eq!(config.get_hosts(), [tokio_postgres::config::Host::Tcp("db.example".into())]);
    }

    #[test]
    fn hostile_passwords_survive() {
        for password in HOSTILE {
            assert_round_trip(password);
        }
        assert_round_trip(&r"\'".repeat(32_768));
    }

    #[test]
    fn it_reads_as_documented() {
        assert_eq!(
            conninfo(&database(r"it's a \")),
            r"host='db.example' port='5432' dbname='app' user='app_user' password='it\'s a \\' sslmode='require'"
        );
    }

    #[test]
    fn what_was_not_given_is_not_written() {
        let bare = Database { password: None, sslmode: None, ..database("") };
        assert_eq!(conninfo(&bare), "host='db.example' port='5432' dbname='app' user='app_user'");
    }

    proptest! {
        #[test]
        fn any_password_survives(password in any_password()) {
            assert_round_trip(&password);
        }

        #[test]
        fn any_name_survives(name in any_password(), user in any_password()) {
            let hostile = Database { name: name.clone(), user: user.clone(), ..database("") };
            let hostile = Database { password: Some(Secret::new("p")), ..hostile };
            let config = parsed(&conninfo(&hostile));
            prop_assert_eq!(config.get_dbname(), Some(name.as_str()));
            prop_assert_eq!(config.get_user(), Some(user.as_str()));
        }
    }
}
