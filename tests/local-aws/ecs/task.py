"""A task's life, from PROVISIONING to STOPPED, in its own thread.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-lifecycle-explanation.html
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html
ministack, without Docker, calls a task RUNNING at once and runs nothing.
"""

import collections
import queue
import shutil
import tempfile
import time
from pathlib import Path

from ministack.core.responses import request_scope
from ministack.services import ecs, ecs_metadata

import events
import pace
import settings
from elb import targets

from . import addresses, credentials, dependencies, deployments, notices
from .process import Container

# Messages to a task: ("stop", stop code, reason) and ("exited", container, exit code).
_inboxes: dict[str, queue.Queue] = collections.defaultdict(queue.SimpleQueue)

# In seconds. Fargate never starts a task at once, and a container that exits at once must not keep this machine busy.
_SHORTEST_START = 0.1

_SECRET_FAILURE = (
    "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed"
)


class _Ended(Exception):
    """The task ends, for this reason."""

    def __init__(self, stop_code: str, reason: str):
        super().__init__(reason)
        self.stop_code, self.reason = stop_code, reason


def request_stop(task: dict, stop_code: str, reason: str) -> None:
    """Idempotent: the first reason stays."""
    if task["desiredStatus"] == "STOPPED":
        return
    ecs._bump_task_version(task)
    task.update(desiredStatus="STOPPED", stoppingAt=ecs._iso(), stopCode=stop_code, stoppedReason=reason)
    notices.task_changed(task)
    _inboxes[task["taskArn"]].put(("stop", stop_code, reason))


