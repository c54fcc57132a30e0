"""A container: one process with the environment that its container definition gives it."""

import contextlib
import os
import signal
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path

import events
import pace

# https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html (stopTimeout)
_STOP_TIMEOUT = 30


class Container:
    """Every line that it prints becomes an event, `task_output`."""

    def __init__(
        self, task_id: str, definition: dict, command: list[str], environment: dict[str, str], directory: Path
    ):
        self.name = definition["name"]
        self.essential = definition.get("essential", True)
        default = pace.sample("stop_timeout") if pace.holds("stop_timeout") else _STOP_TIMEOUT
        self._stop_timeout = definition.get("stopTimeout", default)
        self._ended = threading.Event()
        arguments = [*definition.get("entryPoint", []), *command]
        directory.mkdir()
        self._process = subprocess.Popen(
            arguments,
            cwd=definition.get("workingDirectory", directory),
            env={"PATH": os.environ["PATH"], **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            # A process group of its own: child processes end with the container.
            start_new_session=True,
        )
        threading.Thread(target=self._follow_output, args=(task_id,), daemon=True).start()

    def watch(self, exited: Callable[[int], None]) -> None:
        """Calls `exited` with the exit code once the process has ended."""

        def wait() -> None:
            # Waits without collecting the process: until it is collected, its process id cannot be reused.
            os.waitid(os.P_PID, self._process.pid, os.WEXITED | os.WNOWAIT)
            self._kill_group()
            self._ended.set()
            status = self._process.wait()
            # The exit code of a signal, as in a shell and Docker.
            exited(status if status >= 0 else 128 - status)

        threading.Thread(target=wait, daemon=True).start()

    def stop(self) -> None:
        """SIGTERM, and SIGKILL after stopTimeout."""

        def insist() -> None:
            if not self._ended.wait(self._stop_timeout):
                self._kill_group()

        self._process.terminate()
        threading.Thread(target=insist, daemon=True).start()

    def _kill_group(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)

    def _follow_output(self, task_id: str) -> None:
        for line in self._process.stdout:
            events.emit(
                "task_output",
                task=task_id,
                container=self.name,
                line=line.decode("utf-8", "replace").rstrip("\n"),
            )
