//! One attempt to reach a dependency other than the database.

use std::time::Duration;

use http::{Request, Uri};
use http_body_util::Empty;
use hyper::body::Bytes;
use rustls::RootCertStore;

use super::Failure;
use crate::config::Dependency;
use crate::net::dial::dial;
use crate::net::http::HttpClient;
use crate::net::resolve::Resolver;
use crate::net::roots;
use crate::net::tls::{self, Verify};

/// Makes one attempt, which may take `limit`.
pub(super) async fn attempt(
    dependency: &Dependency,
    resolver: &Resolver,
    limit: Duration,
) -> Result<(), Failure> {
    match dependency {
        Dependency::Tcp { host, port } => {
            dial(resolver, host, *port, limit).await?;
            Ok(())
        }
        Dependency::Http(uri) => get(uri, resolver).await,
    }
}

async fn get(uri: &Uri, resolver: &Resolver) -> Result<(), Failure> {
    let trusted = match uri.scheme_str() {
        Some("https") => roots::public_and_of("SSL_CERT_FILE")?,
        _ => RootCertStore::empty(),
    };
    let client = HttpClient::new(resolver.clone(), tls::client_config(Verify::ChainAndName(trusted)));
    let request = Request::get(uri)
        .header("user-agent", concat!("entrypoint/", env!("CARGO_PKG_VERSION")))
        .body(Empty::<Bytes>::new())
        .map_err(|error| Failure::Url(error.to_string()))?;
    let status = client.status(request).await?;
    if status.is_success() || status.is_redirection() {
        return Ok(());
    }
    Err(Failure::Status(status.as_u16()))
}
