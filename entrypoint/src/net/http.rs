//! One HTTP/1.1 request on a connection of its own.
//!
//! This is hyper on our own connection, and also what the AWS SDK sends its few requests with:
//! so that names are launch and certificates trusted as here, not as the image would have it.

use std::sync::Arc;
use std::time::Duration;

use http::header::{CONNECTION, HOST, HeaderValue};
use http::{Request, Response, Uri};
use http_body_util::BodyExt;
use hyper::body::{Body, Bytes};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use thiserror::Error;
use tokio::io::{AsyncRead, AsyncWrite};

use super::dial::{DialError, dial};
use super::resolve::Resolver;
use super::tls;

/// How long connecting may take, all addresses together. A server that is there accepts in
/// milliseconds; what it then takes to answer is bounded by the caller.
const CONNECT_LIMIT: Duration = Duration::from_secs(10);

/// Why a request has no response.
#[derive(Debug, Error)]
pub(crate) enum HttpError {
    #[error("the URL has no host, or a scheme that is not http or https")]
    Url,
    #[error(transparent)]
    Dial(#[from] DialError),
    #[error("TLS failed ({0})")]
    Tls(std::io::Error),
    #[error("no HTTP response ({0})")]
    Exchange(#[from] hyper::Error),
}

impl HttpError {
    /// Whether the server was reached, and its certificate or its TLS refused.
    pub(crate) fn is_untrusted(&self) -> bool {
        matches!(self, Self::Tls(error) if tls::verdict(error).is_some())
    }
}

/// Sends requests; TLS ones are verified by its roots.
#[derive(Debug, Clone)]
pub(crate) struct HttpClient {
    resolver: Resolver,
    tls: Arc<ClientConfig>,
}

impl HttpClient {
    pub(crate) fn new(resolver: Resolver, tls: Arc<ClientConfig>) -> Self {
        Self { resolver, tls }
    }

    /// Sends a request with an absolute URI and reads the whole response.
    pub(crate) async fn send<B>(&self, mut request: Request<B>) -> Result<Response<Bytes>, HttpError>
    where
        B: Body + Send + Unpin + 'static,
        B::Data: Send,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let uri = request.uri().clone();
        let host = host(&uri).ok_or(HttpError::Url)?;
        let port = port(&uri).ok_or(HttpError::Url)?;
        let authority = uri.authority().ok_or(HttpError::Url)?;
        if !request.headers().contains_key(HOST) {
            let value = HeaderValue::from_str(authority.as_str()).map_err(|_| HttpError::Url)?;
            request.headers_mut().insert(HOST, value);
        }
        request.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
        let path = uri.path_and_query().map_or("/", |path| path.as_str());
        *request.uri_mut() = Uri::try_from(path).map_err(|_| HttpError::Url)?;

        let stream = dial(&self.resolver, host, port, CONNECT_LIMIT).await?;
        if uri.scheme_str() == Some("https") {
            let stream = tls::handshake(self.tls.clone(), host, stream).await.map_err(HttpError::Tls)?;
            exchange(stream, request).await
        } else {
            exchange(stream, request).await
        }
    }
}

/// The URI's host, without the brackets of an IPv6 address.
pub(crate) fn host(uri: &Uri) -> Option<&str> {
    let host = uri.host()?;
    Some(host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host))
}

/// The URI's port, or its scheme's.
pub(crate) fn port(uri: &Uri) -> Option<u16> {
    uri.port_u16().or(match uri.scheme_str()? {
        "http" => Some(80),
        "https" => Some(443),
        _ => None,
    })
}

async fn exchange<S, B>(stream: S, request: Request<B>) -> Result<Response<Bytes>, HttpError>
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    B: Body + Send + Unpin + 'static,
    B::Data: Send,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    let (parts, body) = sender.send_request(request).await?.into_parts();
    Ok(Response::from_parts(parts, body.collect().await?.to_bytes()))
}
