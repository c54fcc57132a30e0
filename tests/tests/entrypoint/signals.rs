//! Signals while it waits.

use nix::sys::signal::Signal;

use crate::run::Run;

/// A port of loopback that refuses connections as long as the value lives.
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
    // unshare ends as its child does, and passes SIGTERM on to nobody: the child is found by it.
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
