//! What can be waited for.

use std::fmt;

use http::Uri;

use crate::net::http::{host, port};

/// One thing that must be there before the app starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// The database accepts the app's login.
    Database,
    Dependency(Dependency),
}

/// One thing other than the database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Dependency {
    /// The port accepts a connection.
    Tcp { host: String, port: u16 },
    /// A GET is answered with a status from 200 to 399, the range that Kubernetes' HTTP probes
    /// count as success. Redirects are not followed.
    Http(Uri),
}

impl Target {
    pub(super) fn parse(text: &str) -> Result<Self, &'static str> {
        const RULE: &str = "must be database, tcp://HOST:PORT, http://HOST/PATH, https://HOST/PATH, \
            or none alone; items are separated by spaces";
        if text == "database" {
            return Ok(Self::Database);
        }
        let uri: Uri = text.parse().map_err(|_| RULE)?;
        let authority = uri.authority().ok_or(RULE)?;
        if authority.as_str().contains('@') {
            return Err("must not have a login in the URL");
        }
        let name = host(&uri).filter(|name| !name.is_empty()).ok_or(RULE)?;
        let explicit_port = authority.port().is_some();
        if explicit_port && uri.port_u16().is_none_or(|port| port == 0) {
            return Err("must have a port from 1 to 65535");
        }
        match uri.scheme_str() {
            Some("tcp") if uri.query().is_none() && matches!(uri.path(), "" | "/") => {
                let port = port(&uri).ok_or("must have a port from 1 to 65535")?;
                Ok(Self::Dependency(Dependency::Tcp { host: name.to_owned(), port }))
            }
            Some("http" | "https") => Ok(Self::Dependency(Dependency::Http(uri))),
            _ => Err(RULE),
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Database => f.write_str("database"),
            Self::Dependency(dependency) => dependency.fmt(f),
        }
    }
}

/// For logs: without a URL's query, which may hold a token.
impl fmt::Display for Dependency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp { host, port } if host.contains(':') => write!(f, "tcp://[{host}]:{port}"),
            Self::Tcp { host, port } => write!(f, "tcp://{host}:{port}"),
            Self::Http(uri) => {
                let scheme = uri.scheme_str().unwrap_or_default();
                let authority = uri.authority().map_or("", |authority| authority.as_str());
                write!(f, "{scheme}://{authority}{}", uri.path())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_read_and_shown() {
        for (text, shown) in [
            ("database", "database"),
            ("tcp://redis:6379", "tcp://redis:6379"),
            ("tcp://[::1]:6379", "tcp://[::1]:6379"),
            ("tcp://my_cache:1/", "tcp://my_cache:1"),
            ("http://loki:3100/ready?token=t", "http://loki:3100/ready"),
            ("https://example", "https://example/"),
        ] {
            assert_eq!(Target::parse(text).unwrap().to_string(), shown);
        }
        let dependency = Dependency::Tcp { host: "::1".into(), port: 1 };
        assert_eq!(Target::parse("tcp://[::1]:1"), Ok(Target::Dependency(dependency)));
    }

    #[test]
    fn what_is_no_target_is_refused() {
        for text in [
            "databse",
            "none",
            "redis:6379",
            "tcp://redis",
            "tcp://redis:",
            "tcp://:1",
            "tcp://redis:0",
            "tcp://redis:65536",
            "tcp://redis:1/path",
            "tcp://redis:1?q",
            "http://",
            "http://h:0/",
            "ftp://h/",
            "http://user:pass@h/",
            "database,tcp://redis:6379",
            "/ready",
        ] {
            assert!(Target::parse(text).is_err(), "{text}");
        }
    }
}
