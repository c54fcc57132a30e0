//! Lambda's runtime API for one sandbox and one event.
//!
//! <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>

use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{StatusCode, Uri, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
};
use serde_json::Value;
use tokio::{
    net::TcpListener,
    sync::{mpsc, oneshot},
    time::timeout,
};

/// A Python start under the quota of a small function takes many seconds.
const LIMIT: Duration = Duration::from_mins(2);
const REMAINING: Duration = Duration::from_secs(30);

#[derive(Debug)]
enum Heard {
    Polled(Instant),
    Answered(Instant, Value),
    Failed(String),
}

struct Shared {
    heard: mpsc::UnboundedSender<Heard>,
    event: Mutex<Option<oneshot::Receiver<Value>>>,
}

pub struct RuntimeApi {
    /// Host and port.
    pub address: String,
    heard: mpsc::UnboundedReceiver<Heard>,
    event: Option<oneshot::Sender<Value>>,
}

impl RuntimeApi {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let (sender, heard) = mpsc::unbounded_channel();
        let (event, next) = oneshot::channel();
        let shared = Shared { heard: sender, event: Mutex::new(Some(next)) };
        let router = Router::new().fallback(answer).with_state(Arc::new(shared));
        tokio::spawn(axum::serve(listener, router).into_future());
        Self { address, heard, event: Some(event) }
    }

    /// When the function asked for its first event.
    pub async fn first_poll(&mut self) -> Instant {
        match self.next().await {
            Heard::Polled(at) => at,
            other => panic!("not a poll: {other:?}"),
        }
    }

    /// Sends the function its event, and returns its answer and how long that took.
    pub async fn invoke(&mut self, event: Value) -> (Duration, Value) {
        let begun = Instant::now();
        self.event.take().expect("one event only").send(event).unwrap();
        match self.next().await {
            Heard::Answered(at, answer) => (at - begun, answer),
            other => panic!("not an answer: {other:?}"),
        }
    }

    async fn next(&mut self) -> Heard {
        let heard = timeout(LIMIT, self.heard.recv()).await;
        match heard.expect("the function is silent").expect("the server lives as long as this") {
            Heard::Failed(cause) => panic!("the function failed: {cause}"),
            heard => heard,
        }
    }
}

async fn answer(State(shared): State<Arc<Shared>>, uri: Uri, body: Bytes) -> Response {
    let now = Instant::now();
    let path = uri.path();
    if path.ends_with("/invocation/next") {
        let event = shared.event.lock().unwrap().take();
        // The second poll comes after the answer, and there is no second event.
        let Some(event) = event else { return std::future::pending().await };
        shared.heard.send(Heard::Polled(now)).unwrap();
        let Ok(event) = event.await else { return StatusCode::GONE.into_response() };
        let deadline = SystemTime::now() + REMAINING;
        let deadline = deadline.duration_since(UNIX_EPOCH).unwrap().as_millis().to_string();
        let headers = [
            ("lambda-runtime-aws-request-id", "8476a536-e9f4-11e8-9739-2dfe598c3fcd".to_owned()),
            ("lambda-runtime-deadline-ms", deadline),
            (
                "lambda-runtime-invoked-function-arn",
                "arn:aws:lambda:eu-west-1:111122223333:function:waker".to_owned(),
            ),
            ("lambda-runtime-trace-id", "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Sampled=0".to_owned()),
            (CONTENT_TYPE.as_str(), "application/json".to_owned()),
        ];
        return (headers, event.to_string()).into_response();
    }
    let heard = if path.ends_with("/response") {
        Heard::Answered(now, serde_json::from_slice(&body).unwrap())
    } else {
        Heard::Failed(String::from_utf8_lossy(&body).into_owned())
    };
    // The receiver is gone once the figures are taken.
    let _ = shared.heard.send(heard);
    StatusCode::ACCEPTED.into_response()
}
