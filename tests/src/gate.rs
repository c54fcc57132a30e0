//! Aurora's behaviour in front of PostgreSQL: it pauses without connections, and a connection
//! attempt resumes it and stalls until it is up.
//!
//! <https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2-auto-pause.html>
//!
//! It can also be a stopped database, which refuses connections and is not started by them.

mod connection;
mod state;

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use tokio::net::{TcpListener, TcpSocket};
use tokio::runtime::Runtime;

use crate::event_log::EventLog;
use crate::pace::Distribution;
use state::State;
pub use state::Status;

/// The most clients that a test connects at the same moment.
const BACKLOG: u32 = 1024;

#[derive(Debug, Clone)]
pub struct Options {
    /// The port of the real server, on loopback.
    pub server: u16,
    /// How long a resume takes. Aurora takes about 15 s.
    pub resume: Duration,
    /// How long it must be without connections before it pauses; None: never.
    pub pause_after: Option<Duration>,
    pub status: Status,
}

/// A gate on its own thread: a test that blocks does not block its database. Dropping it closes its
/// port and every connection.
#[derive(Debug)]
pub struct Gate {
    state: Arc<State>,
    port: u16,
    runtime: Option<Runtime>,
}

impl Gate {
    pub fn open(options: &Options, log: EventLog) -> Result<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("gate")
            .enable_all()
            .build()?;
        let guard = runtime.enter();
        let listener = listen(0)?;
        let port = listener.local_addr()?.port();
        let state = Arc::new(State::new(options, log));
        drop(guard);
        runtime.spawn(serve(listener, port, Arc::clone(&state)));
        runtime.spawn(state::pause_when_idle(Arc::clone(&state)));
        Ok(Self { state, port, runtime: Some(runtime) })
    }

    /// Where clients connect, on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.port
    }

    pub fn status(&self) -> Status {
        self.state.status()
    }

    /// From now on each resume takes a sample of this.
    pub fn resume_in(&self, time: Distribution) {
        self.state.resume_in(time);
    }

    /// Pauses, stops or starts the database at once; leaving `Up` breaks every connection.
    pub fn turn(&self, status: Status) {
        self.state.turn(status);
    }

    /// Calls `tell` with the present status now, and with every later one when it changes.
    pub(crate) fn report(&self, tell: impl Fn(Status) + Send + 'static) {
        let state = Arc::clone(&self.state);
        let report = async move {
            loop {
                let told = state.status();
                tell(told);
                state.until(|status| status != told).await;
            }
        };
        if let Some(runtime) = &self.runtime {
            runtime.spawn(report);
        }
    }

    /// From now on refuses connections from when RDS begins to stop the database until it is
    /// available again.
    pub fn follow_rds(&self, log: EventLog) {
        let state = Arc::clone(&self.state);
        let mut place = log.end();
        let follow = async move {
            while let Ok((event, next)) =
                log.find(place, Duration::MAX, |event| event.name == "database_status").await
            {
                place = next;
                match event.text("status") {
                    "available" => state.turn(Status::Up),
                    _ => state.turn(Status::Stopped),
                }
            }
        };
        if let Some(runtime) = &self.runtime {
            runtime.spawn(follow);
        }
    }
}

impl Drop for Gate {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

async fn serve(mut listener: TcpListener, port: u16, state: Arc<State>) {
    loop {
        tokio::select! {
            Ok((client, _)) = listener.accept() => {
                tokio::spawn(connection::serve(client, Arc::clone(&state)));
            }
            () = state.until(|status| status == Status::Stopped) => {
                // Connections are refused, like by a stopped instance, if the port is closed.
                drop(listener);
                state.until(|status| status != Status::Stopped).await;
                listener = match listen(port) {
                    Ok(listener) => listener,
                    Err(error) => return state.record("gate_failed", [("error", error.to_string().into())]),
                };
            }
        }
    }
}

fn listen(port: u16) -> Result<TcpListener> {
    let socket = TcpSocket::new_v4()?;
    // The port of the broken connections is still in use for a while.
    socket.set_reuseaddr(true)?;
    socket.bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).context("the gate's port is taken")?;
    Ok(socket.listen(BACKLOG)?)
}
