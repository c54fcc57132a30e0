"""The metrics' own clock, which can make a real second stand for a minute.

With `metrics_speed` v, what happened s seconds ago is reported at now - s * v. Now itself is the same on both clocks:
whoever asks for the last five minutes needs to know nothing of it, and waits only for as long as they take here.
"""

import settings


def reported(at: float, now: float) -> float:
    """The time that metrics give to something, both UNIX times in seconds."""
    return now - (now - at) * settings.current.metrics_speed


def known_until(now: float) -> float:
    """What happened later than this is not in any metric yet."""
    return now - settings.current.metrics_delay_seconds
