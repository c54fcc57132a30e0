//! The shipped entrypoint in front of servers that break their protocols.

use std::os::unix::process::CommandExt as _;
use std::process::Stdio;
use std::time::{Duration, Instant};

use futures_util::{StreamExt as _, stream};
use nix::errno::Errno;
use nix::sys::signal::killpg;
use nix::unistd::Pid;
use reveille_tests::binaries::entrypoint;
use tokio::process::Command;
use tokio::time::timeout;

use crate::hostile::strings::SECRET;

/// The time-out set for the entrypoint, in seconds.
const TIMEOUT: u64 = 3;
const ATTEMPT_TIMEOUT: u64 = 1;
/// For a busy machine: the start, and the time from the time-out to the end.
const SLACK: Duration = Duration::from_secs(12);
/// In bytes. It must fit into a container of 128 MB beside an app that starts.
const MEMORY: &str = "--data=67108864";
/// How many run at the same time; they mostly wait.
const AT_ONCE: usize = 16;

/// The codes of entrypoint/README.md.
pub const REFUSED: i32 = 77;
pub const NOT_IN_TIME: i32 = 69;
pub const RAN: i32 = 0;

/// One run: its variables, and its expected result. With `DB_APP_USER` it runs `create-user`.
#[derive(Debug)]
pub struct Case {
    pub name: &'static str,
    pub variables: Vec<(&'static str, String)>,
    /// Its root folder, with a copy of the binary.
    pub root: Option<tempfile::TempDir>,
    pub code: i32,
    /// In the last line of the log: the reason in the entrypoint's words, or two alternatives with
    /// ` | ` between them.
    pub says: &'static str,
}

/// Runs all cases and reports all violations.
pub async fn hold(cases: Vec<Case>) {
    let program = tokio::task::spawn_blocking(entrypoint).await.unwrap().unwrap();
    let runs = cases.into_iter().map(|case| run(program, case));
    let wrong: Vec<_> =
        stream::iter(runs).buffer_unordered(AT_ONCE).filter_map(async |wrong| wrong).collect().await;
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

async fn run(program: &std::path::Path, case: Case) -> Option<String> {
    let mut command = std::process::Command::new("prlimit");
    command.arg(MEMORY);
    match &case.root {
        None if case.variables.iter().any(|(name, _)| *name == "DB_APP_USER") => {
            command.arg(program).arg("create-user")
        }
        None => command.arg(program).args(["--", "echo", "ran"]),
        // The image has no other program.
        Some(root) => command
            .args(["unshare", "--map-root-user"])
            .arg(format!("--root={}", root.path().display()))
            .args(["/entrypoint", "--", "/entrypoint", "--version"]),
    };
    command
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap())
        .env("ENTRYPOINT_TIMEOUT", TIMEOUT.to_string())
        .env("ENTRYPOINT_ATTEMPT_TIMEOUT", ATTEMPT_TIMEOUT.to_string())
        .envs(case.variables)
        // All of its child processes are in its group.
        .process_group(0)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let started = Instant::now();
    let child = Command::from(command).kill_on_drop(true).spawn().unwrap();
    let group = Pid::from_raw(child.id().unwrap().try_into().unwrap());
    let limit = Duration::from_secs(TIMEOUT) + SLACK;
    let Ok(output) = timeout(limit, child.wait_with_output()).await else {
        return Some(format!("{}: it goes on after {limit:?}", case.name));
    };
    let output = output.unwrap();
    let [standard, log] = [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes));
    let last = log.lines().last().unwrap_or_default();
    let wrong = if output.status.code() != Some(case.code) {
        format!("{}, and not {}", output.status, case.code)
    } else if standard.is_empty() == (case.code == RAN) {
        format!("the command printed {standard:?}")
    } else if !case.says.split(" | ").any(|says| last.contains(says)) {
        format!("{:?} is not in its last line", case.says)
    } else if [&standard, &log].iter().any(|text| text.contains(SECRET)) {
        "a secret is in its output".to_owned()
    } else if let Some(line) = log.lines().find(|line| !is_own(line)) {
        format!("a line of its log is not its own: {line:?}")
    } else if log.len() > 10_000 {
        format!("a log of {} bytes", log.len())
    } else if killpg(group, None) != Err(Errno::ESRCH) {
        "something that it started is still there".to_owned()
    } else {
        return None;
    };
    let log: String = log.chars().take(2_000).collect();
    Some(format!("{}: {wrong}, after {:?}\n{log}", case.name, started.elapsed()))
}

/// A server's text cannot begin a line or control a terminal.
fn is_own(line: &str) -> bool {
    let level = line.split_whitespace().nth(1);
    matches!(level, Some("INFO" | "WARN" | "ERROR")) && !line.contains(char::is_control)
}
