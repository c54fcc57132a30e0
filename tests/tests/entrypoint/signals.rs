//! Signals during the wait, and during exec.

use std::os::unix::process::ExitStatusExt;
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;
use tokio::net::TcpListener;

use crate::entrypoint::run::Run;

/// A port of loopback that refuses connections while the value lives.
fn refusing() -> (socket2::Socket, String) {
    let socket = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).unwrap();
    socket.bind(&std::net::SocketAddr::from(([127, 0, 0, 1], 0)).into()).unwrap();
    let address = socket.local_addr().unwrap().as_socket().unwrap();
    (socket, format!("tcp://{address}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_ends_the_wait_at_once() {
    let (_socket, target) = refusing();
    for (signal, code) in
        [(Signal::SIGTERM, 143), (Signal::SIGINT, 130), (Signal::SIGQUIT, 131), (Signal::SIGHUP, 129)]
    {
        let mut running = Run::new().env("ENTRYPOINT_WAIT", &target).start(&["--", "echo", "ran"]);
        running.log("not yet").await;
        running.signal(signal);
        running.end().await.failure(code, &format!("stopped by {signal}"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_ends_the_wait_also_as_pid_1() {
    let (_socket, target) = refusing();
    // unshare ends with its child, and does not pass SIGTERM on: the child is found by its parent.
    let wrapper = ["unshare", "--pid", "--fork", "--kill-child", "--map-root-user"];
    let mut running = Run::under(&wrapper).env("ENTRYPOINT_WAIT", &target).start(&["--", "echo", "ran"]);
    running.log("not yet").await;
    let unshare = running.pid();
    let children = std::fs::read_to_string(format!("/proc/{unshare}/task/{unshare}/children")).unwrap();
    let child = nix::unistd::Pid::from_raw(children.trim().parse().unwrap());
    let status = std::fs::read_to_string(format!("/proc/{child}/status")).unwrap();
    assert!(
        status.contains("NSpid:")
            && status.lines().any(|line| line.starts_with("NSpid:") && line.ends_with("\t1"))
    );
    nix::sys::signal::kill(child, Signal::SIGTERM).unwrap();
    running.end().await.failure(143, "stopped by SIGTERM");
}

/// Runs with one signal each, at moments spread over this time after the wait's end. Exec comes
/// after about 0.3 ms, the app's own start is over after 1 ms.
const RUNS: u32 = 300;
const SPREAD: Duration = Duration::from_micros(1_200);

#[tokio::test(flavor = "multi_thread")]
async fn no_stop_is_lost_on_the_way_to_the_app() {
    let temporary = tempfile::tempdir().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let target = format!("tcp://{}", listener.local_addr().unwrap());
    let mut lost = Vec::new();
    for export in ["", "F=pgpass"] {
        for run in 0..RUNS {
            let running = Run::new()
                .env("ENTRYPOINT_WAIT", &target)
                .env("ENTRYPOINT_EXPORT", export)
                .env("DB_HOST", "db")
                .env("DB_NAME", "app")
                .env("DB_USER", "me")
                .env("TMPDIR", temporary.path())
                .start(&["--", "sleep", "100"]);
            let connection = listener.accept().await.unwrap();
            let accepted = Instant::now();
            let moment = SPREAD * run / RUNS;
            while accepted.elapsed() < moment {
                std::hint::spin_loop();
            }
            running.signal(Signal::SIGTERM);
            drop(connection);
            // Before exec it ends with 143; after it, the signal ends `sleep`.
            match running.ends_within(Duration::from_secs(5)).await {
                Some(status) if status.code() == Some(143) || status.signal() == Some(15) => {}
                status => lost.push((export, moment, status)),
            }
        }
    }
    assert!(lost.is_empty(), "{} of {} were lost: {lost:?}", lost.len(), 2 * RUNS);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_parent_ignores_does_not_end_the_wait() {
    let late = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let mut running = Run::under(&["env", "--ignore-signal=HUP"])
        .env("ENTRYPOINT_WAIT", format!("tcp://{late}"))
        .start(&["--", "echo", "ran"]);
    running.log("not yet").await;
    running.signal(Signal::SIGHUP);
    let listener = TcpListener::bind(late).await.unwrap();
    assert_eq!(running.end().await.success(), "ran\n");
    drop(listener);
}
