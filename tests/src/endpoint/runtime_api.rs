//! Lambda's runtime API for one sandbox: one event after the other.
//!
//! <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>

use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, Result, bail};
use axum::body::Bytes;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use tokio::sync::{Mutex, mpsc};
use tokio::time::timeout;

use super::request::Request;
use super::server::{Respond, serve};

/// The function's answer to one event.
#[derive(Debug)]
pub enum Outcome {
    Response(Bytes),
    /// The runtime's report of an error.
    Error(Bytes),
}

#[derive(Debug)]
struct Invocation {
    event: String,
    /// Until the deadline that the function gets.
    remaining: Duration,
}

#[derive(Debug)]
enum Heard {
    Polled(Instant),
    Ended(Instant, Outcome),
}

#[derive(Debug)]
struct Server {
    events: Mutex<mpsc::Receiver<Invocation>>,
    heard: mpsc::UnboundedSender<Heard>,
}

#[derive(Debug)]
pub struct RuntimeApi {
    /// Host and port.
    address: String,
    /// For everything that the function does.
    limit: Duration,
    events: mpsc::Sender<Invocation>,
    heard: mpsc::UnboundedReceiver<Heard>,
}

impl RuntimeApi {
    pub async fn start(limit: Duration) -> Result<Self> {
        let (events, next) = mpsc::channel(1);
        let (sender, heard) = mpsc::unbounded_channel();
        let address = serve(Arc::new(Server { events: Mutex::new(next), heard: sender })).await?.to_string();
        Ok(Self { address, limit, events, heard })
    }

    /// The variables that Lambda sets for a function of 128 MB, with credentials of no account.
    pub fn variables(&self) -> [(&'static str, &str); 8] {
        [
            ("AWS_LAMBDA_RUNTIME_API", &self.address),
            ("AWS_LAMBDA_FUNCTION_NAME", "waker"),
            ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128"),
            ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
            ("AWS_REGION", "eu-west-1"),
            ("AWS_ACCESS_KEY_ID", "test"),
            ("AWS_SECRET_ACCESS_KEY", "test"),
            ("AWS_SESSION_TOKEN", "test"),
        ]
    }

    /// When the function asked for its first event.
    pub async fn first_poll(&mut self) -> Result<Instant> {
        match self.next().await? {
            Heard::Polled(at) => Ok(at),
            Heard::Ended(_, outcome) => bail!("the function did not start: {outcome:?}"),
        }
    }

    /// Gives the function an event; returns what it answers, and how long that takes.
    pub async fn invoke(&mut self, event: String, remaining: Duration) -> Result<(Outcome, Duration)> {
        let begun = Instant::now();
        self.events.send(Invocation { event, remaining }).await?;
        loop {
            if let Heard::Ended(at, outcome) = self.next().await? {
                return Ok((outcome, at - begun));
            }
        }
    }

    async fn next(&mut self) -> Result<Heard> {
        let heard = timeout(self.limit, self.heard.recv()).await.context("the function is silent")?;
        heard.context("the server has ended")
    }
}

impl Respond for Server {
    async fn respond(&self, request: Request) -> io::Result<Response> {
        let now = Instant::now();
        if request.path.ends_with("/invocation/next") {
            // This fails only when the test has ended.
            let _ = self.heard.send(Heard::Polled(now));
            let next = self.events.lock().await.recv().await;
            return Ok(next.map_or_else(|| StatusCode::GONE.into_response(), Invocation::into_response));
        }
        let is_response = request.path.ends_with("/response");
        let outcome = if is_response { Outcome::Response } else { Outcome::Error };
        let _ = self.heard.send(Heard::Ended(now, outcome(request.body)));
        Ok(StatusCode::ACCEPTED.into_response())
    }
}

impl IntoResponse for Invocation {
    fn into_response(self) -> Response {
        let deadline = (SystemTime::now() + self.remaining).duration_since(UNIX_EPOCH).unwrap_or_default();
        let headers = [
            ("lambda-runtime-aws-request-id", "8476a536-e9f4-11e8-9739-2dfe598c3fcd".to_owned()),
            ("lambda-runtime-deadline-ms", deadline.as_millis().to_string()),
            (
                "lambda-runtime-invoked-function-arn",
                "arn:aws:lambda:eu-west-1:111122223333:function:waker".to_owned(),
            ),
            ("lambda-runtime-trace-id", "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Sampled=0".to_owned()),
            (CONTENT_TYPE.as_str(), "application/json".to_owned()),
        ];
        (headers, self.event).into_response()
    }
}
