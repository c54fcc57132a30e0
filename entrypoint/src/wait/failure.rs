//! Why an attempt failed, and when to retry.

use std::io;

use thiserror::Error;

use crate::chain::quote;
use crate::net::dial::DialError;
use crate::net::http::HttpError;
use crate::net::roots::RootsError;
use crate::net::tls;
use crate::secrets::SecretProblems;

/// When to try again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    Soon,
    /// After a longer delay, because each attempt costs the server something.
    Later,
    /// Waiting longer would not help.
    Never,
}

/// Why an attempt failed. It repeats a server's message, never a password.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Failure {
    #[error("the attempt timed out")]
    TimedOut,
    #[error("its name does not resolve ({0})")]
    Unresolved(String),
    #[error("no connection ({0})")]
    Unreachable(io::Error),
    #[error("the connection broke ({0})")]
    Broken(String),
    /// 57P01, 57P02, 57P03, class 08, and every error that is not known to be final.
    #[error("it is not ready ({0})")]
    NotReady(String),
    /// Class 53, above all 53300.
    #[error("it has no room ({0})")]
    Crowded(String),
    #[error("its secret was changed meanwhile")]
    Rotated,
    #[error("failed to read the secret again: {0}")]
    Reread(SecretProblems),
    /// 28P01.
    #[error("the login is wrong ({0})")]
    WrongPassword(String),
    /// 28000.
    #[error("the login is not allowed ({0})")]
    NotAllowed(String),
    /// 28000 because TLS is missing.
    #[error("the login is not allowed without TLS: DB_SSLMODE must be at least require ({0})")]
    NotAllowedWithoutTls(String),
    /// 3D000.
    #[error("there is no such database ({0})")]
    NoDatabase(String),
    /// 3D000, with the setting to wait for the database's creation.
    #[error("the database was not created yet ({0})")]
    NotCreatedYet(String),
    #[error("the server refuses the login ({0})")]
    Refused(String),
    /// 42501 in answer to a statement.
    #[error("DB_USER has no right to it ({0})")]
    NotPermitted(String),
    #[error("another task changes the app's user at the same time ({0})")]
    Contended(String),
    #[error("the server refuses a statement ({0})")]
    Statement(String),
    /// A problem of the app's own user on the server.
    #[error("DB_APP_USER {0}")]
    AppUser(String),
    /// The app's own login, after the user was created or changed.
    #[error("DB_APP_USER cannot log in: {0}")]
    AppLogin(Box<Failure>),
    /// `AuthenticationCleartextPassword` from an unverified server.
    #[error(
        "the server asks for the password in clear text, and is not verified: DB_SSLMODE must be verify-ca or \
         verify-full, or disable if the network is to be trusted"
    )]
    CleartextPassword,
    #[error("the server does not offer TLS, and DB_SSLMODE asks for it")]
    TlsNotOffered,
    #[error("TLS cannot be trusted or agreed on ({0})")]
    Tls(String),
    #[error(transparent)]
    Roots(#[from] RootsError),
    #[error("what answers does not speak PostgreSQL's protocol ({0})")]
    NotPostgres(String),
    #[error("the answer has the status {0}")]
    Status(u16),
    #[error("the URL cannot be asked ({0})")]
    Url(String),
}

impl Failure {
    /// When to try again.
    pub fn retry(&self) -> Retry {
        match self {
            Self::TimedOut
            | Self::Unresolved(_)
            | Self::Unreachable(_)
            | Self::Broken(_)
            | Self::NotReady(_)
            | Self::Rotated
            | Self::NotCreatedYet(_)
            | Self::Contended(_)
            | Self::Status(_) => Retry::Soon,
            Self::Crowded(_) => Retry::Later,
            Self::Reread(problems) if problems.are_transient() => Retry::Later,
            Self::Reread(_)
            | Self::WrongPassword(_)
            | Self::NotAllowed(_)
            | Self::NotAllowedWithoutTls(_)
            | Self::NoDatabase(_)
            | Self::Refused(_)
            | Self::NotPermitted(_)
            | Self::Statement(_)
            | Self::AppUser(_)
            | Self::AppLogin(_)
            | Self::CleartextPassword
            | Self::TlsNotOffered
            | Self::Tls(_)
            | Self::Roots(_)
            | Self::NotPostgres(_)
            | Self::Url(_) => Retry::Never,
        }
    }

    /// A failed TLS handshake: a broken connection, or rustls's error.
    pub(super) fn handshake(error: &io::Error) -> Self {
        match tls::rustls_error(error) {
            // It may list all the names of the server's certificate.
            Some(error) => Self::Tls(quote(&error.to_string())),
            None => Self::Broken(error.to_string()),
        }
    }
}

impl From<DialError> for Failure {
    fn from(error: DialError) -> Self {
        match error {
            DialError::Unresolved(error) => Self::Unresolved(error.to_string()),
            DialError::Unreachable(error) => Self::Unreachable(error),
        }
    }
}

impl From<HttpError> for Failure {
    fn from(error: HttpError) -> Self {
        match error {
            HttpError::Url => Self::Url(error.to_string()),
            HttpError::Dial(error) => error.into(),
            HttpError::Tls(error) => Self::handshake(&error),
            HttpError::Exchange(error) => Self::Broken(error.to_string()),
            error @ HttpError::TooLong => Self::Broken(error.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secrets::{Reference, SecretError, SecretProblem};

    fn problems(error: SecretError) -> SecretProblems {
        let reference = Reference::parse("app").unwrap();
        SecretProblems(vec![SecretProblem::new("DB_SECRET", Some(&reference), error)])
    }

    #[test]
    fn each_failure_says_when_to_try_again() {
        let text = String::new;
        for (failure, retry) in [
            (Failure::TimedOut, Retry::Soon),
            (Failure::Unresolved(text()), Retry::Soon),
            (Failure::Unreachable(io::ErrorKind::ConnectionRefused.into()), Retry::Soon),
            (Failure::Broken(text()), Retry::Soon),
            (Failure::NotReady(text()), Retry::Soon),
            (Failure::Crowded(text()), Retry::Later),
            (Failure::Rotated, Retry::Soon),
            (Failure::Reread(problems(SecretError::Unavailable(text()))), Retry::Later),
            (Failure::Reread(problems(SecretError::AccessDenied(text()))), Retry::Never),
            (Failure::WrongPassword(text()), Retry::Never),
            (Failure::NotAllowed(text()), Retry::Never),
            (Failure::NotAllowedWithoutTls(text()), Retry::Never),
            (Failure::NoDatabase(text()), Retry::Never),
            (Failure::NotCreatedYet(text()), Retry::Soon),
            (Failure::Refused(text()), Retry::Never),
            (Failure::NotPermitted(text()), Retry::Never),
            (Failure::Contended(text()), Retry::Soon),
            (Failure::Statement(text()), Retry::Never),
            (Failure::AppUser(text()), Retry::Never),
            (Failure::AppLogin(Box::new(Failure::TimedOut)), Retry::Never),
            (Failure::CleartextPassword, Retry::Never),
            (Failure::TlsNotOffered, Retry::Never),
            (Failure::Tls(text()), Retry::Never),
            (Failure::Roots(RootsError::Empty("ca.pem".into())), Retry::Never),
            (Failure::NotPostgres(text()), Retry::Never),
            (Failure::Status(503), Retry::Soon),
            (Failure::Url(text()), Retry::Never),
        ] {
            assert_eq!(failure.retry(), retry, "{failure:?}");
        }
    }
}
