"""Reads that still return the state before a change.

AWS documents eventual consistency for the ECS API, without saying how long it takes, and says nothing of ELB's:
https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html
Here all readers share one view of each resource, which follows its changes in order, each after a sample of the pace.
So a reader that has seen a change never sees the earlier state again, which AWS does not promise. Created and deleted
resources appear and disappear at once.
"""

import threading
import time

import pace

_lock = threading.Lock()
# The newest known state of each resource.
_newest: dict = {}
# States that are still returned, in order, each with the time until which it is.
_shown: dict[object, list[tuple[float, object]]] = {}


def note(quantity: str, thing, state) -> None:
    """Call after a change. `quantity` is the pace's name for the lag."""
    lag = pace.sample(quantity)
    if lag is None:
        return
    with _lock:
        before = _newest.get(thing, state)
        _newest[thing] = state
        if before != state:
            shown = _shown.setdefault(thing, [])
            until = max([time.monotonic() + lag, *(until for until, _ in shown[-1:])])
            shown.append((until, before))


def show(thing, state):
    """The state that a reader sees of a resource whose state is `state`."""
    with _lock:
        shown = [(until, past) for until, past in _shown.pop(thing, []) if time.monotonic() < until]
        if shown:
            _shown[thing] = shown
            return shown[0][1]
        if thing in _newest:
            _newest[thing] = state
        return state
