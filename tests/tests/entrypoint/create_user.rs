//! `create-user` on a real PostgreSQL, with a master like RDS's: not a superuser, but with
//! CREATEROLE, and the owner of the database.

use std::time::{Duration, Instant};

use aws_sdk_secretsmanager::Client;
use futures_util::future::join_all;
use nix::sys::signal::Signal;
use reveille_tests::event_log::EventLog;
use reveille_tests::ministack::{Ministack, Settings};
use reveille_tests::postgres::{Options, Postgres};
use tokio::net::TcpListener;

use crate::entrypoint::run::{MARK, Outcome, Run};

const MASTER_PASSWORD: &str = "hunter2 of the master";
const APP_PASSWORD: &str = "hunter2 of the app";

/// A server with a master, which owns the database `app`.
async fn server() -> Postgres {
    server_with(Options::default()).await
}

async fn server_with(options: Options) -> Postgres {
    let postgres = Postgres::start(&options).await.unwrap();
    let master = format!("CREATE ROLE master LOGIN CREATEROLE CREATEDB PASSWORD '{MASTER_PASSWORD}'");
    for sql in [&master, "CREATE DATABASE app OWNER master"] {
        postgres.execute(sql).await.unwrap();
    }
    postgres
}

/// A run as master that creates the user `app`.
fn run(postgres: &Postgres) -> Run {
    Run::new()
        .database(postgres)
        .env("DB_NAME", "app")
        .env("DB_USER", "master")
        .env("DB_PASSWORD", MASTER_PASSWORD)
        .env("DB_APP_USER", "app")
        .env("DB_APP_PASSWORD", APP_PASSWORD)
}

async fn create_user(run: Run) -> Outcome {
    run.arguments(&["create-user"]).await
}

#[track_caller]
fn assert_log(outcome: &Outcome, says: &str) {
    assert_eq!(outcome.code, Some(0), "{}", outcome.log);
    assert!(outcome.log.lines().last().unwrap().contains(says), "{}", outcome.log);
}

/// The result of a login of the app, with the entrypoint in front as in its own container.
async fn sql(postgres: &Postgres, user: &str, password: &str, sql: &str) -> Outcome {
    let run = Run::new().database(postgres).env("DB_NAME", "app");
    let run = run.env("DB_USER", user).env("DB_PASSWORD", password).env("ENTRYPOINT_EXPORT", "DSN=conninfo");
    run.env("SQL", sql).command(&["sh", "-c", "psql \"$DSN\" -v ON_ERROR_STOP=1 -qAtc \"$SQL\""]).await
}

