"""What a service reports about itself, and corrections of ministack's service API.

The events' texts: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages-list.html
"""

from ministack.core.responses import error_response_json, new_uuid
from ministack.services import ecs

import events
from elb import forward, targets

from . import deployments, notices, protection, read_lag
from . import task as tasks

# ministack's stop reason when the desired count is lower than the number of tasks.
_SCALE_IN = "Service scaling down"
# And when the task belongs to an older deployment.
_REPLACED = "Task definition updated"

# https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Service.html (events)
_EVENTS_SHOWN = 100


def say(service: dict, message: str) -> None:
    """Adds a service event, the newest first."""
    text = f"(service {service['serviceName']}) {message}"
    service["events"].insert(0, {"id": new_uuid(), "createdAt": ecs._iso(), "message": text})
    del service["events"][_EVENTS_SHOWN:]
    events.emit("service_event", service=service["serviceName"], message=text)
    read_lag.changed(service)


def tasks_of(service: dict) -> list[dict]:
    group = f"service:{service['serviceName']}"
    return [
        task for task in ecs._tasks.values() if (task["group"], task["clusterArn"]) == (group, service["clusterArn"])
    ]


def settle(service: dict) -> None:
    """Reports a steady service, once each time that it becomes steady."""
    alive = [task for task in tasks_of(service) if task["lastStatus"] != "STOPPED"]
    addresses = {ecs._task_ip(task) for task in alive}
    groups = [balancer["targetGroupArn"] for balancer in service["loadBalancers"]]
    steady = (
        service["status"] == "ACTIVE"
        and len(alive) == service["desiredCount"]
        and all(task["lastStatus"] == "RUNNING" for task in alive)
        and all(
            addresses <= {target.id for target in targets.registered(group) if target.state == "healthy"}
            for group in groups
        )
    )
    if steady and not service.get("_steady"):
        say(service, "has reached a steady state.")
        notices.service_action(service, "INFO", "SERVICE_STEADY_STATE")
    service["_steady"] = steady


def _create(data):
    """https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-load-balancing.html"""
    for balancer in data.get("loadBalancers", []):
        arn = balancer["targetGroupArn"]
        if not forward.in_use(arn):
            message = f"The target group with targetGroupArn {arn} does not have an associated load balancer."
            return error_response_json("InvalidParameterException", message, 400)
    response = _create_service(data)
    if response[0] == 200:
        cluster = ecs._resolve_cluster_name(data.get("cluster", "default"))
        deployments.begun(ecs._services[f"{cluster}/{data['serviceName']}"], set())
    return response


def _update(data):
    """ministack says that connections drain, even if nothing of that kind was changed.

    A new deployment is not throttled for its predecessors' failures:
    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-throttle-logic.html
    """
    key = _key(data)
    service = ecs._services.get(key)
    known = deployments.ids(service)
    if service and (data.get("forceNewDeployment") or "taskDefinition" in data):
        service["_failures"] = 0
        service.pop("_retry_at", None)
    said = list(service["events"]) if service else []
    before = service and service["desiredCount"]
    if service:
        read_lag.changed(service)
    response = _update_service(data)
    if service:
        untrue = f"(service {service['serviceName']}) has begun draining connections on 1 tasks."
        service["events"][:] = [event for event in service["events"] if event in said or event["message"] != untrue]
        if "desiredCount" in data:
            events.emit("desired_count_set", service=service["serviceName"], count=data["desiredCount"], before=before)
        deployments.begun(service, known)
        read_lag.changed(service)
    return response


def _key(data) -> str:
    name, _ = ecs._resolve_service_ref(data.get("service", "")) or ("", None)
    return f"{ecs._resolve_cluster_name(data.get('cluster', 'default'))}/{name}"


def _stop_task_by_user(data):
    """https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_StopTask.html"""
    task = _task(data)
    if task is None:
        return error_response_json("InvalidParameterException", "The referenced task was not found.", 400)
    tasks.request_stop(task, "UserInitiated", data.get("reason", "Task stopped by user"))
    return ecs.json_response({"task": ecs._sanitize(task)})


def _stop_task_by_scheduler(data):
    """Called by ministack's own scheduler; AWS names the deployment as the initiator."""
    task = _task(data)
    if task is None or task["desiredStatus"] == "STOPPED":
        return
    name = task["group"].removeprefix("service:")
    service = ecs._services[f"{ecs._cluster_name_from_arn(task['clusterArn'])}/{name}"]
    if data["reason"] == _REPLACED and deployments.keeps(service, task):
        return
    if protection.protected(task):
        task = _unprotected(service) if data["reason"] == _SCALE_IN else None
    if task is None:
        return
    reason = f"Scaling activity initiated by (deployment {task['_deployment_id']})"
    tasks.request_stop(task, "ServiceSchedulerInitiated", reason)
    say(service, f"has stopped 1 running tasks: (task {task['taskArn'].rsplit('/', 1)[-1]}).")


def _unprotected(service: dict) -> dict | None:
    """The newest task that may be stopped instead of a protected one, if there are too many tasks."""
    staying = [task for task in tasks_of(service) if task["desiredStatus"] != "STOPPED"]
    if len(staying) <= service["desiredCount"]:
        return None
    candidates = [task for task in staying if not protection.protected(task)]
    return max(candidates, key=lambda task: task["createdAt"], default=None)


def _task(data) -> dict | None:
    return ecs._resolve_task(data.get("task", ""), ecs._resolve_cluster_name(data.get("cluster", "default")))


def install() -> None:
    global _create_service, _update_service
    _create_service, _update_service = ecs._ACTION_MAP["CreateService"], ecs._ACTION_MAP["UpdateService"]
    ecs._ACTION_MAP["CreateService"] = _create
    ecs._ACTION_MAP["UpdateService"] = _update
    ecs._ACTION_MAP["StopTask"] = _stop_task_by_user
    ecs._stop_task = _stop_task_by_scheduler
