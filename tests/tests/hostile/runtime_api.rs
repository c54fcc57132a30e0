//! Lambda's runtime API for one sandbox: one event after the other.
//!
//! <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use tokio::net::TcpListener;
use tokio::sync::{Mutex, mpsc};
use tokio::time::timeout;

/// Long enough for anything on a busy machine.
const LIMIT: Duration = Duration::from_mins(1);

/// The function's answer to one event.
#[derive(Debug)]
pub enum Answer {
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

struct Shared {
    events: Mutex<mpsc::Receiver<Invocation>>,
    answers: mpsc::Sender<Answer>,
}

#[derive(Debug)]
pub struct RuntimeApi {
    /// Host and port.
    pub address: String,
    events: mpsc::Sender<Invocation>,
    answers: mpsc::Receiver<Answer>,
}

impl RuntimeApi {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let (events, next) = mpsc::channel(1);
        let (sender, answers) = mpsc::channel(1);
        let shared = Shared { events: Mutex::new(next), answers: sender };
        let router =
            Router::new().fallback(answer).layer(DefaultBodyLimit::disable()).with_state(Arc::new(shared));
        tokio::spawn(axum::serve(listener, router).into_future());
        Self { address, events, answers }
    }

    /// None if no answer comes.
    pub async fn invoke(&mut self, event: String, remaining: Duration) -> Option<Answer> {
        self.events.send(Invocation { event, remaining }).await.unwrap();
        timeout(LIMIT, self.answers.recv()).await.ok().flatten()
    }
}

async fn answer(State(shared): State<Arc<Shared>>, uri: Uri, body: Bytes) -> Response {
    let path = uri.path();
    if path.ends_with("/invocation/next") {
        // The test has ended.
        let Some(Invocation { event, remaining }) = shared.events.lock().await.recv().await else {
            return StatusCode::GONE.into_response();
        };
        let deadline = (SystemTime::now() + remaining).duration_since(UNIX_EPOCH).unwrap().as_millis();
        let headers = [
            ("lambda-runtime-aws-request-id", "8476a536-e9f4-11e8-9739-2dfe598c3fcd".to_owned()),
            ("lambda-runtime-deadline-ms", deadline.to_string()),
            (
                "lambda-runtime-invoked-function-arn",
                "arn:aws:lambda:eu-west-1:111122223333:function:waker".to_owned(),
            ),
            (CONTENT_TYPE.as_str(), "application/json".to_owned()),
        ];
        return (headers, event).into_response();
    }
    let answer = if path.ends_with("/response") { Answer::Response(body) } else { Answer::Error(body) };
    // The test has ended.
    let _ = shared.answers.send(answer).await;
    StatusCode::ACCEPTED.into_response()
}
