"""CloudWatch: metrics of what the local AWS does, read through GetMetricData, and alarms.

ministack stores what PutMetricData brings, but measures nothing itself.
"""

from . import alarms, evaluation, get_metric_data, holes


def install() -> None:
    alarms.install()
    evaluation.install()
    get_metric_data.install()
    holes.observe()
