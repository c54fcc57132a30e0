"""Services as DescribeServices returns them, possibly as they were before a change (../read_lag.py)."""

import json

from ministack.services import ecs

import read_lag

_LAG = "ecs_read_lag"


def changed(service: dict) -> None:
    """Call after a change of a service or of its tasks."""
    read_lag.note(_LAG, service["serviceArn"], _state(service))


def _state(service: dict) -> dict:
    state = ecs._sanitize(service)
    # Returned only on request.
    state.pop("tags", None)
    return state


def _describe(data):
    status, headers, body = _describe_services(data)
    if status != 200:
        return status, headers, body
    described = json.loads(body)
    described["services"] = [_shown(service) for service in described["services"]]
    return ecs.json_response(described)


def _shown(service: dict) -> dict:
    tags = {"tags": service["tags"]} if "tags" in service else {}
    return {**read_lag.show(service["serviceArn"], _state(service)), **tags}


def install() -> None:
    global _describe_services
    _describe_services = ecs._ACTION_MAP["DescribeServices"]
    ecs._ACTION_MAP["DescribeServices"] = _describe
