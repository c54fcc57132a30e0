"""The setting for balancing a service's tasks across zones, without the balancing itself. ministack drops it.

AWS: the default for a new service is ENABLED, and an update without a value keeps the setting:
https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html
https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html
"""

import json

from ministack.services import ecs

_FIELD = "availabilityZoneRebalancing"


def _keeping(action, when_none_is_given: dict):
    def act(data):
        response = action(data)
        if response[0] != 200:
            return response
        shown = json.loads(response[2])["service"]
        cluster = ecs._cluster_name_from_arn(shown["clusterArn"])
        service = ecs._services[f"{cluster}/{shown['serviceName']}"]
        service.update({_FIELD: data[_FIELD]} if _FIELD in data else when_none_is_given)
        return ecs.json_response({"service": ecs._sanitize(service)})

    return act


def install() -> None:
    ecs._ACTION_MAP["CreateService"] = _keeping(ecs._ACTION_MAP["CreateService"], {_FIELD: "ENABLED"})
    ecs._ACTION_MAP["UpdateService"] = _keeping(ecs._ACTION_MAP["UpdateService"], {})
