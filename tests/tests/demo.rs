//! `cargo demo` shows a whole wake, says when there is none, and leaves nothing behind.

use std::fs;
use std::process::Stdio;
use std::time::Duration;

use nix::errno::Errno;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use reveille_tests::binaries::Binaries;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};
use tokio::time::{sleep, timeout};

const LIMIT: Duration = Duration::from_mins(1);

fn demo(arguments: &[&str]) -> Command {
    // Not part of what is to be shown, and of no fixed length.
    Binaries::build().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_demo"));
    command.args(arguments).stdin(Stdio::null()).kill_on_drop(true);
    command
}

#[tokio::test]
async fn it_shows_a_wake_in_which_database_and_task_overlap_and_the_sleep_after_it() {
    let arguments = ["--once", "--json", "--resume-seconds", "3", "--start-seconds", "3"];
    let output = demo(&arguments).output().await.unwrap();
    let [said, told] = [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes));
    assert!(output.status.success(), "{told}{said}");
    assert!(told.starts_with("demo: the pace is quick: "), "{told}");
    let lines: Vec<Value> = output
        .stdout
        .split(|byte| *byte == b'\n')
        .filter_map(|line| serde_json::from_slice(line).ok())
        .collect();
    let events: Vec<_> = lines.iter().map(|line| line["event"].as_str().unwrap()).collect();
    for event in ["database_touched", "desired_count_set", "database_up", "task_running", "target_healthy"] {
        assert!(events.contains(&event), "{events:?}");
    }
    let ends = ["rule_modified", "redirected", "answered", "wake", "dozing", "emptied", "asleep"];
    assert!(events.starts_with(&["request"]) && events.ends_with(&ends), "{events:?}");

    let wake = lines.iter().find(|line| line["event"] == "wake").unwrap();
    assert_eq!((wake["status"].as_u64(), wake["answered_by_app"].as_bool()), (Some(200), Some(true)));
    let critical_path = wake["critical_path_seconds"].as_f64().unwrap();
    assert!((3.0..6.0).contains(&critical_path), "{wake}");
}

/// A demo whose app does not start; what it prints on standard output.
async fn failing(app: &str, more: &[&str]) -> String {
    let arguments = ["--once", "--app", app, "--resume-seconds", "0", "--start-seconds", "0"];
    let output = demo(&[&arguments, more].concat()).output().await.unwrap();
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[tokio::test]
async fn it_fails_when_the_app_does_not_start_and_shows_what_the_app_said() {
    let app = "sh -c 'echo reads its settings; echo no such file: app.conf >&2; exit 3'";
    let said = failing(app, &[]).await;
    assert!(said.contains("container_exits"), "{said}");
    let shown = "the app has ended with the exit code 3; it said last:\n";
    let (_, output) = said.split_once(shown).unwrap_or_else(|| panic!("{said}"));
    // The entrypoint's own lines come first.
    assert!(output.contains(" INFO "), "{said}");
    assert!(output.ends_with("    reads its settings\n    no such file: app.conf\n"), "{said}");
}

#[tokio::test]
async fn it_shows_what_the_entrypoint_said_of_a_program_that_is_not_there() {
    let said = failing("/no/such/program", &["--json"]).await;
    let output: Value = serde_json::from_str(said.lines().last().unwrap()).unwrap();
    assert_eq!((output["event"].as_str(), output["exit_code"].as_i64()), (Some("app_output"), Some(127)));
    let lines = output["lines"].as_array().unwrap();
    let last = lines.last().and_then(Value::as_str).unwrap();
    assert!(last.contains("ERROR") && last.contains("/no/such/program"), "{said}");
}

#[tokio::test]
async fn it_waits_for_a_click_where_it_is_told_to() {
    let (_child, _lines, _, url) = waiting_demo(&["--wake", "click"]).await;
    let page = reqwest::Client::new().get(url).header("accept", "text/html").send().await.unwrap();
    assert_eq!(page.headers()["x-reveille-state"], "asleep");
    assert!(page.text().await.unwrap().contains("<button"));
}

/// A demo that waits for visitors, what it prints (it ends when nobody reads that), and every
/// process below it, and where it listens.
async fn waiting_demo(arguments: &[&str]) -> (Child, Lines<BufReader<ChildStdout>>, Vec<Pid>, String) {
    let mut child = demo(arguments).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let url = timeout(LIMIT, lines.next_line()).await.unwrap().unwrap().unwrap();
    assert!(url.starts_with("http://127.0.0.1:"), "{url}");
    let below = descendants(Pid::from_raw(child.id().unwrap().try_into().unwrap()));
    assert!(below.len() > 2, "{below:?}");
    (child, lines, below, url)
}

fn descendants(process: Pid) -> Vec<Pid> {
    let mut found = vec![];
    for thread in fs::read_dir(format!("/proc/{process}/task")).into_iter().flatten().flatten() {
        let children = fs::read_to_string(thread.path().join("children")).unwrap_or_default();
        for child in children.split_whitespace().map(|pid| Pid::from_raw(pid.parse().unwrap())) {
            found.push(child);
            found.extend(descendants(child));
        }
    }
    found
}

async fn until_gone(processes: &[Pid]) {
    let gone = async {
        while processes.iter().any(|process| kill(*process, None) != Err(Errno::ESRCH)) {
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(LIMIT, gone).await.unwrap();
}

#[tokio::test]
async fn ctrl_c_leaves_nothing_behind() {
    let (mut child, _lines, below, _) = waiting_demo(&[]).await;
    kill(Pid::from_raw(child.id().unwrap().try_into().unwrap()), Signal::SIGINT).unwrap();
    assert_eq!(child.wait().await.unwrap().code(), Some(130));
    // Not soon after: by then.
    assert!(below.iter().all(|process| kill(*process, None) == Err(Errno::ESRCH)), "{below:?}");
}

#[tokio::test]
async fn a_demo_that_is_killed_leaves_nothing_behind() {
    let (mut child, _lines, below, _) = waiting_demo(&[]).await;
    child.kill().await.unwrap();
    until_gone(&below).await;
}
