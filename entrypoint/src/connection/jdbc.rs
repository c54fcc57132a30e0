//! The JDBC driver's URL: `jdbc:postgresql://host:port/name?user=..&password=..`.
//!
//! It has no place for a login before the host: user and password are parameters. Source: pgJDBC
//! documentation, "Initializing the Driver", and its `Driver.parseURL`, which decodes as
//! `java.net.URLDecoder` does (a `+` is a space there, so a plus must be encoded).

use super::percent::{encode, query};
use super::{Database, SslMode};

pub(super) fn jdbc(database: &Database) -> String {
    format!(
        "jdbc:postgresql://{}:{}/{}{}",
        database.host_in_url(),
        database.port,
        encode(&database.name),
        query([
            ("user", Some(&database.user)),
            ("password", database.password()),
            ("sslmode", database.sslmode.map(SslMode::name)),
            ("sslrootcert", database.sslrootcert()),
        ])
    )
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{HOSTILE, any_password, database};
    use super::*;
    use proptest::prelude::*;
    use std::collections::HashMap;

    /// The url crate decodes a query by the rules of HTML forms, and so does `URLDecoder`.
    fn assert_round_trip(password: &str) {
        let jdbc = jdbc(&database(password));
        let url = ::url::Url::parse(jdbc.strip_prefix("jdbc:").unwrap()).unwrap();
        let parameters: HashMap<_, _> = url.query_pairs().into_owned().collect();
        assert_eq!(parameters["password"], password);
        assert_eq!(parameters["user"], "app_user");
        assert_eq!(parameters["sslmode"], "require");
        assert_eq!((url.host_str(), url.port(), url.path()), (Some("db.example"), Some(5432), "/app"));
        assert_eq!((url.username(), url.password()), ("", None));
    }

    #[test]
    fn hostile_passwords_survive() {
        for password in HOSTILE {
            assert_round_trip(password);
        }
    }

    #[test]
    fn it_reads_as_documented() {
        assert_eq!(
            jdbc(&database("a+b c")),
            "jdbc:postgresql://db.example:5432/app?user=app_user&password=a%2Bb%20c&sslmode=require"
        );
    }

    proptest! {
        #[test]
        fn any_password_survives(password in any_password()) {
            assert_round_trip(&password);
        }
    }
}
