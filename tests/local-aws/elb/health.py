"""Health checks over HTTP against the real target.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
"""

import asyncio
import random

import pace
import settings

from . import forward

# How soon a target group's first use is noticed, in seconds.
_NOTICE = 0.05


def checked(target) -> None:
    """Called after each check; the code that runs the targets replaces it."""


def port(target) -> int:
    configured = target.group["HealthCheckPort"]
    return target.port if configured == "traffic-port" else int(configured)


async def watch(target) -> None:
    """Checks one target until it is deregistered."""
    arn = target.group["TargetGroupArn"]
    if target.group["TargetType"] == "lambda":
        # Off by default for functions: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html
        target.turn("unavailable", "Target.HealthCheckDisabled", "Health checks are disabled for this target group")
        return
    registered = False
    while not target.leaving:
        if not forward.in_use(arn):
            target.start_again()
            registered = False
            await asyncio.sleep(_NOTICE)
            continue
        if not registered:
            await _registration(target)
            registered = True
            continue
        failure = await _check(target)
        if not target.leaving:
            _judge(target, failure)
            checked(target)
        await asyncio.sleep(_interval(target))


def _interval(target) -> float:
    return settings.current.health_check_seconds or target.group["HealthCheckIntervalSeconds"]


async def _registration(target) -> None:
    """Ends when the first check is due. Where in the interval that falls is not documented, so it is random."""
    delay = pace.sample("target_registration")
    if delay is None:
        return
    await asyncio.sleep(delay)
    if target.leaving:
        return
    target.turn("initial", "Elb.InitialHealthChecking", "Initial health checks in progress")
    await asyncio.sleep(random.random() * _interval(target))


def _judge(target, failure: tuple[str, str] | None) -> None:
    if failure is None:
        target.passed, target.failed = target.passed + 1, 0
        if target.state == "initial" or target.passed >= target.group["HealthyThresholdCount"]:
            target.turn("healthy")
        return
    target.passed, target.failed = 0, target.failed + 1
    if target.failed >= target.group["UnhealthyThresholdCount"]:
        target.turn("unhealthy", *failure)
    elif target.state == "initial":
        target.turn("initial", "Elb.InitialHealthChecking", "Initial health checks in progress")


async def _check(target) -> tuple[str, str] | None:
    """None if the check passed, else AWS's reason code and description."""
    timeout = target.group["HealthCheckTimeoutSeconds"]
    try:
        status = await asyncio.wait_for(_status(target), timeout)
    except TimeoutError:
        return "Target.Timeout", "Request timed out"
    except (OSError, ValueError):
        return "Target.FailedHealthChecks", "Health checks failed"
    if not _expected(status, target.group["Matcher"]["HttpCode"]):
        return "Target.ResponseCodeMismatch", f"Health checks failed with these codes: [{status}]"
    return None


async def _status(target) -> int:
    reader, writer = await asyncio.open_connection(target.id, port(target))
    try:
        writer.write(
            f"GET {target.group['HealthCheckPath']} HTTP/1.1\r\n"
            f"Host: {target.id}:{port(target)}\r\n"
            "Connection: close\r\nUser-Agent: ELB-HealthChecker/2.0\r\n\r\n".encode()
        )
        version, status, *_ = (await reader.readline()).split()
        if not version.startswith(b"HTTP/"):
            raise ValueError("not HTTP")
        return int(status)
    finally:
        writer.close()


def _expected(status: int, matcher: str) -> bool:
    """A matcher is a list of codes and ranges: `200`, `200,302`, `200-299`."""
    for part in matcher.split(","):
        low, _, high = part.partition("-")
        if int(low) <= status <= int(high or low):
            return True
    return False
