"""Task scale-in protection.

AWS: scale-in and deployments do not stop a protected task until its protection is removed or expires, by default
after two hours; then the next scale-in may stop it. Only a service's tasks can be protected, and StopTask also stops
protected ones:
https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateTaskProtection.html
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-scale-in-protection.html
ministack answers with empty lists.
"""

import time

from ministack.core.responses import error_response_json
from ministack.services import ecs

import settings

from . import scheduler

_DEFAULT_MINUTES = 2 * 60
_LONGEST_MINUTES = 48 * 60
# The most tasks of one UpdateTaskProtection call, from the API's reference.
_MOST_TASKS = 10
# In seconds: an expiry is rounded to the millisecond, and a timer may be that much early.
_NOTICE = 0.05


def protected(task: dict) -> bool:
    return time.time() < task.get("_protected_until", 0)


def _update(data):
    minutes = data.get("expiresInMinutes", _DEFAULT_MINUTES)
    if not 1 <= minutes <= _LONGEST_MINUTES:
        message = f"expiresInMinutes must be between 1 and {_LONGEST_MINUTES}."
        return error_response_json("InvalidParameterException", message, 400)
    if not 1 <= len(data.get("tasks", [])) <= _MOST_TASKS:
        message = f"The number of tasks must be between 1 and {_MOST_TASKS}."
        return error_response_json("InvalidParameterException", message, 400)
    tasks, failures = _find(data["tasks"], data.get("cluster", "default"))
    for task in tasks:
        duration = minutes * settings.current.protection_minute_seconds
        task["_protected_until"] = round(time.time() + duration, 3) if data["protectionEnabled"] else 0
        # A task that only its protection has kept is stopped when the protection ends.
        scheduler.look_again(task, duration + _NOTICE if data["protectionEnabled"] else 0)
    return ecs.json_response({"protectedTasks": [_described(task) for task in tasks], "failures": failures})


def _get(data):
    cluster = data.get("cluster", "default")
    arn = f":cluster/{ecs._resolve_cluster_name(cluster)}"
    everyone = [
        task["taskArn"]
        for task in ecs._tasks.values()
        if task["clusterArn"].endswith(arn) and _of_service(task) and task["desiredStatus"] != "STOPPED"
    ]
    tasks, failures = _find(data.get("tasks") or everyone, cluster)
    return ecs.json_response({"protectedTasks": [_described(task) for task in tasks], "failures": failures})


def _find(references: list[str], cluster: str) -> tuple[list[dict], list[dict]]:
    """The tasks, and AWS's failures: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/api_failures_messages.html"""
    tasks, failures = [], []
    for reference in references:
        task = ecs._resolve_task(reference, ecs._resolve_cluster_name(cluster))
        if task is None or task["lastStatus"] == "STOPPED":
            failures.append({"arn": reference, "reason": "MISSING"})
        elif not _of_service(task):
            failures.append({"arn": task["taskArn"], "reason": "TASK_NOT_VALID"})
        else:
            tasks.append(task)
    return tasks, failures


def _of_service(task: dict) -> bool:
    return task["group"].startswith("service:")


def _described(task: dict) -> dict:
    described = {"taskArn": task["taskArn"], "protectionEnabled": protected(task)}
    if protected(task):
        described["expirationDate"] = task["_protected_until"]
    return described


def install() -> None:
    ecs._ACTION_MAP["UpdateTaskProtection"] = _update
    ecs._ACTION_MAP["GetTaskProtection"] = _get
