//! The gate pauses, resumes and refuses as Aurora does.

use std::time::{Duration, Instant};

use reveille_tests::event_log::EventLog;
use reveille_tests::gate::{Gate, Options, Status};
use reveille_tests::postgres::{self, Postgres};
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_postgres::{Client, NoTls};

use crate::local_aws::LIMIT;

async fn database() -> Postgres {
    Postgres::start(&postgres::Options::default()).await.unwrap()
}

fn gate(server: &Postgres, resume: Duration, pause_after: Option<Duration>) -> (Gate, EventLog) {
    let log = EventLog::default();
    let options = Options { server: server.port(), resume, pause_after, status: Status::Paused };
    (Gate::open(&options, log.clone()).unwrap(), log)
}

async fn log_in(gate: &Gate, password: &str) -> Result<Client, tokio_postgres::Error> {
    let conninfo = format!("host=127.0.0.1 port={} user=postgres password={password}", gate.port());
    let (client, connection) = tokio_postgres::connect(&conninfo, NoTls).await?;
    tokio::spawn(connection);
    Ok(client)
}

#[tokio::test]
async fn a_login_stalls_until_the_database_has_resumed() {
    let server = database().await;
    let (gate, log) = gate(&server, Duration::from_millis(400), None);
    let began = Instant::now();
    let client = log_in(&gate, Postgres::PASSWORD).await.unwrap();
    assert!(began.elapsed() >= Duration::from_millis(400));
    client.simple_query("SELECT 1").await.unwrap();
    let names: Vec<_> = log.all().into_iter().map(|event| event.name).collect();
    assert_eq!(names, ["database_touched", "database_up"]);
}

#[tokio::test]
async fn a_wrong_password_resumes_it_too() {
    let server = database().await;
    let (gate, _log) = gate(&server, Duration::ZERO, None);
    assert!(log_in(&gate, "wrong").await.is_err());
    assert_eq!(gate.status(), Status::Up);
}

#[tokio::test]
async fn a_bare_connection_resumes_nothing() {
    let server = database().await;
    let (gate, _log) = gate(&server, Duration::ZERO, None);
    let mut bare = TcpStream::connect(("127.0.0.1", gate.port())).await.unwrap();
    // Nor does the gate answer or close, which would end a read.
    assert!(timeout(Duration::from_millis(300), bare.read_u8()).await.is_err());
    assert_eq!(gate.status(), Status::Paused);
}

#[tokio::test]
async fn it_pauses_when_nobody_is_connected_and_only_then() {
    let server = database().await;
    let (gate, log) = gate(&server, Duration::ZERO, Some(Duration::from_millis(200)));
    let client = log_in(&gate, Postgres::PASSWORD).await.unwrap();
    client.simple_query("SELECT pg_sleep(0.6)").await.unwrap();
    assert_eq!(gate.status(), Status::Up);
    drop(client);
    log.wait_for("database_paused", LIMIT).await.unwrap();
    log_in(&gate, Postgres::PASSWORD).await.unwrap();
}

#[tokio::test]
async fn a_stopped_database_refuses_and_is_not_started_by_a_connection() {
    let server = database().await;
    let (gate, _log) = gate(&server, Duration::ZERO, None);
    let client = log_in(&gate, Postgres::PASSWORD).await.unwrap();
    gate.turn(Status::Stopped);
    assert!(client.simple_query("SELECT pg_sleep(60)").await.is_err());
    // The port closes a moment after the status has changed.
    timeout(LIMIT, async { while TcpStream::connect(("127.0.0.1", gate.port())).await.is_ok() {} })
        .await
        .unwrap();
    assert_eq!(gate.status(), Status::Stopped);
    gate.turn(Status::Up);
    timeout(LIMIT, async { while log_in(&gate, Postgres::PASSWORD).await.is_err() {} }).await.unwrap();
}
