//! AWS on loopback, without an emulator: an [`Endpoint`] answers by a script and keeps the requests
//! as they arrived, an [`account::Account`] remembers what it was told to change, and a
//! [`runtime_api::RuntimeApi`] is Lambda's side of a function.

pub mod account;
pub mod answer;
pub mod arn;
pub mod cbor;
pub mod request;
pub mod runtime_api;
pub mod server;
pub mod tls;

use std::collections::{HashMap, VecDeque};
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::response::Response;
use tokio::sync::Barrier;

use answer::Answer;
use request::Request;
use server::{Respond, serve};
use tls::Identity;

/// An endpoint with scripted answers. An operation without one is answered with a 500.
#[derive(Debug)]
pub struct Endpoint {
    pub address: SocketAddr,
    script: Arc<Script>,
}

#[derive(Debug, Default)]
struct Script(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    answers: HashMap<String, Answers>,
    calls: Vec<Request>,
    together: Option<Arc<Barrier>>,
}

enum Answers {
    /// The last one is repeated.
    InOrder(VecDeque<Answer>),
    OfRequest(Box<dyn Fn(&Request) -> Answer + Send>),
}

impl std::fmt::Debug for Answers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::InOrder(answers) => f.debug_tuple("InOrder").field(answers).finish(),
            Self::OfRequest(_) => f.write_str("OfRequest"),
        }
    }
}

impl Endpoint {
    pub async fn start() -> io::Result<Self> {
        let script = Arc::default();
        Ok(Self { address: serve(Arc::clone(&script)).await?, script })
    }

    /// With TLS, as `localhost`.
    pub async fn start_with_tls(identity: &Identity) -> io::Result<Self> {
        let script = Arc::default();
        Ok(Self { address: identity.serve(Arc::clone(&script)).await?, script })
    }

    /// Its URL without TLS.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub fn answer(&self, operation: &str, answer: Answer) {
        self.answers(operation, [answer]);
    }

    /// In order; the last one is repeated.
    pub fn answers(&self, operation: &str, answers: impl IntoIterator<Item = Answer>) {
        self.set(operation, Answers::InOrder(answers.into_iter().collect()));
    }

    /// With what follows from the request.
    pub fn answer_with(&self, operation: &str, answer: impl Fn(&Request) -> Answer + Send + 'static) {
        self.set(operation, Answers::OfRequest(Box::new(answer)));
    }

    /// From now on as many requests as this are awaited before each of them is answered.
    pub fn answer_together(&self, requests: usize) {
        self.script.lock().together = Some(Arc::new(Barrier::new(requests)));
    }

    pub fn all_calls(&self) -> usize {
        self.script.lock().calls.len()
    }

    /// The requests for this operation, in the order of their arrival.
    pub fn calls(&self, operation: &str) -> Vec<Request> {
        let state = self.script.lock();
        state.calls.iter().filter(|call| call.operation() == operation).cloned().collect()
    }

    fn set(&self, operation: &str, answers: Answers) {
        self.script.lock().answers.insert(operation.to_owned(), answers);
    }
}

impl Script {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn next(&mut self, request: &Request) -> Answer {
        let operation = request.operation();
        let answer = match self.answers.get_mut(&operation) {
            Some(Answers::OfRequest(answer)) => Some(answer(request)),
            Some(Answers::InOrder(answers)) if answers.len() > 1 => answers.pop_front(),
            Some(Answers::InOrder(answers)) => answers.front().cloned(),
            None => None,
        };
        let none = || Answer::Json(500, format!(r#"{{"message":"no answer for {operation}"}}"#));
        answer.unwrap_or_else(none)
    }
}

impl Respond for Script {
    async fn respond(&self, request: Request) -> io::Result<Response> {
        request.record()?;
        let (answer, together) = {
            let mut state = self.lock();
            let answer = state.next(&request);
            state.calls.push(request);
            (answer, state.together.clone())
        };
        if let Some(together) = together {
            together.wait().await;
        }
        answer.send().await
    }
}
