"""The settings that a test may change, at the start and at run time."""

import dataclasses
import json


@dataclasses.dataclass
class Settings:
    """Times are in seconds."""

    # How long things take on AWS: the object in `tests/pace/aws.json`, or one with some of its distributions, and
    # `image_mb`, the size of every task's image. A time that is set below takes precedence over its distribution;
    # something without either happens at once.
    pace: dict | None = None
    # From the scheduler's decision to start a task until it is RUNNING.
    start_seconds: float | None = None
    # Delay of the first retry of a task that could not start; each further one waits twice as long.
    start_retry_seconds: float = 0.5
    # How long a minute of a task's scale-in protection takes; the shortest protection is one minute.
    protection_minute_seconds: float = 60.0
    # If set, no task can be placed, for this reason.
    placement_failure: str | None = None
    # If set, a placed task does not start, for this reason (its stoppedReason).
    start_failure: str | None = None
    # One address for every task, for programs that listen on 127.0.0.1 only. Otherwise each task has its own.
    task_address: str | None = None
    # If set, replaces every target group's interval, whose minimum on AWS is 5.
    health_check_seconds: float | None = None
    # From ModifyRule's answer until all visitors are routed by it.
    rule_propagation_seconds: float | None = None
    # The database's port on 127.0.0.1, for the Data API.
    database_port: int | None = None
    # The capacity of Aurora, in ACUs, set by the process that emulates Aurora: 0 is paused, null is stopped.
    database_capacity: float | None = None
    # How long a database stays "starting" and "stopping".
    database_start_seconds: float = 0.0
    database_stop_seconds: float = 0.0
    # How many seconds ago an event is reported that happened one second ago: 60 turns a second into a minute.
    metrics_speed: float = 1.0
    # How late data appear, in real seconds at any speed.
    metrics_delay_seconds: float | None = None
    # Every metric's StatusCode; with InternalError there are no datapoints.
    metrics_status: str = "Complete"
    # By StatusCode (PartialData, InternalError) or by the code of an error of the whole call (InternalFailure,
    # ServiceUnavailable, ThrottlingException): the share of the calls of GetMetricData, from 0 to 1, that get it.
    metrics_failures: dict = dataclasses.field(default_factory=dict)
    # Names of metrics, such as HealthyHostCount: while a metric is named here, its events never get a datapoint.
    metrics_missing: list = dataclasses.field(default_factory=list)
    # By the name of a metric: while it is named here, its datapoints come so much later, in real seconds.
    metrics_late: dict = dataclasses.field(default_factory=dict)
    # The CPU utilization of the tasks of every service in percent, while a task runs.
    service_cpu_percent: float | None = None
    service_memory_percent: float | None = None
    # If set, there are no datapoints at all, with any StatusCode.
    metrics_lost: bool = False
    # EventBridge Scheduler's intervals are divided by this: 60 turns a minute into a second. Also the speed of the
    # clocks of Application Auto Scaling's scheduled actions.
    scheduler_speed: float = 1.0
    # Whether callers need permission by their role's policies. Only valid credentials are accepted then.
    policies_enforced: bool = False

    def change(self, line: str) -> dict:
        """Applies one JSON object of settings completely or not at all, and returns it."""
        changes = json.loads(line)
        unknown = changes.keys() - {field.name for field in dataclasses.fields(self)}
        if unknown:
            raise ValueError(f"unknown settings: {', '.join(sorted(unknown))}")
        for name, value in changes.items():
            setattr(self, name, value)
        return changes


current = Settings()
