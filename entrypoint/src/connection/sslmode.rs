//! libpq's `sslmode`, which all forms share.

/// How much TLS a connection must have, weakest first. libpq's `allow` is not offered: it means
/// "plain if the server lets me", which is no sensible choice.
///
/// Source: PostgreSQL documentation, "SSL Mode Descriptions" (libpq-ssl).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SslMode {
    /// No TLS.
    Disable,
    /// TLS if the server offers it. Nothing is verified.
    Prefer,
    /// TLS. Nothing is verified, except the chain if a root certificate is given.
    Require,
    /// TLS, and a chain to a trusted root.
    VerifyCa,
    /// TLS, a chain to a trusted root, and the server's name.
    VerifyFull,
}

impl SslMode {
    const ALL: [Self; 5] = [Self::Disable, Self::Prefer, Self::Require, Self::VerifyCa, Self::VerifyFull];

    /// The name in conninfo, URL and JDBC.
    pub fn name(self) -> &'static str {
        match self {
            Self::Disable => "disable",
            Self::Prefer => "prefer",
            Self::Require => "require",
            Self::VerifyCa => "verify-ca",
            Self::VerifyFull => "verify-full",
        }
    }

    /// The name in Npgsql's connection strings.
    pub(super) fn ado_name(self) -> &'static str {
        match self {
            Self::Disable => "Disable",
            Self::Prefer => "Prefer",
            Self::Require => "Require",
            Self::VerifyCa => "VerifyCA",
            Self::VerifyFull => "VerifyFull",
        }
    }

    /// The mode of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mode| mode.name() == name)
    }
}
