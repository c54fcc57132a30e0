"""The event log: what the local AWS did and when, one JSON object a line.

Every line has `event`, its name, and `at`, UNIX time in seconds. The log is written to what was standard output when
the launcher started, so that the process that started it reads events at once, without polling.
"""

import json
import os
import threading
import time

_log = None
_lock = threading.Lock()


def take_standard_output() -> None:
    """From here on standard output is reserved for the event log; all other output goes to standard error."""
    global _log
    _log = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)


def emit(event: str, **fields) -> None:
    line = json.dumps({"event": event, "at": time.time(), **fields})
    with _lock:
        print(line, file=_log, flush=True)