class Run:
    def __init__(self, task: dict, definition: dict, overrides: list[dict]):
        self._task, self._definition, self._overrides = task, definition, overrides
        self._id = task["taskArn"].rsplit("/", 1)[-1]
        self._inbox = _inboxes[task["taskArn"]]
        self._address = settings.current.task_address or addresses.allot()
        self._directory = Path(tempfile.mkdtemp(prefix="task-"))
        self._running: dict[str, Container] = {}
        # Containers that still have to start, by their index in the definition; and the exit codes of the others.
        self._waiting = dict(enumerate(definition["containerDefinitions"]))
        self._exit_codes: dict[str, int] = {}
        self._tokens: list[str] = []

    def live(self) -> None:
        try:
            self._start()
            self._wait(None)
        except _Ended as ended:
            end = ended
        self._stop(end)

    def _start(self) -> None:
        provision, pull, container_start = _start_times()
        events.emit("task_provisioning", task=self._id)
        notices.task_changed(self._task)
        self._wait(provision)
        self._task["pullStartedAt"] = ecs._iso()
        self._enter("PENDING")
        self._wait(pull)
        if settings.current.start_failure:
            raise _Ended("TaskFailedToStart", settings.current.start_failure)
        self._task["pullStoppedAt"] = ecs._iso()
        self._enter("ACTIVATING")
        self._wait(container_start)
        self._attach_network_interface()
        self._start_containers()
        now = ecs._iso()
        self._task.update(startedAt=now, _startup_stable=False)
        self._enter("RUNNING")
        cluster = ecs._cluster_name_from_arn(self._task["clusterArn"])
        service = self._task["group"].removeprefix("service:")
        ecs._schedule_service_deployment_completion(
            cluster, f"{cluster}/{service}", ecs.get_account_id(), ecs.get_region(), healthy_task=self._task
        )

    def _attach_network_interface(self) -> None:
        details = [{"name": "privateIPv4Address", "value": self._address}]
        self._task["_container_ip"] = self._address
        self._task["attachments"] = [
            {"id": self._id, "type": "ElasticNetworkInterface", "status": "ATTACHED", "details": details}
        ]

    def _start_containers(self) -> None:
        """Starts each container as soon as its dependencies are in the state that it requires."""
        while self._waiting:
            started = self._running.keys() | self._exit_codes.keys()
            try:
                ready = [
                    index
                    for index, definition in self._waiting.items()
                    if dependencies.hold(definition, started, self._exit_codes)
                ]
            except dependencies.Unresolvable as error:
                raise _Ended("TaskFailedToStart", f"CannotStartContainerError: {error}") from error
            for index in ready:
                self._start_container(index, self._waiting.pop(index))
            if not ready:
                self._hear(None)

    def _start_container(self, index: int, definition: dict) -> None:
        name = definition["name"]
        override = ecs._container_override_for(self._overrides, name)
        variables = {v["name"]: v["value"] for v in definition.get("environment", []) + override.get("environment", [])}
        environment = {
            "TASK_IP": self._address,
            "AWS_REGION": ecs.get_region(),
            "AWS_DEFAULT_REGION": ecs.get_region(),
        }
        self._tokens.append(
            ecs._register_metadata(
                self._task["taskArn"],
                self._task["clusterArn"],
                self._definition,
                definition,
                self._task["launchType"],
                environment,
                True,
                None,
            )
        )
        if role := self._definition.get("taskRoleArn"):
            credentials.issue(environment, role, self._id)
        try:
            environment |= {**variables, **ecs._resolve_container_secrets(definition)}
        except ecs._SecretResolutionError as error:
            reason = f"{_SECRET_FAILURE}: {error}"
            raise _Ended("TaskFailedToStart", reason) from error
        command = override.get("command") or definition.get("command", [])
        try:
            container = Container(self._id, definition, command, environment, self._directory / name)
        except OSError as error:
            raise _Ended("TaskFailedToStart", f"CannotStartContainerError: {error}") from error
        self._task["containers"][index]["lastStatus"] = "RUNNING"
        self._running[name] = container
        container.watch(lambda code: self._inbox.put(("exited", name, code)))

    def _wait(self, seconds: float | None) -> None:
        """Waits this long, or for ever; raises when the task has to end, by a request or because a container exited."""
        deadline = None if seconds is None else time.monotonic() + seconds
        while True:
            remaining = None if deadline is None else max(0, deadline - time.monotonic())
            try:
                self._hear(remaining)
            except queue.Empty:
                return

    def _hear(self, seconds: float | None) -> None:
        """Takes one message; raises when the task has to end."""
        kind, *what = self._inbox.get(timeout=seconds)
        if kind == "stop":
            raise _Ended(*what)
        if self._exited(*what):
            raise _Ended("EssentialContainerExited", "Essential container in task exited")

    def _exited(self, name: str, code: int) -> bool:
        """Records a container's exit, and returns whether the task ends with it."""
        container = self._running.pop(name)
        record = next(record for record in self._task["containers"] if record["name"] == name)
        record.update(lastStatus="STOPPED", exitCode=code)
        events.emit("container_exited", task=self._id, container=name, exit_code=code)
        self._exit_codes[name] = code
        return container.essential or not (self._running or self._waiting)

    def _stop(self, end: _Ended) -> None:
        task = self._task
        task["desiredStatus"] = "STOPPED"
        task["stoppingAt"] = task["stoppingAt"] or ecs._iso()
        task.update(stopCode=end.stop_code, stoppedReason=end.reason)
        # A task leaves its target groups, and they drain, before its containers get SIGTERM.
        self._enter("DEACTIVATING")
        self._tell_scheduler(end)
        for target in targets.draining(self._address):
            target.drained.wait()
        self._enter("STOPPING")
        for container in self._running.values():
            container.stop()
        while self._running:
            kind, *what = self._inbox.get()
            if kind == "exited":
                self._exited(*what)
        task["executionStoppedAt"] = ecs._iso()
        self._enter("DEPROVISIONING")
        for token in self._tokens:
            ecs_metadata.unregister_token(token)
        if not settings.current.task_address:
            addresses.release(self._address)
        shutil.rmtree(self._directory, ignore_errors=True)
        for record in task["containers"]:
            record["lastStatus"] = "STOPPED"
        task["stoppedAt"] = ecs._iso()
        self._enter("STOPPED", stop_code=end.stop_code, reason=end.reason)

    def _tell_scheduler(self, end: _Ended) -> None:
        cluster = ecs._cluster_name_from_arn(self._task["clusterArn"])
        ended_by_itself = end.stop_code in ("TaskFailedToStart", "EssentialContainerExited")
        if ended_by_itself or deployments.failed_a_check(end.reason):
            ecs._record_service_task_failure(self._task)
        ecs._reconcile_service_tasks(cluster, f"{cluster}/{self._task['group'].removeprefix('service:')}")

    def _enter(self, status: str, **fields) -> None:
        self._task["lastStatus"] = status
        ecs._bump_task_version(self._task)
        ecs_metadata.set_task_status(self._task["taskArn"], known_status=status)
        events.emit(f"task_{status.lower()}", task=self._id, **fields)
        notices.task_changed(self._task)
        cluster = ecs._cluster_name_from_arn(self._task["clusterArn"])
        ecs._recount_cluster(cluster)
        ecs._refresh_service_state(cluster, self._task["group"])


def _start_times() -> tuple[float, float, float]:
    """How long provisioning, the image pull and the start of the containers take."""
    if settings.current.start_seconds is None:
        sampled = (pace.sample("provision"), pace.pull(), pace.sample("container_start"))
        if sampled != (None, None, None):
            provision, pull, container_start = (time or 0 for time in sampled)
            return provision, pull, container_start
    delay = max(settings.current.start_seconds or 0, _SHORTEST_START)
    return delay / 4, delay / 2, delay / 4


def _run(task, definition, overrides, _docker, account_id, region):
    with request_scope(account_id, region):
        Run(task, definition, overrides).live()


def _now() -> float:
    """To the millisecond like AWS; ministack rounds to the second."""
    return round(time.time(), 3)


def install() -> None:
    ecs._iso = _now
    ecs._run_task_worker = _run
    # Any true value, in place of a Docker client: tasks then begin in PROVISIONING, and their worker takes over.
    ecs._get_docker = object
    # These images are in no registry, and have no digest.
    ecs._deployment_needs_first_task = lambda *_: False
