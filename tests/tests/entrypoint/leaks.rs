//! No failure shows a secret. (All other tests search their logs too: see `run.rs`.)

use reveille_tests::postgres::{Options, Postgres};
use tokio::net::TcpListener;

use crate::entrypoint::run::{MARK, Run};

type Change = (&'static str, &'static str);

/// Runs that fail, each by its difference from a run that succeeds.
const FAILURES: [&[Change]; 17] = [
    &[("DB_PORT", MARK)],
    &[("DB_SSLMODE", MARK)],
    &[("DB_HOST", "me:hunter2@host")],
    &[("DB_SECRET", "hunter2 hunter2")],
    &[("DB_PASSWORD", "secretsmanager:hunter2 hunter2")],
    &[("ENTRYPOINT_EXPORT", "DSN=hunter2")],
    &[("ENTRYPOINT_WAIT", "http://me:hunter2@host/")],
    &[("ENTRYPOINT_WAIT", MARK)],
    &[("ENTRYPOINT_TIMEOUT", MARK)],
    &[("ENTRYPOINT_SCRUB", MARK)],
    &[("ENTRYPOINT_LOG", MARK)],
    &[("ENTRYPOINT_HUNTER", MARK)],
    &[],
    &[("DB_USER", "nobody")],
    &[("DB_SSLMODE", "require")],
    &[("DB_PASSWORD", "hunter2\nhunter2"), ("ENTRYPOINT_WAIT", "none"), ("ENTRYPOINT_EXPORT", "F=pgpass")],
    &[("ENTRYPOINT_WAIT", "none"), ("ENTRYPOINT_EXPORT", "DSN=conninfo"), ("PATH", "/nowhere")],
];

#[tokio::test(flavor = "multi_thread")]
async fn no_failure_shows_a_secret() {
    let postgres = Postgres::start(&Options::default()).await.unwrap();
    for format in ["text", "json"] {
        for failure in FAILURES {
            // The superuser has another password.
            let mut run =
                Run::new().database(&postgres).env("DB_PASSWORD", MARK).env("ENTRYPOINT_LOG", format);
            for (name, value) in failure {
                run = run.env(name, value);
            }
            let outcome = run.command(&["no-such-program"]).await;
            assert!(outcome.code.is_some_and(|code| code >= 64), "{failure:?}: {}", outcome.log);
            assert!(!outcome.log.is_empty() && !outcome.log.contains(MARK), "{failure:?}: {}", outcome.log);
            assert_eq!(outcome.output, "", "{failure:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_wait_and_no_check_shows_a_secret() {
    let refused = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let run = || {
        Run::new()
            .env("DB_HOST", "127.0.0.1")
            .env("DB_PORT", refused.port().to_string())
            .env("DB_NAME", "app")
            .env("DB_USER", "me")
            .env("DB_PASSWORD", MARK)
            .env("ENTRYPOINT_WAIT", format!("database http://{refused}/?token={MARK}"))
            .env("ENTRYPOINT_EXPORT", "A=conninfo B=url C=jdbc D=ado E=pgpass")
            .env("ENTRYPOINT_TIMEOUT", "1")
    };
    let log = run().command(&["true"]).await.failure(69, "did not come up within 1 s");
    assert!(!log.contains(MARK));
    let url = format!("postgresql://me:{MARK}@db/app");
    let command = ["check", "--", "echo", &url, "--password", MARK, &format!("token={MARK}")];
    let report = run().arguments(&command).await.success();
    assert!(!report.contains(MARK) && report.contains("E as pgpass"), "{report}");
}
