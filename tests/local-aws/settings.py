"""What a test may set about the local AWS, at the start and while it runs."""

import dataclasses
import json


@dataclasses.dataclass
class Settings:
    """Times are in seconds."""

    # How long things take on AWS: the object in `tests/pace/aws.json`, or one with some of its distributions, and
    # `image_mb`, the size of every task's image. A time below that is set wins over its distribution here; what has
    # neither happens at once.
    pace: dict | None = None
    # From the scheduler's decision to start a task until it is RUNNING.
    start_seconds: float | None = None
    # Delay of the first retry of a task that could not start; each further one waits twice as long.
    start_retry_seconds: float = 0.5
    # How long a minute of a task's scale-in protection takes, whose least is one minute.
    protection_minute_seconds: float = 60.0
    # Where set, no task can be placed, for this reason.
    placement_failure: str | None = None
    # Where set, a placed task does not start, for this reason (the text that becomes its stoppedReason).
    start_failure: str | None = None
    # One address for every task, for programs that listen on 127.0.0.1 only. Otherwise each has one of its own.
    task_address: str | None = None
    # Where set, instead of every target group's own interval, which AWS does not let go below 5.
    health_check_seconds: float | None = None
    # From ModifyRule's answer until visitors are routed by it, all of them at the same moment.
    rule_propagation_seconds: float | None = None
    # Where the Data API finds the database, on 127.0.0.1.
    database_port: int | None = None
    # The capacity of Aurora, in ACUs, as whoever stands in front of the database sees it: 0 is paused, none is stopped.
    database_capacity: float | None = None
    # How long a database stays "starting" and "stopping".
    database_start_seconds: float = 0.0
    database_stop_seconds: float = 0.0
    # How many seconds ago something is reported that happened one second ago: 60 makes a minute of each second.
    metrics_speed: float = 1.0
    # How late data appear; real seconds, whatever the speed.
    metrics_delay_seconds: float | None = None
    # Every metric's StatusCode; with InternalError there are no datapoints.
    metrics_status: str = "Complete"
    # By StatusCode (PartialData, InternalError) or by the code of an error of the whole call (InternalFailure,
    # ServiceUnavailable, ThrottlingException): the share of the calls of GetMetricData, from 0 to 1, that get it.
    metrics_failures: dict = dataclasses.field(default_factory=dict)
    # Names of metrics, such as HealthyHostCount: what happens while one is named here never gets a datapoint.
    metrics_missing: list = dataclasses.field(default_factory=list)
    # By the name of a metric: what happens while it is named here gets its datapoint so much later; real seconds.
    metrics_late: dict = dataclasses.field(default_factory=dict)
    # How busy the tasks of every service are, in percent, as CloudWatch has it while a task runs.
    service_cpu_percent: float | None = None
    service_memory_percent: float | None = None
    # Where set, there are no datapoints at all, whatever the StatusCode says.
    metrics_lost: bool = False
    # What the intervals of EventBridge Scheduler's rates are divided by: 60 makes a second of each minute. Also how fast
    # the clocks of Application Auto Scaling's scheduled actions run.
    scheduler_speed: float = 1.0
    # Whether whoever calls must be allowed to by their role's policies. Only true credentials are taken then.
    policies_enforced: bool = False

    def change(self, line: str) -> dict:
        """Applies one JSON object of settings, all or nothing, and returns it."""
        changes = json.loads(line)
        unknown = changes.keys() - {field.name for field in dataclasses.fields(self)}
        if unknown:
            raise ValueError(f"unknown settings: {', '.join(sorted(unknown))}")
        for name, value in changes.items():
            setattr(self, name, value)
        return changes


current = Settings()
