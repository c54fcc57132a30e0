//! Exec: the app is the process, and nothing of the entrypoint is left in it.

use std::os::unix::fs::PermissionsExt;

use crate::entrypoint::run::Run;

#[tokio::test(flavor = "multi_thread")]
async fn the_app_keeps_the_pid() {
    let running = Run::new().start(&["--", "sh", "-c", "echo $$"]);
    let pid = running.pid();
    assert_eq!(running.end().await.success(), format!("{pid}\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn arguments_are_not_interpreted() {
    let arguments = ["--help", "--", "$HOME", "a b", "", "*", "secretsmanager:x", "'\"\\"];
    let outcome = Run::new().command(&[&["printf", "%s\n"], &arguments[..]].concat()).await;
    assert_eq!(outcome.success(), arguments.join("\n") + "\n");
}

/// A command's output without the entrypoint.
async fn alone(command: &[&str]) -> String {
    let output = tokio::process::Command::new(command[0]).args(&command[1..]).output().await.unwrap();
    String::from_utf8(output.stdout).unwrap()
}

/// A run that waits for a target, and so installs signal handlers and opens files before it execs.
fn after_a_wait(wrapper: &[&str], listener: &std::net::TcpListener) -> Run {
    let target = format!("tcp://{}", listener.local_addr().unwrap());
    Run::under(wrapper).env("ENTRYPOINT_WAIT", target)
}

/// The signals of `/proc/PID/status` that are pending, blocked, ignored or caught; without 32 and
/// 33, which belong to the C library.
fn signals(status: &str) -> Vec<(&str, u64)> {
    let lines = status.lines().filter_map(|line| line.split_once(":\t"));
    lines
        .filter(|(name, _)| ["SigPnd", "SigBlk", "SigIgn", "SigCgt"].contains(name))
        .map(|(name, set)| (name, u64::from_str_radix(set, 16).unwrap() & !(0b11 << 31)))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn signals_are_as_in_a_fresh_process() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    for wrapper in [&[][..], &["env", "--block-signal=TERM"], &["env", "--ignore-signal=PIPE"]] {
        let run = after_a_wait(wrapper, &listener);
        let status = run.command(&["cat", "/proc/self/status"]).await.success();
        let fresh = [("SigPnd", 0), ("SigBlk", 0), ("SigIgn", 0), ("SigCgt", 0)];
        assert_eq!(signals(&status), fresh, "{wrapper:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_parent_ignores_the_app_ignores() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    for (wrapper, ignored) in [
        (&["env", "--ignore-signal=HUP"][..], 1 << 0),
        (&["env", "--ignore-signal=INT", "--ignore-signal=QUIT", "--ignore-signal=TERM"], 0b110 | 1 << 14),
    ] {
        let status = after_a_wait(wrapper, &listener).command(&["cat", "/proc/self/status"]).await.success();
        let expected = [("SigPnd", 0), ("SigBlk", 0), ("SigIgn", ignored), ("SigCgt", 0)];
        assert_eq!(signals(&status), expected, "{wrapper:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_file_is_left_open() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let command = ["ls", "/proc/self/fd"];
    assert_eq!(after_a_wait(&[], &listener).command(&command).await.success(), alone(&command).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_environment_is_passed_on() {
    let all = "A=1\nB=a\tb 'c'\nPATH=";
    let run = Run::new().env("A", "1").env("B", "a\tb 'c'");
    let output = run.command(&["env"]).await.success();
    assert!(output.starts_with(all) && output.lines().count() == 3, "{output}");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_start_replaces_the_password_file_of_the_last() {
    let folder = tempfile::tempdir().unwrap();
    let path = async |user, password| {
        let run = Run::new()
            .env("DB_HOST", "db")
            .env("DB_NAME", "app")
            .env("DB_USER", user)
            .env("DB_PASSWORD", password)
            .env("TMPDIR", folder.path())
            .env("ENTRYPOINT_WAIT", "none")
            .env("ENTRYPOINT_EXPORT", "PGPASSFILE=pgpass");
        run.command(&["printenv", "PGPASSFILE"]).await.success().trim_end().to_owned()
    };
    let files = || std::fs::read_dir(folder.path()).unwrap().count();
    let first = path("me", "old").await;
    assert_eq!(path("me", "new").await, first);
    assert_eq!((std::fs::read_to_string(&first).unwrap(), files()), ("db:5432:app:me:new\n".into(), 1));
    assert_eq!(std::fs::metadata(&first).unwrap().permissions().mode() & 0o777, 0o600);
    assert_ne!(path("other", "p").await, first);
    assert_eq!(files(), 2);

    // An existing file or link of that name is neither written to nor followed.
    let elsewhere = folder.path().join("elsewhere");
    std::fs::write(&elsewhere, "untouched").unwrap();
    std::fs::remove_file(&first).unwrap();
    std::os::unix::fs::symlink(&elsewhere, &first).unwrap();
    assert_eq!(path("me", "new").await, first);
    assert!(!std::fs::symlink_metadata(&first).unwrap().is_symlink());
    assert_eq!(std::fs::read_to_string(&elsewhere).unwrap(), "untouched");
    std::fs::remove_file(&first).unwrap();
    std::fs::create_dir(&first).unwrap();
    let own = path("me", "new").await;
    assert_ne!(own, first);
    assert_eq!(std::fs::read_to_string(own).unwrap(), "db:5432:app:me:new\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn scrub_hides_the_inputs_and_nothing_else() {
    let run = || {
        Run::new()
            .env("DB_HOST", "db")
            .env("DB_NAME", "app")
            .env("DB_USER", "me")
            .env("DB_PASSWORD", "secret")
            .env("DB_CUSTOM", "stays")
            .env("ENTRYPOINT_WAIT", "none")
            .env("ENTRYPOINT_EXPORT", "DATABASE_URL=url")
    };
    let names = |output: String| {
        let mut names: Vec<_> =
            output.lines().map(|line| line.split('=').next().unwrap().to_owned()).collect();
        names.sort();
        names.join(" ")
    };
    let scrubbed = run().env("ENTRYPOINT_SCRUB", "1").command(&["env"]).await.success();
    assert!(scrubbed.contains("DATABASE_URL=postgresql://me:secret@db:5432/app\n"), "{scrubbed}");
    assert_eq!(names(scrubbed), "DATABASE_URL DB_CUSTOM PATH");
    let kept = run().env("ENTRYPOINT_SCRUB", "0").command(&["env"]).await.success();
    assert!(names(kept).contains("DB_PASSWORD"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_that_cannot_be_run_is_127_or_126() {
    let folder = tempfile::tempdir().unwrap();
    let plain = folder.path().join("plain");
    std::fs::write(&plain, "text").unwrap();
    std::fs::set_permissions(&plain, std::fs::Permissions::from_mode(0o644)).unwrap();
    let plain = plain.to_str().unwrap();
    Run::new().command(&["no-such-program"]).await.failure(127, "cannot run no-such-program: ");
    Run::new().command(&["/no/such"]).await.failure(127, "cannot run /no/such: No such file or directory");
    Run::new().command(&[""]).await.failure(127, "cannot run ");
    Run::new().command(&[plain]).await.failure(126, "Permission denied");
    let path = folder.path().to_str().unwrap();
    Run::new().command(&[path]).await.failure(126, "Permission denied");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_path_is_the_apps() {
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("greet");
    std::fs::write(&program, "#!/bin/sh\necho hello\n").unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    let run = Run::new().env("PATH", format!("/nowhere:{}", folder.path().display()));
    assert_eq!(run.command(&["greet"]).await.success(), "hello\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_variable_that_is_too_long_is_named() {
    // Escaping doubles its length, beyond the limit of one variable.
    let run = Run::new()
        .env("DB_HOST", "db")
        .env("DB_NAME", "app")
        .env("DB_USER", "me")
        .env("DB_PASSWORD", "'".repeat(70_000))
        .env("ENTRYPOINT_WAIT", "none")
        .env("ENTRYPOINT_EXPORT", "DSN=conninfo");
    run.command(&["true"]).await.failure(126, "at most 131,071 bytes each, but longer is DSN");
}
