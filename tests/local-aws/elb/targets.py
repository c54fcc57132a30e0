"""Targets: registered, checked, drained and described.

AWS: a target is `initial` until its first checks are done, healthy after one passed check when it is new, and after
the thresholds from then on; `unused`, and not checked, while no rule or listener forwards to its target group;
`draining` after deregistration until its requests are done or the deregistration delay is over:
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html#deregistration-delay
ministack calls every registered target healthy and removes a deregistered one at once.
"""

import asyncio
import contextlib
import dataclasses
import threading

from ministack.services import alb

import events
import pace
import read_lag

from . import forward, health, metered, refusals


@dataclasses.dataclass(eq=False)
class Target:
    """One address in one target group. It is changed only on the event loop."""

    group: dict
    id: str
    port: int | None
    state: str = "initial"
    reason: str | None = "Elb.RegistrationInProgress"
    description: str | None = "Target registration is in progress"
    passed: int = 0
    failed: int = 0
    leaving: bool = False
    requests: int = 0
    idle: asyncio.Event = dataclasses.field(default_factory=asyncio.Event)
    # Set when all of its requests and connections have to be aborted.
    cut: asyncio.Event = dataclasses.field(default_factory=asyncio.Event)
    drained: threading.Event = dataclasses.field(default_factory=threading.Event)

    def turn(self, state: str, reason: str | None = None, description: str | None = None) -> None:
        changed = (self.state, self.reason) != (state, reason)
        self.state, self.reason, self.description = state, reason, description
        metered.hosts(self.group, registered(self.group["TargetGroupArn"]))
        if changed:
            events.emit(f"target_{state}", target_group=self.group["TargetGroupArn"], target=self.id, reason=reason)
            read_lag.note("elb_read_lag", self, _health_xml(self))

    def start_again(self) -> None:
        self.passed = self.failed = 0
        self.turn("initial", "Elb.RegistrationInProgress", "Target registration is in progress")

    @contextlib.contextmanager
    def request(self):
        """Keeps a deregistered target in `draining` until the request is done."""
        self.requests += 1
        self.idle.clear()
        try:
            yield
        finally:
            self.requests -= 1
            if not self.requests:
                self.idle.set()


_registered: dict[str, dict[tuple, Target]] = {}
_draining: dict[str, list[Target]] = {}
_loop: asyncio.AbstractEventLoop
# References to tasks, which the event loop itself does not keep alive.
_work: set[asyncio.Task] = set()


def registered(target_group_arn: str) -> list[Target]:
    return list(_registered.get(target_group_arn, {}).values())


def register(target_group_arn: str, id: str, port: int | None) -> None:
    """Idempotent, as on AWS."""
    group = alb._tgs[target_group_arn]
    port = None if group["TargetType"] == "lambda" else port or group["Port"]
    targets = _registered.setdefault(target_group_arn, {})
    if (id, port) in targets:
        return
    target = targets[id, port] = Target(group, id, port)
    target.idle.set()
    read_lag.note("elb_read_lag", target, _health_xml(target))
    metered.hosts(group, registered(target_group_arn))
    events.emit("target_registered", target_group=target_group_arn, target=id)
    begin(health.watch(target))


def deregister(target_group_arn: str, id: str, port: int | None = None) -> None:
    """Deregisters an address, on every port if none is given; it begins to drain."""
    targets = _registered.get(target_group_arn, {})
    leaving = [targets.pop(key) for key in list(targets) if key[0] == id and port in (None, key[1])]
    _draining.setdefault(target_group_arn, []).extend(leaving)
    for target in leaving:
        target.leaving = True
        begin(_drain(target))


def begin(work) -> None:
    """Runs a coroutine on the event loop, from any thread, in the caller's account and region."""

    def begin() -> None:
        task = _loop.create_task(work)
        _work.add(task)
        task.add_done_callback(_work.discard)

    _loop.call_soon_threadsafe(begin)


