"""Deployments: when one is complete, when it has failed, and what ECS reports about it.

AWS:
- A deployment is IN_PROGRESS until the service is steady; one without tasks is steady at once. A FAILED deployment
  launches no more tasks: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Deployment.html
- The circuit breaker counts tasks that could not be launched, that did not run, or that failed a health check, and
  restarts its count when a task is healthy. Its threshold is half the desired count, but at least 3 and at most 200:
  https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html
ministack has the breaker. But its services begin with a complete deployment, a task that has run for a second
completes a later one, targets do not count, and a failed deployment stays for ever. No source says what a new desired
count does to a FAILED deployment; here, nothing.
"""

from ministack.services import ecs

from elb import targets

from . import notices, services

_UNHEALTHY = "Task failed ELB health checks"
# ministack's texts about it among the service's events.
_MINISTACKS_WORDS = ("deployment circuit breaker was triggered.", "rolled back to the last completed deployment.")
_TRIGGERED = "ECS deployment circuit breaker: task failed to start."


def failed_a_check(reason: str) -> bool:
    """Whether a task with this stoppedReason was stopped because it was unhealthy."""
    return reason.startswith(_UNHEALTHY)


def unhealthy(target_group_arn: str) -> str:
    return f"{_UNHEALTHY} in (target-group {target_group_arn})"


def ids(service: dict | None) -> set[str]:
    return {deployment["id"] for deployment in service["deployments"]} if service else set()


def begun(service: dict, before: set[str]) -> None:
    """Call after a service was created or updated, with its previous deployments."""
    for deployment in service["deployments"]:
        if deployment["id"] not in before:
            _begin(service, deployment)
            if deployment["rolloutState"] == "COMPLETED":
                _completed(service, deployment)


def look(service: dict) -> None:
    """Checks whether the deployment under way is complete; call when a task or a target has changed."""
    primary = ecs._primary_deployment(service)
    if not primary or primary["rolloutState"] != "IN_PROGRESS":
        _forget_failed(service, primary)
        return
    if any(_is_healthy(service, task) and task.get("_startup_stable") for task in _tasks_of(service, primary)):
        if _breaker(service).get("resetOnHealthyTask", True):
            primary["failedTasks"] = 0
        cluster = ecs._cluster_name_from_arn(service["clusterArn"])
        ecs._complete_service_deployment(cluster, f"{cluster}/{service['serviceName']}")


def failed(service: dict, deployment: dict) -> None:
    """Call when the circuit breaker has just been triggered for a deployment."""
    deployment["rolloutStateReason"] = _TRIGGERED
    service["events"][:] = [said for said in service["events"] if not said["message"].endswith(_MINISTACKS_WORDS)]
    services.say(service, f"(deployment {deployment['id']}) deployment failed: tasks failed to start.")
    _tell(service, deployment, "FAILED")
    primary = ecs._primary_deployment(service)
    if primary is not deployment:
        back = f"ECS deployment circuit breaker: rolling back to deploymentId {primary['id']}."
        primary["rolloutStateReason"] = back
        primary.pop("_completed", None)
        services.say(service, f"rolling back to deployment {primary['id']}.")
        _tell(service, primary, "IN_PROGRESS")
        if primary["rolloutState"] == "COMPLETED":
            _completed(service, primary)


def _complete(cluster: str, key: str, expected_deployment_id: str | None = None) -> None:
    service = ecs._services.get(key)
    primary = service and ecs._primary_deployment(service)
    if not primary or primary["rolloutState"] != "IN_PROGRESS":
        return
    if service["desiredCount"] and not all(_is_healthy(service, task) for task in _tasks_of(service, primary)):
        return
    _complete_service_deployment(cluster, key, expected_deployment_id)
    if primary["rolloutState"] == "COMPLETED":
        _begin(service, primary)
        _completed(service, primary)


def _begin(service: dict, deployment: dict) -> None:
    """Once for each deployment, before it completes."""
    if _first(deployment, "_begun"):
        if deployment["rolloutState"] == "IN_PROGRESS":
            deployment["rolloutStateReason"] = f"ECS deployment {deployment['id']} in progress."
        _tell(service, deployment, "IN_PROGRESS")


def _completed(service: dict, deployment: dict) -> None:
    """Once for each deployment, and again after a rollback to it."""
    if _first(deployment, "_completed"):
        _forget_failed(service, deployment)
        deployment["rolloutStateReason"] = f"ECS deployment {deployment['id']} completed."
        services.say(service, f"(deployment {deployment['id']}) deployment completed.")
        _tell(service, deployment, "COMPLETED")


def _first(deployment: dict, flag: str) -> bool:
    """Whether this thread is the first to set this flag."""
    mine = object()
    return deployment.setdefault(flag, mine) is mine


def _breaker(service: dict) -> dict:
    return (service.get("deploymentConfiguration") or {}).get("deploymentCircuitBreaker") or {}


def _forget_failed(service: dict, primary: dict | None) -> None:
    """A failed deployment is listed until another one is complete and its own tasks are gone."""
    if primary and primary["rolloutState"] == "COMPLETED":
        for deployment in list(service["deployments"]):
            if deployment["rolloutState"] == "FAILED" and not _tasks_of(service, deployment):
                service["deployments"].remove(deployment)


def _record_healthy(key: str, task: dict) -> None:
    """A task is not healthy merely because it has run for a while."""
    service = ecs._services.get(key)
    deployment = service and ecs._deployment_for_task(service, task)
    failures = deployment and deployment["failedTasks"]
    _record_service_task_healthy(key, task)
    if deployment and not _is_healthy(service, task):
        deployment["failedTasks"] = failures


def _tasks_of(service: dict, deployment: dict) -> list[dict]:
    return [
        task
        for task in services.tasks_of(service)
        if task["lastStatus"] != "STOPPED" and ecs._deployment_for_task(service, task) is deployment
    ]


def _is_healthy(service: dict, task: dict) -> bool:
    groups = [balancer["targetGroupArn"] for balancer in service["loadBalancers"]]
    return task["lastStatus"] == "RUNNING" and all(
        any(target.id == ecs._task_ip(task) and target.state == "healthy" for target in targets.registered(group))
        for group in groups
    )


def keeps(service: dict, task: dict) -> bool:
    """Whether a task stays although it does not belong to the newest deployment: a failed deployment only launches no
    more tasks.
    """
    primary, own = ecs._primary_deployment(service), ecs._deployment_for_task(service, task)
    return primary["rolloutState"] == "FAILED" and own is not None and own["rolloutState"] != "FAILED"


def _make(task_definition: str, desired_count: int, status: str = "PRIMARY") -> dict:
    deployment = _make_deployment(task_definition, desired_count, status)
    if desired_count:
        deployment.update(rolloutState="IN_PROGRESS", rolloutStateReason="")
    return deployment


def _tell(service: dict, deployment: dict, state: str) -> None:
    kind = "ERROR" if state == "FAILED" else "INFO"
    notices.deployment_changed(service, deployment, kind, f"SERVICE_DEPLOYMENT_{state}")


def install() -> None:
    global _make_deployment, _complete_service_deployment, _record_service_task_healthy
    _make_deployment, ecs._make_deployment = ecs._make_deployment, _make
    _complete_service_deployment, ecs._complete_service_deployment = ecs._complete_service_deployment, _complete
    _record_service_task_healthy, ecs._record_service_task_healthy = (
        ecs._record_service_task_healthy,
        _record_healthy,
    )
