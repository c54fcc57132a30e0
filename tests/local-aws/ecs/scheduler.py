"""The service scheduler: places tasks, replaces them, and retries failed starts at growing intervals.

AWS throttles a service whose tasks fail before they run, up to 15 minutes between two attempts, and does not throttle
one whose tasks ran: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-throttle-logic.html
A task whose health check fails after the grace period is replaced:
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/load-balancer-healthcheck.html
"""

import contextvars
import json
import threading
import time

from ministack.services import ecs

import settings
from elb import health

from . import deployments, notices, read_lag, services, utilization
from . import task as tasks

_LONGEST_WAIT = 15 * 60
_IMPAIRED_AFTER = 3

# One decision at a time: two concurrent ones would each start the same missing task.
_deciding = threading.RLock()


def _reconcile(cluster: str, key: str) -> None:
    with _deciding:
        _reconcile_service_tasks(cluster, key)


def _later(delay: float, cluster: str, key: str) -> None:
    context = contextvars.copy_context()
    timer = threading.Timer(delay, context.run, (_reconcile, cluster, key))
    timer.daemon = True
    timer.start()


def look_again(task: dict, delay: float) -> None:
    """Runs the scheduler for a task's service again, after so many seconds."""
    _later(delay, ecs._cluster_name_from_arn(task["clusterArn"]), _service_key(task))


def _place(data):
    """Starts a service's missing tasks, unless it is too early for another attempt or there is no room."""
    cluster, name = data["cluster"], data["group"].removeprefix("service:")
    key = f"{cluster}/{name}"
    service = ecs._services[key]
    if time.monotonic() < service.get("_retry_at", 0):
        return
    if reason := settings.current.placement_failure:
        services.say(service, f"was unable to place a task. Reason: {reason}")
        notices.service_action(service, "ERROR", "SERVICE_TASK_PLACEMENT_FAILURE", "RESOURCE:FARGATE")
        _wait_longer(service, cluster, key)
        unlaunched = {"taskArn": None, "stopCode": None, "_deployment_id": data["_deploymentId"]}
        _task_failed({"group": data["group"], "clusterArn": service["clusterArn"], **unlaunched})
        return
    _, _, body = _run_task(data)
    started = [f"(task {task['taskArn'].rsplit('/', 1)[-1]})" for task in json.loads(body).get("tasks", [])]
    if started:
        services.say(service, f"has started {len(started)} tasks: {' '.join(started)}.")


def _wait_longer(service: dict, cluster: str, key: str) -> None:
    failures = service["_failures"] = service.get("_failures", 0) + 1
    delay = min(settings.current.start_retry_seconds * 2 ** (failures - 1), _LONGEST_WAIT)
    service["_retry_at"] = time.monotonic() + delay
    if failures == _IMPAIRED_AFTER:
        services.say(service, "is unable to consistently start tasks successfully.")
        notices.service_action(service, "WARN", "SERVICE_TASK_START_IMPAIRED")
    _later(delay, cluster, key)


def _task_failed(task: dict, digest_resolution_failed: bool = False) -> None:
    key = _service_key(task)
    service = ecs._services.get(key)
    if service and task["stopCode"] == "TaskFailedToStart":
        with _deciding:
            _wait_longer(service, key.split("/")[0], key)
    before = {deployment["id"]: deployment["rolloutState"] for deployment in service["deployments"]} if service else {}
    _record_service_task_failure(task, digest_resolution_failed)
    for deployment in service["deployments"] if service else []:
        if deployment["rolloutState"] == "FAILED" != before.get(deployment["id"]):
            deployments.failed(service, deployment)


def _refresh(cluster: str, group: str) -> None:
    """Updates the service of a task that has changed its state."""
    _refresh_service_state(cluster, group)
    service = ecs._services.get(f"{cluster}/{group.removeprefix('service:')}")
    if not service or not group.startswith("service:"):
        return
    if service["runningCount"]:
        service["_failures"] = 0
        service.pop("_retry_at", None)
    deployments.look(service)
    services.settle(service)
    utilization.changed(service)
    read_lag.changed(service)


def _target_checked(target) -> None:
    arn = target.group["TargetGroupArn"]
    for service in ecs._services.values():
        if arn not in [balancer["targetGroupArn"] for balancer in service["loadBalancers"]]:
            continue
        deployments.look(service)
        services.settle(service)
        for task in services.tasks_of(service):
            if target.state == "unhealthy" and ecs._task_ip(task) == target.id and task["lastStatus"] == "RUNNING":
                _replace_unhealthy(service, task, target)


def _replace_unhealthy(service: dict, task: dict, target) -> None:
    if time.time() - task["startedAt"] < service["healthCheckGracePeriodSeconds"]:
        return
    arn = target.group["TargetGroupArn"]
    services.say(
        service,
        f"(port {target.port}) is unhealthy in (target-group {arn}) due to (reason {target.description}).",
    )
    tasks.request_stop(task, "ServiceSchedulerInitiated", deployments.unhealthy(arn))


def _service_key(task: dict) -> str:
    return f"{ecs._cluster_name_from_arn(task['clusterArn'])}/{task['group'].removeprefix('service:')}"


def install() -> None:
    global _reconcile_service_tasks, _run_task, _record_service_task_failure, _refresh_service_state
    _reconcile_service_tasks, ecs._reconcile_service_tasks = ecs._reconcile_service_tasks, _reconcile
    _run_task, ecs._run_task = ecs._run_task, _place
    _record_service_task_failure, ecs._record_service_task_failure = (
        ecs._record_service_task_failure,
        _task_failed,
    )
    _refresh_service_state, ecs._refresh_service_state = ecs._refresh_service_state, _refresh
    health.checked = _target_checked
