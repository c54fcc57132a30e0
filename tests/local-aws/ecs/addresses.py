"""A loopback address for each task, like the network interface of each Fargate task.

This allows several tasks to listen on the same port. Linux answers on the whole of 127.0.0.0/8.
"""

import random
import socket
import threading

# The local AWS that owns a block of addresses binds this port, so that two on one machine never share a block.
_CLAIM_PORT = 4599

_lock = threading.Lock()
_claim: socket.socket | None = None
_block = ""
_used: set[str] = set()


def allot() -> str:
    """Returns an address that no running task has."""
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
