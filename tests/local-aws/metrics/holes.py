"""Datapoints that never come, or come late: the data of a metric while a setting names it.

No page promises that the metrics of a load balancer are complete, or when they come:
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
`metrics_missing` and `metrics_late` name metrics; a hole begins when a change of a setting names one, and ends when a
change removes it.
"""

import math
import time

import settings

# For each metric: when a hole began and ended, and how long its data stay unknown, in real seconds.
_holes: dict[str, list[tuple[float, float, float]]] = {}
_open: dict[str, tuple[float, float]] = {}


def observe() -> None:
    """Call whenever the settings have changed."""
    now = time.time()
    asked = {**settings.current.metrics_late, **dict.fromkeys(settings.current.metrics_missing, math.inf)}
    for metric in _open.keys() | asked.keys():
        began, delay = _open.get(metric, (now, None))
        if asked.get(metric) == delay:
            continue
        if metric in _open:
            _holes.setdefault(metric, []).append((began, now, delay))
            del _open[metric]
        if metric in asked:
            _open[metric] = (now, asked[metric])


def known(metric: str, began: float, ended: float, now: float) -> list[tuple[float, float]]:
    """The known pieces of a span of time; a moment, a span whose beginning is its end, is known or not."""
    pieces = [(began, ended)]
    for hole_began, hole_ended, delay in [*_holes.get(metric, []), *_still_open(metric, now)]:
        # Events `delay` ago are known by now.
        hidden_from = max(hole_began, now - delay)
        if hidden_from < hole_ended:
            pieces = [rest for piece in pieces for rest in _without(piece, hidden_from, hole_ended)]
    return pieces


def _still_open(metric: str, now: float) -> list[tuple[float, float, float]]:
    return [(began, now, delay) for began, delay in filter(None, [_open.get(metric)])]


def _without(piece: tuple[float, float], hidden_from: float, hidden_to: float) -> list[tuple[float, float]]:
    began, ended = piece
    if began == ended:
        return [] if hidden_from <= began < hidden_to else [piece]
    rests = [(began, min(ended, hidden_from)), (max(began, hidden_to), ended)]
    return [(start, end) for start, end in rests if start < end]
