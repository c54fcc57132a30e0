"""CloudWatch: metrics of the local AWS, read through GetMetricData, and alarms.

ministack stores the data of PutMetricData, but measures nothing itself.
"""

from . import alarms, evaluation, get_metric_data, holes


def install() -> None:
    alarms.install()
    evaluation.install()
    get_metric_data.install()
    holes.observe()
