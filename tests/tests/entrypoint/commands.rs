//! The command line: usage, check, install.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;

use crate::entrypoint::run::Run;

#[tokio::test(flavor = "multi_thread")]
async fn help_and_version_go_to_standard_output() {
    let help = Run::new().arguments(&["--help"]).await.success();
    for word in ["DB_SECRET", "ENTRYPOINT_EXPORT", "pgpass", "install", "69  a dependency"] {
        assert!(help.contains(word), "{word} is not in\n{help}");
    }
    let version = Run::new().arguments(&["--version"]).await.success();
    assert!(version.starts_with("entrypoint 0."), "{version}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_command_line_is_64() {
    for arguments in [&[][..], &["true"], &["--"], &["run"], &["run", "true"], &["install"], &["--no-such"]] {
        let outcome = Run::new().arguments(arguments).await;
        assert_eq!((outcome.code, outcome.output.as_str()), (Some(64), ""), "{arguments:?}");
        assert!(outcome.log.contains("error: "), "{arguments:?}: {}", outcome.log);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn run_is_the_same_as_no_subcommand() {
    assert_eq!(Run::new().arguments(&["run", "--", "echo", "install"]).await.success(), "install\n");
    assert_eq!(Run::new().arguments(&["--", "echo", "install"]).await.success(), "install\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_wrong_with_the_configuration_is_said_at_once() {
    let run = Run::new()
        .env("DB_HOST", "db:5432")
        .env("DB_PORT", "hunter2")
        .env("DB_SSLMODE", "hunter2")
        .env("ENTRYPOINT_EXPORT", "A=url")
        .env("ENTRYPOINT_TIMEOUT", "soon")
        .env("ENTRYPOINT_WAITS", "none");
    let log = run.command(&["echo", "ran"]).await.failure(64, "DB_SSLMODE must be disable, prefer");
    let problems: Vec<_> = log.lines().map(|line| line.split_whitespace().nth(2).unwrap()).collect();
    let settings = ["ENTRYPOINT_WAITS", "ENTRYPOINT_TIMEOUT"];
    let database = ["DB_HOST", "DB_PORT", "DB_NAME", "DB_USER", "DB_SSLMODE"];
    assert_eq!(problems, [&settings[..], &database[..]].concat());
    assert!(!log.contains("hunter2"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_value_that_is_not_utf_8_is_64_where_it_matters() {
    let value = OsStr::from_bytes(b"secretsmanager:p\xe4ss");
    for variable in ["DB_PASSWORD", "ENTRYPOINT_SCRUB", "API_KEY"] {
        let run = Run::new()
            .env("DB_HOST", "db")
            .env("DB_NAME", "app")
            .env("DB_USER", "me")
            .env("ENTRYPOINT_WAIT", "none")
            .env("ENTRYPOINT_EXPORT", "DSN=conninfo")
            .env(variable, value);
        run.command(&["echo", "ran"]).await.failure(64, &format!("{variable} must be UTF-8"));
    }
    let others = Run::new().env("APP_TITLE", OsStr::from_bytes(b"Z\xfcrich"));
    assert_eq!(others.command(&["sh", "-c", "echo ${#APP_TITLE}"]).await.success(), "6\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn check_prints_what_run_would_do_without_secrets() {
    let run = || {
        Run::new()
            .env("DB_HOST", "db")
            .env("DB_NAME", "app")
            .env("DB_USER", "me")
            .env("DB_PASSWORD", "hunter2")
            .env("API_KEY", "secretsmanager:app/keys#api")
            .env("ENTRYPOINT_EXPORT", "DSN=conninfo URL=url PGPASSFILE=pgpass")
            .env("ENTRYPOINT_WAIT", "database http://loki:3100/ready?token=hunter2")
            .env("ENTRYPOINT_TIMEOUT", "60")
            .env("ENTRYPOINT_SCRUB", "1")
            .env("PATH", "/bin:/usr/bin")
    };
    let report = run().arguments(&["check", "--", "sh", "-c", "echo a"]).await.success();
    let program = if std::path::Path::new("/bin/sh").exists() { "/bin/sh" } else { "/usr/bin/sh" };
    let expected = format!(
        "secret    API_KEY from app/keys#api
export    DSN as conninfo: host='db' port='5432' dbname='app' user='me' password='***'
export    URL as url: postgresql://me:%2A%2A%2A@db:5432/app
export    PGPASSFILE as pgpass: db:5432:app:me:***
wait for  database db:5432/app
wait for  http://loki:3100/ready
at most   60 s in all, 30 s an attempt
hide      the entrypoint's own variables
run       {program} \"-c\" \"echo a\"
"
    );
    assert_eq!(report, expected);
    let pending = run().env("DB_PASSWORD", "secretsmanager:app/db#password");
    let report = pending.arguments(&["check"]).await.success();
    assert!(report.contains("export    DSN as conninfo: known when the secrets are read\n"), "{report}");

    let missing = run().arguments(&["check", "--", "no-such-program"]).await;
    assert_eq!(missing.code, Some(127), "{}", missing.log);
    assert!(missing.output.contains("export    DSN"), "{}", missing.output);
    let wrong = run().env("DB_PORT", "0").arguments(&["check"]).await;
    wrong.failure(64, "DB_PORT must be a number from 1 to 65535");
}

#[tokio::test(flavor = "multi_thread")]
async fn install_puts_a_runnable_copy_in_place_of_an_older_one() {
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("entrypoint");
    std::fs::write(&copy, "older").unwrap();
    let path = folder.path().to_str().unwrap();
    Run::new().arguments(&["install", path]).await.success();
    assert_eq!(copy.metadata().unwrap().permissions().mode() & 0o7777, 0o755);
    let output = tokio::process::Command::new(&copy).args(["--", "echo", "copied"]).output().await.unwrap();
    assert_eq!(output.stdout, b"copied\n");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn install_says_what_is_wrong_with_the_folder() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("missing");
    let missing = Run::new().arguments(&["install", path.to_str().unwrap()]).await;
    missing.failure(73, "missing does not exist: mount the shared volume there");
    std::fs::write(&path, "").unwrap();
    let file = Run::new().arguments(&["install", path.to_str().unwrap()]).await;
    file.failure(73, "missing is not a folder");
    // A folder that is read-only even for root.
    let read_only = Run::new().arguments(&["install", "/proc/self"]).await;
    read_only.failure(73, "the folder /proc/self cannot be written to: ");
}
