//! `cargo demo` shows a whole wake, reports a failed one, and leaves no process behind.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Stdio;
use std::sync::Once;
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

/// A demo of the programs that the other tests have built; its own build would take a minute.
fn demo(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_demo"));
    command.args(arguments).stdin(Stdio::null()).kill_on_drop(true).env("REVEILLE_BINARIES", binaries());
    command
}

/// A folder with both programs.
fn binaries() -> &'static Path {
    static LINKED: Once = Once::new();
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    LINKED.call_once(|| {
        let built = Binaries::build().unwrap();
        for (program, name) in [(&built.waker, "waker"), (&built.entrypoint, "entrypoint")] {
            let link = folder.join(name);
            // Left by an earlier run.
            let _ = fs::remove_file(&link);
            symlink(program, link).unwrap();
        }
    });
    folder
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

/// A part of the lines that `--events` prints.
const EVENT: &str = "desired count set";

#[tokio::test]
async fn it_tells_a_wake_and_a_sleep_in_sentences_with_times() {
    let output = demo(&["--once", "--resume-seconds", "1", "--start-seconds", "1"]).output().await.unwrap();
    let [said, told] =
        [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes).into_owned());
    assert!(output.status.success(), "{told}{said}");
    for step in
        ["demo: building the waker", "demo: built in ", "starting PostgreSQL and ministack", "demo: up in "]
    {
        assert!(told.contains(step), "{step:?} is not in\n{told}");
    }
    let mut rest = said.as_str();
    for sentence in [
        "0:00 somebody came; waking the database and 1 service\n",
        " ready, ",
        "the answer      200 visit 1\n",
        " nobody came for 5 s: dozing, the task still runs\n",
        " it is certain that nobody came: stopping the task\n",
        " asleep: no task runs, and the database pauses without connections\n",
    ] {
        let (_, after) =
            rest.split_once(sentence).unwrap_or_else(|| panic!("{sentence:?} is missing:\n{said}"));
        rest = after;
    }
    assert!(rest.is_empty() && !said.contains(EVENT), "{said}");
}

#[tokio::test]
async fn it_shows_the_events_where_they_are_asked_for() {
    let said = failing("false", &["--verbose"]).await;
    assert!(said.contains(EVENT) && !said.contains("somebody came"), "{said}");
}

#[tokio::test]
async fn while_it_waits_for_visitors_an_app_that_ends_is_shown_with_what_it_said() {
    let app = "sh -c 'echo no such file: app.conf; exit 3'";
    let (_child, mut lines, _, url) =
        waiting_demo(&["--app", app, "--resume-seconds", "0", "--start-seconds", "0"]).await;
    let visit = tokio::spawn(reqwest::get(url));
    let mut seen = String::new();
    let shown = async {
        while let Some(line) = lines.next_line().await.unwrap() {
            seen += &line;
            seen.push('\n');
            if line.ends_with("    no such file: app.conf") {
                return true;
            }
        }
        false
    };
    assert_eq!(timeout(LIMIT, shown).await, Ok(true), "{seen}");
    for sentence in ["somebody came", "the app has ended by itself, with the exit code 3", "it said last:"] {
        assert!(seen.contains(sentence), "{sentence:?} is not in\n{seen}");
    }
    visit.abort();
}

/// A demo whose app does not start; returns its standard output.
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

/// A demo that waits for visitors, its output (it ends when that is closed), every process below
/// it, and its address.
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
    // By then, and not later.
    assert!(below.iter().all(|process| kill(*process, None) == Err(Errno::ESRCH)), "{below:?}");
}

#[tokio::test]
async fn a_demo_that_is_killed_leaves_nothing_behind() {
    let (mut child, _lines, below, _) = waiting_demo(&[]).await;
    child.kill().await.unwrap();
    until_gone(&below).await;
}
