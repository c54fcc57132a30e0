"""ServerlessDatabaseCapacity, which is 0 while Aurora is paused, and has no data while it is stopped.

https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2-auto-pause.html
There is one database; its value (`database_capacity` of the settings) is that of every Serverless v2 cluster.
"""

import time

from ministack.services import rds

import settings
from metrics import store
from metrics.series import Level

_METRIC = "ServerlessDatabaseCapacity"

_capacity = Level(_METRIC)


def observe() -> None:
    """Call whenever the settings have changed."""
    _capacity.turn(time.time(), settings.current.database_capacity)


def _find(metric: str, dimensions: dict[str, str]) -> Level | None:
    if metric != _METRIC or dimensions.keys() != {"DBClusterIdentifier"}:
        return None
    cluster = rds._clusters.get(dimensions["DBClusterIdentifier"])
    return _capacity if cluster and cluster.get("ServerlessV2ScalingConfiguration") else None


def install() -> None:
    store.look_elsewhere("AWS/RDS", _find)
    observe()
