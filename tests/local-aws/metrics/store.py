"""Every series by namespace, metric and dimensions: each combination of these is a metric of its own.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html#Dimension
"""

import time
from collections.abc import Callable

from .series import Counts, Level

_series: dict[tuple, Counts | Level] = {}

# Namespaces with another source of series; the others are in `_series`.
_elsewhere: dict[str, Callable[[str, dict[str, str]], Counts | Level | None]] = {}


def count(namespace: str, metric: str, dimensions: dict[str, str], value: float = 1.0) -> None:
    """Counts an event now."""
    _of(Counts, namespace, metric, dimensions).add(time.time(), value)


def turn(namespace: str, metric: str, dimensions: dict[str, str], value: float | None) -> None:
    """Sets a value from now on, or none."""
    _of(Level, namespace, metric, dimensions).turn(time.time(), value)


def look_elsewhere(namespace: str, find: Callable[[str, dict[str, str]], Counts | Level | None]) -> None:
    _elsewhere[namespace] = find


def find(namespace: str, metric: str, dimensions: dict[str, str]) -> Counts | Level | None:
    if namespace in _elsewhere:
        return _elsewhere[namespace](metric, dimensions)
    return _series.get(_key(namespace, metric, dimensions))


def _of(kind: type, namespace: str, metric: str, dimensions: dict[str, str]):
    return _series.setdefault(_key(namespace, metric, dimensions), kind(metric))


def _key(namespace: str, metric: str, dimensions: dict[str, str]) -> tuple:
    return namespace, metric, frozenset(dimensions.items())
