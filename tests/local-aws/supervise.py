"""Runs a command, and ends all of its descendants when the command or its caller ends.

    supervise.py COMMAND ARGS...

A harness that is killed runs no clean-up, and the local AWS has many descendants: functions, tasks, and the children
of tasks. So this process, which does nothing else and therefore does not crash, adopts every orphan below it (Linux's
child subreaper), and kills them all when the command ends or when its own standard input closes, which the kernel
does for a harness however it died. The command reads that same standard input: only the hang-up is watched here.
"""

import ctypes
import os
import select
import signal
import subprocess
import sys

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
# Seconds that a server has after SIGTERM to stop its own children.
GRACE = 5

libc = ctypes.CDLL(None, use_errno=True)


def prctl(option: int, value: int) -> None:
    if libc.prctl(option, value, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), f"prctl {option}")


def reap(command: int) -> int | None:
    """Collects every child that has ended; the command's exit status if it is one of them."""
    status = None
    while True:
        try:
            pid, ended = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return status
        if pid == 0:
            return status
        if pid == command:
            status = os.waitstatus_to_exitcode(ended)


def wait(command: int, wakeup: int, hangup: bool, timeout: float | None) -> int | None:
    """Waits until the command ends (its status) or, with `hangup`, standard input does (None), or until the time-out
    (None).
    """
    poll = select.poll()
    poll.register(wakeup, select.POLLIN)
    if hangup:
        # Only POLLHUP and POLLERR, which are always reported: the bytes are the command's.
        poll.register(sys.stdin.fileno(), 0)
    while True:
        status = reap(command)
        if status is not None:
            return status
        ready = poll.poll(None if timeout is None else timeout * 1000)
        if not ready or any(fd != wakeup for fd, _ in ready):
            return reap(command)
        os.read(wakeup, 4096)


def children() -> list[int]:
    with open(f"/proc/self/task/{os.getpid()}/children", encoding="ascii") as listed:
        return [int(pid) for pid in listed.read().split()]


def kill_descendants() -> None:
    """A killed process's children move to this process, so this ends when the whole tree has."""
    while True:
        for pid in children():
            os.kill(pid, signal.SIGKILL)
        try:
            os.waitpid(-1, 0)
        except ChildProcessError:
            return


def main() -> int:
    prctl(PR_SET_CHILD_SUBREAPER, 1)
    wakeup, wake = os.pipe()
    os.set_blocking(wake, False)
    os.set_blocking(wakeup, False)
    signal.set_wakeup_fd(wake)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    # Kept, because a Popen that is garbage-collected waits for its child: a command that has ended by then would be
    # reaped unseen.
    process = subprocess.Popen(
        sys.argv[1:], start_new_session=True, preexec_fn=lambda: prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    )
    command = process.pid
    # A terminal's Ctrl-C also reaches the harness, which decides and signals its end by closing the pipe.
    for ignored in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM):
        signal.signal(ignored, signal.SIG_IGN)

    status = wait(command, wakeup, hangup=True, timeout=None)
    if status is None:
        os.kill(command, signal.SIGTERM)
        status = wait(command, wakeup, hangup=False, timeout=GRACE)
    kill_descendants()
    return 0 if status is None else status & 0xFF


if __name__ == "__main__":
    sys.exit(main())
