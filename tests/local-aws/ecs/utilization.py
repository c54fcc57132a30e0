"""The CPU utilization of a service's tasks: the value in the settings, while a task of the service runs.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service_utilization.html
Without a running task there is no datapoint.
"""

from ministack.services import ecs

import settings
from metrics import store


def observe() -> None:
    """Call whenever the settings have changed."""
    for _, service in ecs._services.all_items():
        changed(service)


def changed(service: dict) -> None:
    """Call whenever a task of the service has changed its state."""
    dimensions = {
        "ClusterName": ecs._cluster_name_from_arn(service["clusterArn"]),
        "ServiceName": service["serviceName"],
    }
    for metric, percent in (
        ("CPUUtilization", settings.current.service_cpu_percent),
        ("MemoryUtilization", settings.current.service_memory_percent),
    ):
        store.turn("AWS/ECS", metric, dimensions, percent if service["runningCount"] else None)
