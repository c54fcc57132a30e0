//! libpq's connection URI: `postgresql://user:password@host:port/name?sslmode=require`.
//!
//! Source: PostgreSQL documentation, "Connection URIs" (libpq-connect). The scheme is `postgresql`,
//! because `SQLAlchemy` no longer takes `postgres`.
//!
//! Not every parser can read two kinds of database names: `/`, `?` and `#` must be encoded, and
//! node's pg-connection-string leaves those three encoded; the names `.` and `..` are lost in
//! parsers that follow the WHATWG's URL standard, encoded or not.

use super::percent::{encode, encode_segment, query};
use super::{Database, SslMode};

pub(super) fn url(database: &Database) -> String {
    let password = database.password().map(|password| format!(":{}", encode(password)));
    format!(
        "postgresql://{}{}@{}:{}/{}{}",
        encode(&database.user),
        password.unwrap_or_default(),
        database.host_in_url(),
        database.port,
        encode_segment(&database.name),
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
        // A second, independent parser.
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

    /// JavaScript's `decodeURI`: it leaves the encodings of reserved characters alone. Source:
    /// ECMA-262, 19.2.6.1.
    fn decode_uri(text: &str) -> String {
        let mut bytes = Vec::new();
        let mut rest = text.as_bytes();
        while let Some((byte, after)) = rest.split_first() {
            let code = after.get(..2).and_then(|code| std::str::from_utf8(code).ok());
            match code.and_then(|code| u8::from_str_radix(code, 16).ok()) {
                Some(code) if *byte == b'%' && !b";/?:@&=+$,#".contains(&code) => {
                    bytes.push(code);
                    rest = &after[2..];
                }
                _ => {
                    bytes.push(*byte);
                    rest = after;
                }
            }
        }
        String::from_utf8(bytes).unwrap()
    }

    /// The name as read by a parser like libpq's, by a WHATWG parser, and by node's
    /// pg-connection-string.
    fn names(name: &str) -> [String; 3] {
        let url = url(&Database { name: name.into(), ..database("p@:/") });
        let config: tokio_postgres::Config = url.parse().unwrap();
        let path = ::url::Url::parse(&url).unwrap().path()[1..].to_owned();
        let form = format!("x={}", path.replace('+', "%2B").replace('&', "%26"));
        let (_, decoded) = ::url::form_urlencoded::parse(form.as_bytes()).next().unwrap();
        [config.get_dbname().unwrap().to_owned(), decoded.into_owned(), decode_uri(&path)]
    }

    #[test]
    fn names_of_reserved_characters_are_read_alike() {
        for name in
            ["a+b", "a@b", "a:b", "a=b&c", "a;b,c$d", "100%", "%2B", "a b", "[x]", "it's(1)*!", "é\\^`{|}"]
        {
            assert_eq!(names(name), [name; 3], "{name}");
        }
        // The exception of the module's documentation.
        assert_eq!(names("a/b?c#d"), ["a/b?c#d", "a/b?c#d", "a%2Fb%3Fc%23d"]);
    }

    proptest! {
        #[test]
        fn any_name_survives(name in "[^/?#\\pC]{1,24}") {
            prop_assume!(name != "." && name != "..");
            prop_assert_eq!(names(&name), [name.as_str(); 3]);
        }

        #[test]
        fn any_password_survives(password in any_password()) {
            assert_round_trip(&password);
        }
    }
}
