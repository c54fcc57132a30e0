//! Waiting for a real PostgreSQL.

use std::time::Duration;

use reveille_tests::postgres::{Options, Postgres};

use crate::entrypoint::run::Run;
use crate::tcp_script::{Act, say, serve};

async fn postgres(options: Options) -> Postgres {
    Postgres::start(&options).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_is_up_is_logged_in_to_and_left() {
    let postgres = postgres(Options::default()).await;
    let run = Run::new().database(&postgres).env("ENTRYPOINT_EXPORT", "DSN=conninfo");
    let output = run.command(&["sh", "-c", "psql \"$DSN\" -Atc 'SELECT current_user'"]).await.success();
    assert_eq!(output, "postgres\n");
    let log = postgres.log();
    assert!(!log.contains("unexpected EOF") && !log.contains("ERROR"), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_is_stopped_is_waited_for() {
    let mut postgres = postgres(Options::default()).await;
    postgres.stop().await.unwrap();
    let mut running = Run::new().database(&postgres).start(&["--", "echo", "ran"]);
    running.log("Connection refused").await;
    postgres.start_again().await.unwrap();
    running.log("up dependency=").await;
    assert_eq!(running.end().await.success(), "ran\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_is_starting_up_is_waited_for() {
    let mut postgres = postgres(Options { in_recovery: true, ..Options::default() }).await;
    let mut running = Run::new().database(&postgres).start(&["--", "echo", "ran"]);
    running.log("it is not ready (FATAL: the database system is not accepting connections").await;
    postgres.promote().unwrap();
    assert_eq!(running.end().await.success(), "ran\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_without_a_free_connection_is_waited_for() {
    let postgres = postgres(Options { max_connections: Some(5), ..Options::default() }).await;
    postgres.execute("CREATE ROLE app LOGIN PASSWORD 'p'").await.unwrap();
    let held = [postgres.client().await.unwrap(), postgres.client().await.unwrap()];
    let run = Run::new().database(&postgres).env("DB_USER", "app").env("DB_PASSWORD", "p");
    let mut running = run.start(&["--", "echo", "ran"]);
    running.log("it has no room (FATAL: remaining connection slots are reserved").await;
    drop(held);
    assert_eq!(running.end().await.success(), "ran\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waiting_does_not_repair_ends_it_at_once() {
    let hba = ["host all refused 127.0.0.1/32 reject", "hostnossl all encrypted 127.0.0.1/32 reject"];
    let postgres = postgres(Options { hba: hba.map(String::from).into(), ..Options::default() }).await;
    for sql in ["CREATE ROLE nologin PASSWORD 'p'", "CREATE DATABASE closed ALLOW_CONNECTIONS false"] {
        postgres.execute(sql).await.unwrap();
    }
    let run = || Run::new().database(&postgres).env("DB_SSLMODE", "disable");
    for (variable, value, says) in [
        ("DB_PASSWORD", "wrong", "the login is wrong (FATAL: password authentication failed"),
        ("DB_USER", "nobody", "the login is wrong (FATAL: password authentication failed"),
        ("DB_NAME", "missing", "there is no such database (FATAL: database \"missing\" does not exist)"),
        ("DB_NAME", "closed", "the server refuses the login (FATAL: database \"closed\" is not currently"),
        ("DB_USER", "refused", "the login is not allowed"),
        ("DB_USER", "encrypted", "the login is not allowed without TLS: DB_SSLMODE must be at least require"),
    ] {
        let outcome = run().env(variable, value).command(&["echo", "ran"]).await;
        let log = outcome.failure(77, says);
        assert!(log.contains("refuses, and waiting does not help") && log.lines().count() == 2, "{log}");
    }
    let nologin = run().env("DB_USER", "nologin").env("DB_PASSWORD", "p").command(&["echo", "ran"]).await;
    nologin.failure(77, "the login is not allowed (FATAL: role \"nologin\" is not permitted to log in)");
    let no_password = run().env("DB_PASSWORD", "").command(&["echo", "ran"]).await;
    no_password.failure(77, "the server refuses the login (invalid configuration: password missing)");
}

/// How a remote server's requests are answered is in the unit tests of the login's guard.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_on_this_machine_may_ask_for_the_password_in_every_way() {
    let hba = ["host all plain 127.0.0.1/32 password", "host all hashed 127.0.0.1/32 md5"];
    let postgres = postgres(Options { hba: hba.map(String::from).into(), ..Options::default() }).await;
    let roles = "CREATE ROLE plain LOGIN PASSWORD 'p'; CREATE ROLE app LOGIN PASSWORD 'p'; \
        SET password_encryption = 'md5'; CREATE ROLE hashed LOGIN PASSWORD 'p'";
    postgres.execute(roles).await.unwrap();
    for user in ["plain", "hashed", "app"] {
        let run = Run::new().database(&postgres).env("DB_USER", user).env("DB_PASSWORD", "p");
        let outcome = run.command(&["echo", "ran"]).await;
        assert!(!outcome.log.contains("WARN"), "{user}: {}", outcome.log);
        assert_eq!(outcome.success(), "ran\n", "{user}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_database_is_waited_for_when_asked_to() {
    let postgres = postgres(Options::default()).await;
    let run =
        Run::new().database(&postgres).env("DB_NAME", "later").env("ENTRYPOINT_MISSING_DATABASE", "wait");
    let mut running = run.start(&["--", "echo", "ran"]);
    running.log("the database was not created yet").await;
    postgres.execute("CREATE DATABASE later").await.unwrap();
    assert_eq!(running.end().await.success(), "ran\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_accepts_and_stays_silent_times_out() {
    let run = run_against(vec![Act::Hang]).await;
    let run = run.env("ENTRYPOINT_ATTEMPT_TIMEOUT", "1").env("ENTRYPOINT_TIMEOUT", "3");
    let started = std::time::Instant::now();
    let outcome = run.command(&["echo", "ran"]).await;
    outcome.failure(69, "did not come up within 3 s: the attempt timed out");
    assert!(started.elapsed() > Duration::from_secs(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_breaks_is_tried_again() {
    for answer in [&b""[..], b"S"] {
        let run = run_against(vec![Act::Hear, say(answer)]).await.env("ENTRYPOINT_TIMEOUT", "1");
        run.command(&["echo", "ran"]).await.failure(69, "the connection broke");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_postgresql_is_said_to_be_none() {
    for mode in ["disable", "prefer", "require"] {
        let answer = say(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n");
        let run = run_against(vec![Act::Hear, answer]).await.env("DB_SSLMODE", mode);
        let outcome = run.command(&["echo", "ran"]).await;
        outcome.failure(77, "what answers does not speak PostgreSQL's protocol");
    }
}

async fn run_against(server: Vec<Act>) -> Run {
    Run::new()
        .env("DB_HOST", "127.0.0.1")
        .env("DB_PORT", serve(server).await.to_string())
        .env("DB_NAME", "app")
        .env("DB_USER", "me")
        .env("DB_PASSWORD", "secret")
}
