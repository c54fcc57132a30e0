//! The AWS SDK on the entrypoint's own connections.

use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, SdkConfig};
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;

use crate::net::http::{HttpClient, HttpError};
use crate::net::resolve::Resolver;
use crate::net::roots::{self, RootsError};
use crate::net::tls::{self, Verify};

/// Secrets Manager answers in well under a second. Four attempts of five seconds outlast a lost
/// packet and a second of throttling, and still end before a task's start-up is given up.
const ATTEMPTS: u32 = 4;
const ATTEMPT_LIMIT: Duration = Duration::from_secs(5);

/// The SDK's configuration: credentials of the task role, of variables or of a profile, region and
/// `AWS_ENDPOINT_URL` from the usual places.
///
/// AWS's certificates are verified with the embedded public roots, and with those in the file that
/// `AWS_CA_BUNDLE` names, if it is set.
pub(crate) async fn sdk_config(resolver: &Resolver) -> Result<SdkConfig, RootsError> {
    let trusted = roots::public_and_of("AWS_CA_BUNDLE")?;
    let client = HttpClient::new(resolver.clone(), tls::client_config(Verify::ChainAndName(trusted)));
    let connector = SharedHttpConnector::new(Connector(client));
    let config = aws_config::defaults(BehaviorVersion::latest())
        .http_client(http_client_fn(move |_, _| connector.clone()))
        .retry_config(RetryConfig::standard().with_max_attempts(ATTEMPTS))
        .timeout_config(TimeoutConfig::builder().operation_attempt_timeout(ATTEMPT_LIMIT).build())
        .load()
        .await;
    Ok(config)
}

/// Sends the SDK's requests.
#[derive(Debug)]
struct Connector(HttpClient);

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let client = self.0.clone();
        HttpConnectorFuture::new(async move {
            let request = request.try_into_http1x().map_err(|error| ConnectorError::user(error.into()))?;
            let response = client.send(request).await.map_err(connector_error)?;
            HttpResponse::try_from(response.map(SdkBody::from))
                .map_err(|error| ConnectorError::other(error.into(), None))
        })
    }
}

/// Tells the SDK which failures to retry.
fn connector_error(error: HttpError) -> ConnectorError {
    match &error {
        HttpError::Url => ConnectorError::user(error.into()),
        HttpError::TooLong => ConnectorError::other(error.into(), None),
        HttpError::Tls(_) if error.is_untrusted() => ConnectorError::other(error.into(), None),
        HttpError::Dial(_) | HttpError::Tls(_) | HttpError::Exchange(_) => ConnectorError::io(error.into()),
    }
}
