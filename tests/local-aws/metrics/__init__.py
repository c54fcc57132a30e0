"""CloudWatch's metrics of what the local AWS does, read through GetMetricData.

ministack stores what PutMetricData brings, but measures nothing itself.
"""

from . import get_metric_data


def install() -> None:
    get_metric_data.install()
