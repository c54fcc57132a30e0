//! An Application Load Balancer's HTTP/2 side, which the local one lacks: a client's request
//! reaches the target with the same method, path, headers and body, and the answer goes back as
//! HTTP/2.
//! <https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-listeners.html>
//!
//! AWS supports HTTP/2 over TLS only. Here it is plaintext: TLS would not affect these tests.

use std::net::Ipv4Addr;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use reqwest::redirect::Policy;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// Dropping it ends it.
#[derive(Debug)]
pub struct Front {
    /// Host and port.
    pub address: String,
    task: JoinHandle<()>,
}

impl Front {
    /// In front of a listener that supports HTTP/1.1 only.
    pub async fn open(listener: String) -> Self {
        let socket = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = socket.local_addr().unwrap().to_string();
        let app = Router::new().fallback(forward).with_state(listener);
        let task = tokio::spawn(async move { axum::serve(socket, app).await.unwrap() });
        Self { address, task }
    }
}

impl Drop for Front {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn forward(
    State(listener): State<String>,
    method: Method,
    uri: Uri,
    mut headers: HeaderMap,
    body: Bytes,
) -> Response {
    // A hop-by-hop header.
    headers.remove(header::TE);
    let client = reqwest::Client::builder().redirect(Policy::none()).build().unwrap();
    let request = client.request(method, format!("{listener}{}", uri.path())).headers(headers);
    match request.body(body).send().await {
        Ok(answer) => pass_on(answer).await,
        Err(_) => StatusCode::BAD_GATEWAY.into_response(),
    }
}

/// An answer without a body is one frame of headers, which gRPC calls "trailers-only".
async fn pass_on(answer: reqwest::Response) -> Response {
    let (status, mut headers) = (answer.status(), answer.headers().clone());
    headers.remove(header::CONNECTION);
    headers.remove(header::CONTENT_LENGTH);
    match answer.bytes().await {
        Ok(body) => (status, headers, Body::from(body)).into_response(),
        Err(_) => StatusCode::BAD_GATEWAY.into_response(),
    }
}
