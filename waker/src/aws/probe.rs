//! The connect probe: `PostgreSQL`'s startup message, without credentials.
//!
//! Any answer but "the database system is starting up" proves that the database is up, also a request
//! for a password. Aurora resumes on the startup message and stalls the connection until it has: an
//! attempt goes on in the background, also across invocations of the sandbox, and the next observation
//! reads its result.

use std::{
    collections::HashMap,
    error::Error,
    io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, SystemTime},
};

use tokio::{net::TcpStream, task::JoinHandle, time::timeout};
use tokio_postgres::{Config, NoTls, error::SqlState};
use tracing::{debug, warn};

use crate::{environment::snapshot::DatabaseAnswer, error_chain::chain};

/// Long enough for an Aurora cluster that was paused for more than a day (30 s and more). Shorter
/// attempts would only be repeated.
const ATTEMPT: Duration = Duration::from_mins(1);
/// A touch waits this long: the startup message has been sent by then, and a database that is up has
/// answered.
const PROMPT: Duration = Duration::from_millis(300);
/// How long an answer counts: Aurora pauses 300 s after its last connection at the earliest.
const FRESH: Duration = Duration::from_mins(1);

/// The databases' answers, by environment.
#[derive(Clone, Debug, Default)]
pub(super) struct Answers(Arc<Mutex<HashMap<String, ProbeState>>>);

#[derive(Clone, Copy, Debug)]
enum ProbeState {
    Awaited,
    /// By the wall clock, which goes on while the sandbox is frozen.
    Up(SystemTime),
    CannotAsk(SystemTime),
}

impl Answers {
    pub(super) fn of(&self, environment: &str) -> DatabaseAnswer {
        match self.lock().get(environment) {
            Some(ProbeState::Awaited) => DatabaseAnswer::Awaited,
            Some(ProbeState::Up(at)) if is_fresh(*at) => DatabaseAnswer::Up,
            Some(ProbeState::CannotAsk(at)) if is_fresh(*at) => DatabaseAnswer::CannotAsk,
            Some(ProbeState::Up(_) | ProbeState::CannotAsk(_)) | None => DatabaseAnswer::Unknown,
        }
    }

    pub(super) fn up(&self, environment: &str) {
        self.lock().insert(environment.to_owned(), ProbeState::Up(SystemTime::now()));
    }

    pub(super) fn cannot_ask(&self, environment: &str) {
        self.lock().insert(environment.to_owned(), ProbeState::CannotAsk(SystemTime::now()));
    }

    /// Starts an attempt, unless one is under way, and waits a moment for it.
    pub(super) async fn touch(&self, environment: &str, host: &str, port: u16) {
        if matches!(
            self.lock().insert(environment.to_owned(), ProbeState::Awaited),
            Some(ProbeState::Awaited)
        ) {
            return;
        }
        let attempt = self.spawn(environment.to_owned(), host.to_owned(), port);
        // The attempt goes on after this time-out.
        let _ = timeout(PROMPT, attempt).await;
    }

    fn spawn(&self, environment: String, host: String, port: u16) -> JoinHandle<()> {
        let answers = self.clone();
        tokio::spawn(async move {
            match timeout(ATTEMPT, attempt(&host, port)).await {
                Ok(Ok(())) => answers.up(&environment),
                Ok(Err(error)) => {
                    answers.lock().remove(&environment);
                    debug!(
                        environment,
                        host,
                        port,
                        cause = chain(&error),
                        "the database does not answer yet"
                    );
                }
                Err(_) => {
                    answers.lock().remove(&environment);
                    warn!(
                        environment,
                        host, port, "the database did not answer; is the function in its VPC?"
                    );
                }
            }
        })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, ProbeState>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn is_fresh(at: SystemTime) -> bool {
    at.elapsed().is_ok_and(|age| age < FRESH)
}

#[derive(Debug, thiserror::Error)]
enum NoAnswer {
    #[error("failed to connect")]
    Connect(#[source] io::Error),
    #[error("failed to read an answer to the startup message")]
    Startup(#[source] tokio_postgres::Error),
}

/// Ok if the server answers that it is up.
async fn attempt(host: &str, port: u16) -> Result<(), NoAnswer> {
    let stream = TcpStream::connect((host, port)).await.map_err(NoAnswer::Connect)?;
    match Config::new().user("reveille").connect_raw(stream, NoTls).await {
        Ok(_) => Ok(()),
        Err(error) if is_answer(&error) => Ok(()),
        Err(error) => Err(NoAnswer::Startup(error)),
    }
}

/// Without credentials every attempt ends in an error. An error of `PostgreSQL` is an answer, and so is
/// one about the missing password; a closed connection is none.
fn is_answer(error: &tokio_postgres::Error) -> bool {
    match (error.code(), error.source()) {
        (Some(code), _) => *code != SqlState::CANNOT_CONNECT_NOW,
        (None, Some(source)) if source.is::<io::Error>() => false,
        (None, _) => !error.is_closed(),
    }
}
