//! Fetches each secret once, all of them at the same time.
//!
//! One call a secret: `BatchGetSecretValue` would save calls, but IAM allows it only for all
//! secrets (`*`).

use std::collections::BTreeMap;
use std::error::Error;

use aws_config::{Region, SdkConfig};
use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::config::Builder;
use aws_sdk_secretsmanager::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_secretsmanager::operation::get_secret_value::GetSecretValueError;
use futures_util::future::join_all;

use super::client::sdk_config;
use super::error::SecretError;
use super::reference::{Reference, SecretId};
use super::value::select;
use crate::chain::{chain, quote};
use crate::net::http::HttpError;
use crate::net::resolve::Resolver;
use crate::net::roots::RootsError;
use crate::secret::Secret;

/// The clients of Secrets Manager.
#[derive(Debug)]
pub struct Secrets {
    config: SdkConfig,
}

impl Secrets {
    /// Finds region and endpoint. Credentials are loaded with the first secret.
    pub(crate) async fn connect(resolver: &Resolver) -> Result<Self, RootsError> {
        Ok(Self { config: sdk_config(resolver).await? })
    }

    /// Fetches each referenced secret, and returns the value of every reference.
    pub(crate) async fn fetch<'a>(
        &self,
        references: impl Iterator<Item = (&'a str, &'a Reference)>,
    ) -> Vec<Fetched<'a>> {
        let mut by_secret: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for (variable, reference) in references {
            by_secret.entry(&reference.secret).or_default().push((variable, reference));
        }
        let fetched = by_secret.into_iter().map(|(id, references)| async move {
            let secret = self.get(id).await;
            let fetched = references.into_iter().map(move |(variable, reference)| {
                let value = secret.clone().and_then(|secret| value(secret, reference.key.as_deref()));
                Fetched { variable, reference, value }
            });
            fetched.collect::<Vec<_>>()
        });
        join_all(fetched).await.into_iter().flatten().collect()
    }

    async fn get(&self, id: &SecretId) -> Result<Secret, SecretError> {
        let response = self
            .client(id)?
            .get_secret_value()
            .secret_id(&id.id)
            .set_version_stage(id.stage.clone())
            .set_version_id(id.version.clone())
            .send()
            .await
            .map_err(|error| SecretError::from(&error))?;
        let text = response.secret_string.ok_or(SecretError::Binary)?;
        Ok(Secret::new(text))
    }

    /// A client for the secret's own region.
    fn client(&self, id: &SecretId) -> Result<Client, SecretError> {
        let region = id.region().map(|region| Region::new(region.to_owned()));
        let region = region.or_else(|| self.config.region().cloned()).ok_or(SecretError::NoRegion)?;
        Ok(Client::from_conf(Builder::from(&self.config).region(region).build()))
    }
}

/// The value of a variable's reference, or why there is none.
#[derive(Debug)]
pub(crate) struct Fetched<'a> {
    pub(crate) variable: &'a str,
    pub(crate) reference: &'a Reference,
    pub(crate) value: Result<Secret, SecretError>,
}

/// The whole secret, or the value of one key.
fn value(secret: Secret, key: Option<&str>) -> Result<Secret, SecretError> {
    let value = match key {
        None => secret,
        Some(key) => select(secret.expose(), key).map_err(SecretError::Value)?,
    };
    if value.expose().contains('\0') {
        return Err(SecretError::Nul);
    }
    Ok(value)
}

impl From<&SdkError<GetSecretValueError>> for SecretError {
    fn from(error: &SdkError<GetSecretValueError>) -> Self {
        let SdkError::ServiceError(service) = error else { return without_answer(error) };
        let error = service.err();
        let code = error.code().unwrap_or("no error code");
        let text = quote(&format!("{code}: {}", error.message().unwrap_or("no message")));
        match code {
            "ResourceNotFoundException" => Self::NotFound(text),
            "InvalidRequestException" => Self::InvalidRequest(text),
            "InvalidParameterException" | "ValidationException" => Self::InvalidParameter(text),
            "DecryptionFailure" => Self::Decryption(text),
            // Not in the SDK's model, like the codes below: AWS documents them as common errors.
            "AccessDeniedException" | "AccessDenied" => Self::AccessDenied(text),
            "ExpiredToken"
            | "ExpiredTokenException"
            | "IncompleteSignature"
            | "IncompleteSignatureException"
            | "InvalidClientTokenId"
            | "InvalidSignatureException"
            | "MissingAuthenticationToken"
            | "MissingAuthenticationTokenException"
            | "NotAuthorized"
            | "OptInRequired"
            | "UnrecognizedClientException" => Self::CredentialsRefused(text),
            "InternalFailure"
            | "InternalServiceError"
            | "InternalServiceErrorException"
            | "RequestTimeout"
            | "ServiceUnavailable"
            | "ServiceUnavailableException"
            | "Throttling"
            | "ThrottlingException" => Self::Unavailable(text),
            _ if service.raw().status().is_server_error() => Self::Unavailable(text),
            _ => Self::Refused(text),
        }
    }
}

/// Why Secrets Manager gave no answer.
fn without_answer(error: &(dyn Error + 'static)) -> SecretError {
    let text = quote(&chain(error));
    let mut cause = Some(error);
    while let Some(error) = cause {
        if error.is::<CredentialsError>() {
            return SecretError::NoCredentials(text);
        }
        if error.downcast_ref().is_some_and(HttpError::is_untrusted) {
            return SecretError::Untrusted(text);
        }
        cause = error.source();
    }
    SecretError::Unavailable(text)
}
