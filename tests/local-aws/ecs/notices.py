"""ECS's events on EventBridge: every change of a task, and the events of services.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_task_events.html
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_service_events.html
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_service_deployment_events.html
ministack sends none.
"""

import json
from datetime import UTC, datetime

from ministack.services import ecs, eventbridge


def task_changed(task: dict) -> None:
    detail = ecs._sanitize(task)
    # Tasks on Fargate have no container instance, and events do not contain tags.
    for left_out in ("containerInstanceArn", "tags"):
        detail.pop(left_out, None)
    # Fields without a value are left out.
    detail = {name: value for name, value in detail.items() if value != ""}
    if task["group"].startswith("service:"):
        detail["startedBy"] = task["_deployment_id"]
    detail["updatedAt"] = ecs._iso()
    for name in ecs._ECS_TIMESTAMP_FIELDS & detail.keys():
        detail[name] = _time(detail[name])
    _put("ECS Task State Change", task["taskArn"], detail)


def service_action(service: dict, kind: str, name: str, reason: str | None = None) -> None:
    """`kind` is INFO, WARN or ERROR."""
    detail = {
        "eventType": kind,
        "eventName": name,
        "clusterArn": service["clusterArn"],
        "createdAt": _time(ecs._iso()),
    }
    if reason:
        detail["reason"] = reason
    _put("ECS Service Action", service["serviceArn"], detail)


def deployment_changed(service: dict, deployment: dict, kind: str, name: str) -> None:
    """`kind` is INFO or ERROR."""
    detail = {
        "eventType": kind,
        "eventName": name,
        "deploymentId": deployment["id"],
        "updatedAt": _time(ecs._iso()),
        "reason": deployment["rolloutStateReason"],
    }
    _put("ECS Deployment State Change", service["serviceArn"], detail)


def _put(detail_type: str, resource: str, detail: dict) -> None:
    entry = {"Source": "aws.ecs", "DetailType": detail_type, "Resources": [resource], "Detail": json.dumps(detail)}
    eventbridge._put_events({"Entries": [entry]}, allow_aws_source=True)


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
