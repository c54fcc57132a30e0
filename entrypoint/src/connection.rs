//! A database's address and login, and the forms in which apps take them.
//!
//! Each form is one file and one grammar. In all of them, a keyword is written only if it has a
//! value, and only keywords that every driver of that form knows are used. pgx and lib/pq send
//! unknown keywords on to the server, which then refuses the connection (42704).

mod ado;
mod conninfo;
mod form;
mod jdbc;
mod percent;
mod pgpass;
mod sslmode;
mod url;

use std::path::PathBuf;

pub use form::{Form, FormError};
pub use sslmode::SslMode;

use crate::secret::Secret;

/// A PostgreSQL database and how to log in to it. No field contains a NUL or a line break,
/// except that the password may contain line breaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Database {
    /// A name or an address; an IPv6 address has no brackets.
    pub host: String,
    pub port: u16,
    pub name: String,
    pub user: String,
    /// None if the server requires none.
    pub password: Option<Secret>,
    /// None: each driver's own default.
    pub sslmode: Option<SslMode>,
    /// A PEM file with the only certificate authorities to trust.
    pub sslrootcert: Option<PathBuf>,
}

impl Database {
    fn password(&self) -> Option<&str> {
        self.password.as_ref().map(Secret::expose)
    }

    /// The host in a URL: an IPv6 address in brackets (RFC 3986, 3.2.2).
    fn host_in_url(&self) -> String {
        if self.host.contains(':') { format!("[{}]", self.host) } else { percent::encode(&self.host) }
    }

    fn sslrootcert(&self) -> Option<&str> {
        self.sslrootcert.as_ref().and_then(|path| path.to_str())
    }

    /// `host:port/name`, for people.
    pub fn address(&self) -> String {
        format!("{}:{}/{}", self.host_in_url(), self.port, self.name)
    }
}

#[cfg(test)]
pub(crate) mod fixture {
    use super::*;

    /// A database with this password, and harmless other fields.
    pub(crate) fn database(password: &str) -> Database {
        Database {
            host: "db.example".into(),
            port: 5432,
            name: "app".into(),
            user: "app_user".into(),
            password: Some(Secret::new(password)),
            sslmode: Some(SslMode::Require),
            sslrootcert: None,
        }
    }

    /// Passwords that broke an encoding of some tool.
    pub(crate) const HOSTILE: [&str; 24] = [
        "",
        " ",
        "  leading and trailing  ",
        "'",
        "''",
        "\\",
        "\\\\",
        "\\'",
        "it's",
        "a\\",
        "a'b\"c",
        "\"",
        "\"\"",
        "x dbname=other",
        "x' host='evil",
        ";Host=evil",
        "#frag?query&x=1",
        "100%",
        "%41%00",
        "a+b",
        "a:b@c/d",
        "[::1]",
        "tab\tnewline\nreturn\r",
        "pässwörd→🔑",
    ];

    /// Any password that an environment variable can hold.
    pub(crate) fn any_password() -> impl proptest::strategy::Strategy<Value = String> {
        use proptest::prelude::*;
        prop_oneof![
            any::<String>().prop_map(|text| text.replace('\0', "")),
            "[ -~]{0,64}",
            r#"['"\\;:@/?&=%+ #]{0,24}"#,
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ipv6_address_is_bracketed_for_people() {
        let database = Database { host: "fd00::1".into(), ..fixture::database("") };
        assert_eq!(database.address(), "[fd00::1]:5432/app");
    }
}