async def _drain(target: Target) -> None:
    arn = target.group["TargetGroupArn"]
    target.turn("draining", "Target.DeregistrationInProgress", "Target deregistration is in progress")
    attributes = {attribute["Key"]: attribute["Value"] for attribute in alb._tg_attrs[arn]}
    delay = float(attributes["deregistration_delay.timeout_seconds"])
    if pace.holds("deregistration_delay"):
        # AWS shows a target as draining for the whole delay, even without requests, and ECS waits for that.
        await asyncio.sleep(delay)
    else:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(target.idle.wait(), delay)
    _draining[arn].remove(target)
    target.cut.set()
    target.drained.set()
    events.emit("target_drained", target_group=arn, target=target.id)


def draining(id: str) -> list[Target]:
    return [target for targets in _draining.values() for target in targets if target.id == id]


def choose(target_group_arn: str) -> list[Target]:
    """Targets that may get a request: the healthy ones, or all of them if none is healthy, which AWS calls fail open."""
    targets = registered(target_group_arn)
    return [target for target in targets if target.state == "healthy"] or targets


def _set(target_group_arn: str, addresses: list[tuple], previous_ids=()) -> bool:
    """Called by ECS for a service's tasks: `addresses` are all of them, `previous_ids` those of the last call."""
    if target_group_arn not in alb._tgs:
        return False
    for gone in set(previous_ids) - {id for id, _ in addresses}:
        deregister(target_group_arn, gone)
    for id, port in addresses:
        register(target_group_arn, id, port)
    return True


def _describe(params):
    arn = alb._p(params, "TargetGroupArn")
    if arn not in alb._tgs:
        return alb._error("TargetGroupNotFound", f"Target groups '{arn}' not found")
    asked = {target["Id"] for target in alb._parse_targets_param(params)}
    shown = [target for target in registered(arn) + _draining.get(arn, []) if not asked or target.id in asked]
    members = "".join(read_lag.show(target, _health_xml(target)) for target in shown)
    return alb._xml(200, "DescribeTargetHealth", f"<TargetHealthDescriptions>{members}</TargetHealthDescriptions>")


def _health_xml(target: Target) -> str:
    state, reason, description = target.state, target.reason, target.description
    if state != "draining" and not forward.in_use(target.group["TargetGroupArn"]):
        state, reason = "unused", "Target.NotInUse"
        description = "Target group is not configured to receive traffic from the load balancer"
    port = f"<Port>{target.port}</Port>" if target.port else ""
    xml = f"<member><Target><Id>{target.id}</Id>{port}</Target>"
    if target.port:
        xml += f"<HealthCheckPort>{health.port(target)}</HealthCheckPort>"
    xml += f"<TargetHealth><State>{state}</State>"
    if reason:
        xml += f"<Reason>{reason}</Reason><Description>{alb._esc(description)}</Description>"
    return xml + "</TargetHealth></member>"


def _register(params):
    arn = alb._p(params, "TargetGroupArn")
    if arn not in alb._tgs:
        return alb._error("TargetGroupNotFound", f"Target groups '{arn}' not found")
    targets = alb._parse_targets_param(params)
    if alb._tgs[arn]["TargetType"] == "lambda":
        function = targets[0]["Id"]
        if not refusals.may_invoke(function, arn):
            message = f"elasticloadbalancing principal does not have permission to invoke {function} from target group"
            return alb._error("AccessDenied", f"{message} {arn}", 403)
    for target in targets:
        register(arn, target["Id"], target.get("Port"))
    return alb._empty("RegisterTargets")


def _deregister(params):
    arn = alb._p(params, "TargetGroupArn")
    if arn not in alb._tgs:
        return alb._error("TargetGroupNotFound", f"Target groups '{arn}' not found")
    for target in alb._parse_targets_param(params):
        deregister(arn, target["Id"], target.get("Port"))
    return alb._empty("DeregisterTargets")


def attach(loop: asyncio.AbstractEventLoop) -> None:
    global _loop
    _loop = loop


def install() -> None:
    alb.set_targets_for_group = _set
    alb._ACTION_MAP["RegisterTargets"] = _register
    alb._ACTION_MAP["DeregisterTargets"] = _deregister
    alb._ACTION_MAP["DescribeTargetHealth"] = _describe
