"""The metrics' own clock, which can turn a real second into a minute.

With `metrics_speed` v, what happened s seconds ago is reported at now - s * v. Now itself is the same on both clocks:
a caller who reads the last five minutes needs no change, and waits only for their shortened duration.
"""

import pace
import settings

# In seconds: the sampled delay stays the same for so long.
_MINUTE = 60

_delay = 0.0
_sampled_at = 0.0
_known_until = 0.0


def reported(at: float, now: float) -> float:
    """The time that metrics assign to an event, both UNIX times in seconds."""
    return now - (now - at) * settings.current.metrics_speed


def known_until(now: float) -> float:
    """The end of what metrics contain by now. It never moves back."""
    global _delay, _sampled_at, _known_until
    delay = settings.current.metrics_delay_seconds
    if delay is not None or not pace.holds("metrics_delay"):
        return now - (delay or 0)
    if now - _sampled_at >= _MINUTE:
        _delay, _sampled_at = pace.sample("metrics_delay"), now
    _known_until = max(_known_until, now - _delay)
    return _known_until
