"""An address on loopback for each task, as each Fargate task has a network interface of its own.

That way several tasks can listen on the same port. Linux answers on the whole of 127.0.0.0/8.
"""

import random
import socket
import threading

# Bound by whoever owns a block of addresses, so that two local AWSs on one machine never share one.
_CLAIM_PORT = 4599

_lock = threading.Lock()
_claim: socket.socket | None = None
_block = ""
_used: set[str] = set()


def allot() -> str:
    """An address that no running task has."""
    with _lock:
        if _claim is None:
            _claim_block()
        address = next(address for n in range(2, 254) if (address := f"{_block}.{n}") not in _used)
        _used.add(address)
        return address


def release(address: str) -> None:
    with _lock:
        _used.discard(address)


def _claim_block() -> None:
    global _claim, _block
    while _claim is None:
        _block = f"127.{random.randint(16, 250)}.{random.randint(0, 255)}"
        try:
            _claim = socket.create_server((f"{_block}.1", _CLAIM_PORT))
        except OSError:
            continue