/// A connection as master, which ends when the client is dropped.
async fn master(postgres: &Postgres) -> tokio_postgres::Client {
    let mut config = tokio_postgres::Config::new();
    config.host(Postgres::HOST).port(postgres.port()).dbname("app").user("master").password(MASTER_PASSWORD);
    let (client, connection) = config.connect(tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

/// The first column of a query's rows, as superuser.
async fn ask(postgres: &Postgres, sql: &str) -> Vec<String> {
    let client = postgres.client().await.unwrap();
    let messages = client.simple_query(sql).await.unwrap();
    let rows = messages.iter().filter_map(|message| match message {
        tokio_postgres::SimpleQueryMessage::Row(row) => Some(row.get(0).unwrap_or_default().to_owned()),
        _ => None,
    });
    rows.collect()
}

/// The row of the user `app`, with its password's verifier and the transaction that wrote it.
async fn catalogue(postgres: &Postgres) -> Vec<String> {
    ask(postgres, "SELECT (xmin, pg_authid.*)::text FROM pg_authid WHERE rolname = 'app'").await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_app_gets_a_user_that_can_do_what_an_app_does() {
    let postgres = server().await;
    assert_log(&create_user(run(&postgres)).await, "the app's user was created");
    let work = "CREATE TABLE items (id serial); INSERT INTO items VALUES (1); CREATE SCHEMA mine;
        CREATE TABLE mine.items (); CREATE TEMPORARY TABLE scratch (); SELECT current_user";
    assert_eq!(sql(&postgres, "app", APP_PASSWORD, work).await.success(), "app\n");
    let not_the_masters = sql(&postgres, "app", APP_PASSWORD, "CREATE ROLE other").await;
    assert!(not_the_masters.log.contains("permission denied to create role"), "{}", not_the_masters.log);
}

#[tokio::test(flavor = "multi_thread")]
async fn once_more_changes_nothing_and_needs_no_master() {
    let postgres = server().await;
    assert_log(&create_user(run(&postgres)).await, "the app's user was created");
    let before = catalogue(&postgres).await;
    assert_log(&create_user(run(&postgres)).await, "the app's user is as it should be");
    // RDS has rotated the master's password in the meantime.
    let rotated = create_user(run(&postgres).env("DB_PASSWORD", "hunter2 of last week")).await;
    assert_log(&rotated, "the app's user is as it should be");
    assert_eq!((before.len(), &before), (1, &catalogue(&postgres).await));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_password_takes_the_place_of_the_old_one() {
    let postgres = server().await;
    assert_log(&create_user(run(&postgres)).await, "the app's user was created");
    let new = "hunter2, the next";
    assert_log(&create_user(run(&postgres).env("DB_APP_PASSWORD", new)).await, "the app's user was updated");
    sql(&postgres, "app", APP_PASSWORD, "SELECT 1").await.failure(77, "the login is wrong");
    assert_eq!(sql(&postgres, "app", new, "SELECT 1").await.success(), "1\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_taken_from_the_user_is_granted_again() {
    let postgres = server().await;
    assert_log(&create_user(run(&postgres)).await, "the app's user was created");
    for revoke in [
        "REVOKE ALL ON DATABASE app FROM PUBLIC, app",
        "REVOKE CREATE ON DATABASE app FROM app",
        "DROP SCHEMA public; CREATE SCHEMA public AUTHORIZATION master",
    ] {
        sql(&postgres, Postgres::USER, Postgres::PASSWORD, revoke).await.success();
        assert_log(&create_user(run(&postgres)).await, "the app's user was updated");
        let work = "CREATE TABLE items (); CREATE SCHEMA mine; DROP TABLE items; DROP SCHEMA mine";
        sql(&postgres, "app", APP_PASSWORD, work).await.success();
    }
    sql(&postgres, "master", MASTER_PASSWORD, "DROP SCHEMA public").await.success();
    assert_log(&create_user(run(&postgres)).await, "the app's user is as it should be");
}

/// The SQL of module `task`'s README.
#[tokio::test(flavor = "multi_thread")]
async fn what_the_master_owned_can_be_given_to_the_user() {
    let readme = include_str!("../../../infra/modules/task/README.md");
    let moves = readme.split("```sql\n").nth(1).unwrap().split("```").next().unwrap();
    assert!(moves.contains("REASSIGN OWNED BY CURRENT_USER TO shop;"), "{moves}");
    let postgres = server().await;
    let client = master(&postgres).await;
    client.batch_execute("CREATE TABLE items (id serial); CREATE SCHEMA mine").await.unwrap();
    for statement in moves.lines() {
        client.batch_execute(statement).await.unwrap();
    }
    // Created before this, and without a password.
    assert_log(&create_user(run(&postgres).env("DB_APP_USER", "shop")).await, "the app's user was updated");
    let work = "INSERT INTO items DEFAULT VALUES; ALTER TABLE items ADD note text; CREATE TABLE mine.more ()";
    sql(&postgres, "shop", APP_PASSWORD, work).await.success();
    let owner = "SELECT datdba::regrole::text FROM pg_database WHERE datname = 'app'";
    assert_eq!(ask(&postgres, owner).await, ["master"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_tasks_at_once_create_it_once_and_change_it_once() {
    let postgres = server().await;
    for (password, says) in
        [(APP_PASSWORD, "the app's user was created"), ("hunter2, the next", "the app's user was updated")]
    {
        let runs = (0..10).map(|_| create_user(run(&postgres).env("DB_APP_PASSWORD", password)));
        let outcomes = join_all(runs).await;
        let logs: Vec<_> = outcomes.iter().map(|outcome| outcome.log.as_str()).collect();
        assert!(outcomes.iter().all(|outcome| outcome.code == Some(0)), "{logs:#?}");
        let changed = logs.iter().filter(|log| log.contains(says)).count();
        let unchanged = logs.iter().filter(|log| log.contains("is as it should be")).count();
        assert_eq!((changed, unchanged), (1, 9), "{logs:#?}");
        assert_eq!(sql(&postgres, "app", password, "SELECT 1").await.success(), "1\n");
    }
    assert_eq!(catalogue(&postgres).await.len(), 1);
}

/// Repeats the query until that is the answer.
async fn until(postgres: &Postgres, sql: &str, wanted: &str) {
    let deadline = Instant::now() + Duration::from_secs(60);
    loop {
        let answer = ask(postgres, sql).await;
        if answer == [wanted] {
            return;
        }
        assert!(Instant::now() < deadline, "{sql}: {answer:?} and not {wanted}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// The lock belongs to the database and a user to the server, so tasks of two databases can meet.
#[tokio::test(flavor = "multi_thread")]
async fn another_transaction_that_changes_the_user_is_waited_for() {
    let postgres = server().await;
    for other in ["CREATE ROLE app LOGIN PASSWORD 'other'", "ALTER ROLE app PASSWORD 'other'"] {
        let client = master(&postgres).await;
        client.batch_execute(&format!("BEGIN; {other}")).await.unwrap();
        let password = format!("hunter2 against {}", &other[..5]);
        let running = run(&postgres).env("DB_APP_PASSWORD", &password).start(&["create-user"]);
        let waits = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'";
        until(&postgres, waits, "1").await;
        client.batch_execute("COMMIT").await.unwrap();
        let outcome = running.end().await;
        assert!(
            outcome.log.contains("another task changes the app's user at the same time"),
            "{}",
            outcome.log
        );
        assert_log(&outcome, "the app's user was updated");
        assert_eq!(sql(&postgres, "app", &password, "SELECT 1").await.success(), "1\n");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn any_name_and_any_password_are_taken_as_they_are() {
    let postgres = server().await;
    for (user, password) in [
        ("App-User 1", "hunter2 it's \\ all \" $1 $$ %s"),
        ("a\"; DROP ROLE master; --", "hunter2\nwith a line break"),
        ("o'brien\\", "hunter2 pässwörd→🔑"),
        ("ünïcode", "hunter2 \u{a0}\u{2160}"),
        ("user", " hunter2 "),
    ] {
        let user_run = || run(&postgres).env("DB_APP_USER", user).env("DB_APP_PASSWORD", password);
        assert_log(&create_user(user_run()).await, "the app's user was created");
        assert_log(&create_user(user_run()).await, "the app's user is as it should be");
        let output = sql(&postgres, user, password, "SELECT current_user").await.success();
        assert_eq!(output, format!("{user}\n"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_log_of_the_server_has_a_password() {
    let postgres = server().await;
    for sql in ["ALTER SYSTEM SET log_statement = 'all'", "SELECT pg_reload_conf()"] {
        postgres.execute(sql).await.unwrap();
    }
    until(&postgres, "SHOW log_statement", "all").await;
    assert_log(&create_user(run(&postgres)).await, "the app's user was created");
    let changed = create_user(run(&postgres).env("DB_APP_PASSWORD", "hunter2, the next")).await;
    assert_log(&changed, "the app's user was updated");
    let log = postgres.log();
    // The log contains these statements, and they contain a verifier.
    assert!(log.contains("CREATE ROLE \"app\" LOGIN PASSWORD E'SCRAM-SHA-256$4096:"), "{log}");
    assert!(log.contains("ALTER ROLE \"app\" PASSWORD E'SCRAM-SHA-256$4096:"), "{log}");
    let after = log.split("SHOW log_statement").last().unwrap();
    assert!(!after.contains(MARK), "{after}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_of_more_than_an_app_is_not_changed() {
    let postgres = server().await;
    for sql in [
        "CREATE ROLE rds_superuser",
        "CREATE ROLE top SUPERUSER LOGIN PASSWORD 'p'",
        "CREATE ROLE administrator CREATEROLE LOGIN PASSWORD 'p'",
        "CREATE ROLE between IN ROLE rds_superuser",
        "CREATE ROLE member LOGIN PASSWORD 'p' IN ROLE between",
        "CREATE ROLE crew NOLOGIN",
    ] {
        postgres.execute(sql).await.unwrap();
    }
    let roles = "SELECT pg_authid.*::text FROM pg_authid ORDER BY rolname";
    let before = ask(&postgres, roles).await;
    for (user, code, says) in [
        ("top", 77, "DB_APP_USER must not be a superuser"),
        ("postgres", 77, "DB_APP_USER must not be a superuser"),
        ("administrator", 77, "DB_APP_USER must not be a role with CREATEROLE"),
        ("member", 77, "DB_APP_USER must not be a member of rds_superuser"),
        ("crew", 77, "DB_APP_USER must not be a role with NOLOGIN"),
        ("master", 64, "DB_APP_USER must be another user than the one that creates it"),
        ("pg_monitor", 64, "DB_APP_USER must not begin with pg_"),
        ("rdsadmin", 64, "DB_APP_USER must not be one of Amazon RDS's own users"),
    ] {
        // Also if its password is known.
        for password in [APP_PASSWORD, "p"] {
            let run = run(&postgres).env("DB_APP_USER", user).env("DB_APP_PASSWORD", password);
            create_user(run).await.failure(code, says);
        }
    }
    assert_eq!(ask(&postgres, roles).await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_master_that_is_refused_or_has_no_right_is_said_to_be() {
    let postgres = server().await;
    for sql in [
        "CREATE ROLE plain LOGIN PASSWORD 'p'",
        "CREATE ROLE creator LOGIN CREATEROLE PASSWORD 'p'",
        "CREATE ROLE of_postgres LOGIN PASSWORD 'p' VALID UNTIL '2020-01-01'",
    ] {
        postgres.execute(sql).await.unwrap();
    }
    let wrong = run(&postgres).env("DB_PASSWORD", "hunter2 of last week");
    create_user(wrong)
        .await
        .failure(77, "the login is wrong (FATAL: password authentication failed for user \"master\")");
    let plain = run(&postgres).env("DB_USER", "plain").env("DB_PASSWORD", "p");
    create_user(plain)
        .await
        .failure(77, "DB_USER has no right to it (ERROR: permission denied to create role");
    // It may create users, but does not own the database: then no user is created.
    let creator = run(&postgres).env("DB_USER", "creator").env("DB_PASSWORD", "p");
    create_user(creator).await.failure(77, "DB_USER has no right to it (");
    assert!(catalogue(&postgres).await.is_empty());
    let missing = run(&postgres).env("DB_NAME", "missing");
    create_user(missing).await.failure(77, "there is no such database");
    // A new password does not help a user that has expired.
    let expired = run(&postgres).env("DB_USER", "postgres").env("DB_PASSWORD", Postgres::PASSWORD);
    let expired = create_user(expired.env("DB_APP_USER", "of_postgres")).await;
    expired.failure(77, "DB_APP_USER cannot log in: the login is wrong");
}

#[tokio::test(flavor = "multi_thread")]
async fn functions_that_others_made_are_not_called() {
    let postgres = server().await;
    let trap = "CREATE FUNCTION public.pg_advisory_xact_lock(bigint) RETURNS void LANGUAGE sql AS
            'CREATE TABLE public.trapped ()';
        CREATE FUNCTION public.has_database_privilege(name, name, text) RETURNS bool LANGUAGE sql AS
            'CREATE TABLE public.trapped (); SELECT true';
        CREATE VIEW public.pg_roles AS SELECT * FROM pg_catalog.pg_roles WHERE false;
        ALTER DATABASE app SET search_path = public, pg_catalog";
    sql(&postgres, "master", MASTER_PASSWORD, trap).await.success();
    for says in ["the app's user was created", "the app's user is as it should be"] {
        assert_log(&create_user(run(&postgres)).await, says);
    }
    let trapped = "SELECT count(*) FROM pg_catalog.pg_class WHERE relname = 'trapped'";
    assert_eq!(sql(&postgres, "master", MASTER_PASSWORD, trapped).await.success(), "0\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn it_waits_for_the_database_as_the_app_does() {
    let mut postgres = server().await;
    postgres.stop().await.unwrap();
    let mut running = run(&postgres).start(&["create-user"]);
    running.log("Connection refused").await;
    postgres.start_again().await.unwrap();
    running.log("the app's user was created").await;
    running.end().await.success();

    postgres.stop().await.unwrap();
    let outcome = create_user(run(&postgres).env("ENTRYPOINT_TIMEOUT", "1")).await;
    outcome.failure(69, "did not come up within 1 s");
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = silent.local_addr().unwrap().port().to_string();
    let mut running = run(&postgres).env("DB_PORT", port).start(&["create-user"]);
    running.log("waiting").await;
    running.signal(Signal::SIGTERM);
    assert_eq!(running.end().await.code, Some(128 + 15));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_database_s_creation_is_waited_for_if_configured() {
    let postgres = server().await;
    let run = run(&postgres).env("DB_NAME", "later").env("ENTRYPOINT_MISSING_DATABASE", "wait");
    let mut running = run.start(&["create-user"]);
    running.log("the database was not created yet").await;
    postgres.execute("CREATE DATABASE later OWNER master").await.unwrap();
    running.log("the app's user was created").await;
    running.end().await.success();
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_wrong_with_its_configuration_is_said_at_once() {
    let log = create_user(Run::new().env("DB_PORT", MARK).env("ENTRYPOINT_TIMEOUT", "0")).await;
    let log = log.failure(64, "DB_APP_PASSWORD is not set");
    let problems: Vec<_> = log.lines().map(|line| line.split_whitespace().nth(2).unwrap()).collect();
    let expected =
        ["ENTRYPOINT_TIMEOUT", "DB_HOST", "DB_PORT", "DB_NAME", "DB_USER", "DB_APP_USER", "DB_APP_PASSWORD"];
    assert_eq!(problems, expected);
    // Settings for the app's own container have no effect here.
    let postgres = server().await;
    let run = run(&postgres).env("ENTRYPOINT_WAIT", "tcp://127.0.0.1:1").env("ENTRYPOINT_EXPORT", "DSN=url");
    assert_log(&create_user(run).await, "the app's user was created");
}

/// As in module `task`: the app's login by the task role, the master's from ECS.
#[tokio::test(flavor = "multi_thread")]
async fn the_apps_login_is_read_from_its_secret() {
    let settings = Settings::default();
    let (postgres, ministack) = tokio::join!(server(), Ministack::start(&settings, EventLog::default()));
    let ministack = ministack.unwrap();
    let client = Client::new(&ministack.sdk());
    let secret = async |name: &str, user: &str| {
        let text = format!(r#"{{"username":"{user}","password":"hunter2 of {user}"}}"#);
        client.create_secret().name(name).secret_string(text).send().await.unwrap().arn.unwrap()
    };
    let run = |arn: &str| {
        run(&postgres)
            .env("AWS_ENDPOINT_URL", ministack.endpoint())
            .env("AWS_REGION", "us-east-1")
            .env("AWS_ACCESS_KEY_ID", "test")
            .env("AWS_SECRET_ACCESS_KEY", "test")
            .env("DB_APP_USER", format!("secretsmanager:{arn}:username::"))
            .env("DB_APP_PASSWORD", format!("secretsmanager:{arn}:password::"))
    };
    assert_log(&create_user(run(&secret("app", "shop").await)).await, "the app's user was created");
    let output = sql(&postgres, "shop", "hunter2 of shop", "SELECT current_user").await.success();
    assert_eq!(output, "shop\n");
    let master = create_user(run(&secret("wrong", "master").await)).await;
    let log = master.failure(77, "must be another user than the one that creates it");
    assert!(log.contains("failed to read secrets: DB_APP_USER (secret arn:aws:secretsmanager:"), "{log}");
}
