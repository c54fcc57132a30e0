//! Why a secret cannot be read, and for which variable.

use std::fmt;

use thiserror::Error;

use super::reference::Reference;
use super::value::ValueError;

/// Why a secret, or a value of it, cannot be read. AWS's messages are repeated; none contains a
/// secret's value.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SecretError {
    #[error("the region is not known: set AWS_REGION, or name the secret by its ARN")]
    NoRegion,
    #[error("there are no AWS credentials ({0})")]
    NoCredentials(String),
    #[error("the AWS credentials are refused ({0})")]
    CredentialsRefused(String),
    #[error(
        "access is denied; the task role needs secretsmanager:GetSecretValue, and kms:Decrypt for a key of your own ({0})"
    )]
    AccessDenied(String),
    #[error("it does not exist, or has no such version ({0})")]
    NotFound(String),
    #[error("it cannot be read in its state; it may be marked for deletion ({0})")]
    InvalidRequest(String),
    #[error("its name or version is not valid ({0})")]
    InvalidParameter(String),
    #[error("its KMS key cannot decrypt it ({0})")]
    Decryption(String),
    #[error("Secrets Manager refuses ({0})")]
    Refused(String),
    #[error("Secrets Manager did not answer ({0})")]
    Unavailable(String),
    #[error("the certificate of Secrets Manager cannot be trusted ({0})")]
    Untrusted(String),
    #[error("it is binary; only text can be a variable")]
    Binary,
    #[error("it has a NUL character, which no variable can hold")]
    Nul,
    #[error("its engine is not PostgreSQL")]
    Engine,
    #[error("it {0}")]
    Value(ValueError),
    #[error("{0}")]
    Unfit(String),
}

impl SecretError {
    /// Whether the same request may succeed later.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Unavailable(_) => true,
            Self::NoRegion
            | Self::NoCredentials(_)
            | Self::CredentialsRefused(_)
            | Self::AccessDenied(_)
            | Self::NotFound(_)
            | Self::InvalidRequest(_)
            | Self::InvalidParameter(_)
            | Self::Decryption(_)
            | Self::Refused(_)
            | Self::Untrusted(_)
            | Self::Binary
            | Self::Nul
            | Self::Engine
            | Self::Value(_)
            | Self::Unfit(_) => false,
        }
    }
}

/// A variable whose secret cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecretProblem {
    variable: String,
    /// The secret for the value; None if the variable names no secret.
    secret: Option<Reference>,
    pub error: SecretError,
}

impl SecretProblem {
    pub(crate) fn new(variable: &str, secret: Option<&Reference>, error: SecretError) -> Self {
        Self { variable: variable.into(), secret: secret.cloned(), error }
    }

    pub(crate) fn variable(&self) -> &str {
        &self.variable
    }
}

impl fmt::Display for SecretProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.variable)?;
        if let Some(secret) = &self.secret {
            write!(f, " (secret {secret})")?;
        }
        write!(f, ": {}", self.error)
    }
}

/// All problems with the secrets, at least one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecretProblems(pub Vec<SecretProblem>);

impl SecretProblems {
    /// Whether all of them may pass by themselves.
    pub fn are_transient(&self) -> bool {
        self.0.iter().all(|problem| problem.error.is_transient())
    }
}

impl fmt::Display for SecretProblems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let problems: Vec<_> = self.0.iter().map(SecretProblem::to_string).collect();
        f.write_str(&problems.join("; "))
    }
}

impl std::error::Error for SecretProblems {}
