//! The HTTP server below every endpoint.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::body::Body;
use axum::response::Response;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};

use super::request::Request;

/// Answers requests, many at the same time.
pub trait Respond: Send + Sync + 'static {
    /// An error ends the connection without an answer.
    fn respond(&self, request: Request) -> impl Future<Output = io::Result<Response>> + Send;
}

/// Serves it on loopback until the runtime ends.
pub async fn serve(responder: Arc<impl Respond>) -> io::Result<SocketAddr> {
    let (listener, address) = listen().await?;
    tokio::spawn(async move {
        while let Ok(stream) = accept(&listener).await {
            tokio::spawn(connection(stream, Arc::clone(&responder)));
        }
    });
    Ok(address)
}

pub(super) async fn listen() -> io::Result<(TcpListener, SocketAddr)> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let address = listener.local_addr()?;
    Ok((listener, address))
}

pub(super) async fn accept(listener: &TcpListener) -> io::Result<TcpStream> {
    let (stream, _) = listener.accept().await?;
    // Without it the kernel delays part of an answer by 40 ms. A client may have left already.
    let _ = stream.set_nodelay(true);
    Ok(stream)
}

/// Answers the requests of one connection, until the client or an answer ends it.
pub(super) async fn connection(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    responder: Arc<impl Respond>,
) {
    let service = service_fn(move |request: hyper::Request<_>| {
        let responder = Arc::clone(&responder);
        async move {
            let request = Request::read(request.map(Body::new)).await?;
            responder.respond(request).await
        }
    });
    // Clients disconnect as they like.
    let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}
