//! An app for Reveille to put to sleep: HTTP, and a counter in PostgreSQL.
//!
//! It takes a conninfo in `DATABASE_URL`, and listens on `TASK_IP` (0.0.0.0 if unset) and `PORT`
//! (8080). `/` counts and shows its visits, `/health` answers 200, `/slow?seconds=N` takes N
//! seconds to answer, `/socket` is a WebSocket echo, `/order` shows a form that sends a POST to
//! that path, and every other request is echoed.

use std::env;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio_postgres::{Client, NoTls};

const ORDER: &str = "<!doctype html><html lang=en><title>Order</title><form method=post action=/order>\
    <input name=item><textarea name=note></textarea><button>Order</button></form></html>\n";

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let conninfo = env::var("DATABASE_URL").context("DATABASE_URL is missing")?;
    log_in(&conninfo)
        .await
        .context("failed to log in to the database")?
        .batch_execute("CREATE TABLE IF NOT EXISTS visits (at timestamptz NOT NULL DEFAULT now())")
        .await
        .context("failed to create the table")?;

    let address = env::var("TASK_IP").unwrap_or_else(|_| "0.0.0.0".into());
    let port = env::var("PORT").unwrap_or_else(|_| "8080".into());
    let listener = TcpListener::bind(format!("{address}:{port}")).await.context("failed to listen")?;
    let app = Router::new()
        .route("/", get(visit))
        .route("/health", get(|| async { "up\n" }))
        .route("/slow", get(slow))
        .route("/socket", get(|upgrade: WebSocketUpgrade| async { upgrade.on_upgrade(send_back) }))
        .route("/order", get(|| async { Html(ORDER) }).fallback(echo))
        .fallback(echo)
        .with_state(conninfo.into());
    let mut stop = signal(SignalKind::terminate())?;
    axum::serve(listener, app)
        .with_graceful_shutdown(async move {
            stop.recv().await;
        })
        .await?;
    Ok(())
}

/// Each visit has a connection of its own: one that stays open would keep Aurora from pausing.
async fn log_in(conninfo: &str) -> Result<Client, tokio_postgres::Error> {
    let (client, connection) = tokio_postgres::connect(conninfo, NoTls).await?;
    tokio::spawn(connection);
    Ok(client)
}

async fn count(conninfo: &str) -> Result<i64, tokio_postgres::Error> {
    const COUNT: &str = "WITH visit AS (INSERT INTO visits DEFAULT VALUES) SELECT count(*) + 1 FROM visits";
    let row = log_in(conninfo).await?.query_one(COUNT, &[]).await?;
    Ok(row.get(0))
}

async fn visit(State(conninfo): State<Arc<str>>) -> Response {
    match count(&conninfo).await {
        Ok(visits) => format!("visit {visits}\n").into_response(),
        Err(_) => (StatusCode::INTERNAL_SERVER_ERROR, "the database failed\n").into_response(),
    }
}

async fn slow(uri: Uri) -> Response {
    let seconds = uri.query().and_then(|query| query.strip_prefix("seconds="));
    let Some(seconds) = seconds.and_then(|seconds| seconds.parse().ok()) else {
        return (StatusCode::BAD_REQUEST, "how many seconds?\n").into_response();
    };
    tokio::time::sleep(Duration::from_secs_f32(seconds)).await;
    "at last\n".into_response()
}

async fn send_back(mut socket: WebSocket) {
    while let Some(Ok(message)) = socket.recv().await {
        // The library itself answers all other messages.
        if matches!(message, Message::Text(_) | Message::Binary(_)) && socket.send(message).await.is_err() {
            return;
        }
    }
}

async fn echo(method: Method, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let headers: Vec<_> = headers
        .iter()
        .map(|(name, value)| json!([name.as_str(), String::from_utf8_lossy(value.as_bytes())]))
        .collect();
    let echo = json!({
        "method": method.as_str(),
        "path": uri.path(),
        "query": uri.query(),
        "headers": headers,
        "body": String::from_utf8_lossy(&body),
    });
    ([(header::CONTENT_TYPE, "application/json")], format!("{echo}\n")).into_response()
}
