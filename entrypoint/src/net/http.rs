//! One HTTP/1.1 request on its own connection.
//!
//! hyper on the entrypoint's own connections. The AWS SDK sends its few requests with it, too, so
//! that the entrypoint's rules, and not the image's, decide how names are resolved and which
//! certificates are trusted.

use std::sync::Arc;
use std::time::Duration;

use http::header::{CONNECTION, HOST, HeaderValue};
use http::{Request, Response, StatusCode, Uri};
use http_body_util::{BodyExt, Limited};
use hyper::body::{Body, Bytes, Incoming};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use thiserror::Error;
use tokio::io::{AsyncRead, AsyncWrite};

use super::dial::{DialError, dial};
use super::resolve::Resolver;
use super::tls;

/// How long connecting may take, all addresses together. A running server accepts within
/// milliseconds; the caller bounds the time of its answer.
const CONNECT_LIMIT: Duration = Duration::from_secs(10);

/// The longest body that is read, in bytes. The longest expected one holds a secret of 65,536
/// bytes, which JSON may encode as six times as many (`\u0001`).
const LONGEST_BODY: usize = 1 << 20;

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
    #[error("the HTTP response has more than {LONGEST_BODY} bytes")]
    TooLong,
}

impl HttpError {
    /// Whether the server was reached, and its certificate or its TLS was refused.
    pub(crate) fn is_untrusted(&self) -> bool {
        matches!(self, Self::Tls(error) if tls::rustls_error(error).is_some())
    }
}

/// Sends requests; TLS connections are verified against its roots.
#[derive(Clone, Debug)]
pub(crate) struct HttpClient {
    resolver: Resolver,
    tls: Arc<ClientConfig>,
}

impl HttpClient {
    pub(crate) fn new(resolver: Resolver, tls: Arc<ClientConfig>) -> Self {
        Self { resolver, tls }
    }

    /// Sends a request with an absolute URI and reads the whole response.
    pub(crate) async fn send<B>(&self, request: Request<B>) -> Result<Response<Bytes>, HttpError>
    where
        B: Body + Send + Unpin + 'static,
        B::Data: Send,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let (parts, body) = self.head(request).await?.into_parts();
        let body = Limited::new(body, LONGEST_BODY).collect().await.map_err(|error| {
            error.downcast::<hyper::Error>().map_or(HttpError::TooLong, |error| HttpError::Exchange(*error))
        })?;
        Ok(Response::from_parts(parts, body.to_bytes()))
    }

    /// Sends a request with an absolute URI and reads the response's status. The body is not read,
    /// because it may never end.
    pub(crate) async fn status<B>(&self, request: Request<B>) -> Result<StatusCode, HttpError>
    where
        B: Body + Send + Unpin + 'static,
        B::Data: Send,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        Ok(self.head(request).await?.status())
    }

    /// Sends a request and reads the response's head.
    async fn head<B>(&self, mut request: Request<B>) -> Result<Response<Incoming>, HttpError>
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

async fn exchange<S, B>(stream: S, request: Request<B>) -> Result<Response<Incoming>, HttpError>
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    B: Body + Send + Unpin + 'static,
    B::Data: Send,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    Ok(sender.send_request(request).await?)
}
