"""The known values of one metric, and its statistics by period.

A period without any data has no datapoint; it is not zero:
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
"""

import dataclasses

from . import clock, holes


@dataclasses.dataclass
class Period:
    """The inputs of CloudWatch's simple statistics."""

    least: float
    most: float
    total: float = 0.0
    # A number of samples, or the seconds during which there was a value.
    weight: float = 0.0

    def add(self, value: float, weight: float) -> None:
        self.least, self.most = min(self.least, value), max(self.most, value)
        self.total += value * weight
        self.weight += weight

    def statistic(self, name: str) -> float:
        """https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html"""
        return {
            "Average": self.total / self.weight,
            "Minimum": self.least,
            "Maximum": self.most,
            "Sum": self.total,
            "SampleCount": self.weight,
        }[name]


class _Series:
    def __init__(self, metric: str):
        self._metric = metric
        self._changes: list[tuple[float, float | None]] = []

    def pieces(self, now: float):
        """Each value with the real times of its beginning and end, and whether its duration is its weight."""
        raise NotImplementedError

    def _reported_pieces(self, now: float):
        """The known pieces, with the times that metrics assign to them."""
        for value, began, ended, weighed in self.pieces(now):
            for start, end in holes.known(self._metric, began, ended, now):
                yield value, clock.reported(start, now), clock.reported(end, now), weighed

    def periods(self, start: float, end: float, length: float, now: float) -> dict[float, Period]:
        """By the beginning of each: from `start` on, and before `end`."""
        periods: dict[float, Period] = {}
        for value, began, ended, weighed in self._reported_pieces(now):
            begins = start + max(0, (began - start) // length) * length
            while begins < end and begins <= ended:
                share = (min(ended, begins + length) - max(began, begins)) if weighed else 1.0
                if share > 0:
                    periods.setdefault(begins, Period(value, value)).add(value, share)
                begins += length
        return periods


class Counts(_Series):
    """Countable events, each with a number: a request, so many bytes."""

    def add(self, at: float, value: float) -> None:
        self._changes.append((at, value))

    def pieces(self, now: float):
        known_until = clock.known_until(now)
        for at, value in self._changes.copy():
            if at <= known_until:
                yield value, at, at, False


class Level(_Series):
    """A value that holds for a while, such as the number of healthy targets. None while nothing is reported.

    Its sum and its number of samples are those of a sample a second.
    """

    def turn(self, at: float, value: float | None) -> None:
        if not self._changes or self._changes[-1][1] != value:
            self._changes.append((at, value))

    def pieces(self, now: float):
        known_until = clock.known_until(now)
        changes = [*self._changes, (known_until, None)]
        for (began, value), (ended, _) in zip(changes, changes[1:], strict=False):
            ended = min(ended, known_until)
            if value is not None and began < ended:
                yield value, began, ended, True
