//! No process outlives the harness.

use std::sync::mpsc::channel;

use nix::errno::Errno;
use nix::sys::signal::kill;
use nix::unistd::Pid;
use reveille_tests::python::{Process, Venv};

use crate::local_aws::LIMIT;

/// Leaves a child in another session, and neither ends by itself nor on a signal.
const STUBBORN: &str = "
import signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen(['setsid', 'sh', '-c', 'sleep 1000 & echo $!; wait'], stdout=subprocess.PIPE)
print(child.stdout.readline().decode().strip(), flush=True)
while True:
    time.sleep(1)
";

#[test]
fn a_stubborn_program_and_its_descendants_end_with_the_handle() {
    let venv = Venv::with("requirements.txt").unwrap();
    let (sender, lines) = channel();
    let process = Process::start(&venv, "python", &["-c", STUBBORN], move |line| {
        sender.send(line.to_owned()).unwrap();
    })
    .unwrap();
    let grandchild = Pid::from_raw(lines.recv_timeout(LIMIT).unwrap().parse().unwrap());
    kill(grandchild, None).unwrap();
    drop(process);
    assert_eq!(kill(grandchild, None), Err(Errno::ESRCH));
}
