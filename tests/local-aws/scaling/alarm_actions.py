"""What scaling policies do when alarms call them.

An alarm calls a scaling policy when it enters a state, and once a minute while it stays in it. That is documented for
EC2 Auto Scaling (https://repost.aws/knowledge-center/autoscaling-policy-cloudwatch-alarm), and the cooldowns of
Application Auto Scaling, in which "the alarm triggers again", presuppose it.
If several policies want different capacities the largest one wins, and target tracking scales in only when all
tracking policies want to:
https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-target-tracking.html
"""

import math
import time

import events
import settings
from metrics import evaluation

from . import capacity, policies, targets

# Step scaling's and, for ECS, target tracking's, in seconds.
_DEFAULT_COOLDOWN = 300


def _act(called: list[tuple[dict, list[float], list[str]]]) -> None:
    """Alarms with their newest datapoints and the actions that they call at the same moment."""
    with targets.deciding:
        _decide(called)


def _decide(called: list[tuple[dict, list[float], list[str]]]) -> None:
    by_target: dict[str, list[tuple[dict, int, int]]] = {}
    for alarm, values, actions in called:
        for policy in filter(None, map(policies.by_arn, actions)):
            target = targets.find(policy)
            base, now = _base(target), capacity.current(target)
            if now is None:
                continue
            wanted = _wanted(policy, alarm, values, now)
            if wanted is not None and wanted > now:
                # Capacity added by a scale-out whose cooldown has not ended counts towards what is added now.
                wanted = max(now, _wanted(policy, alarm, values, base))
            if wanted is not None:
                asked = by_target.setdefault(target["ScalableTargetARN"], [])
                asked.append((policy, capacity.clamped(target, wanted), base))
    for arn, asked in by_target.items():
        _scale(targets.by_arn(arn), *max(asked, key=lambda one: one[1]))


def _scale(target: dict, policy: dict, wanted: int, base: int) -> None:
    now, name = capacity.current(target), policy["PolicyName"]
    out = wanted > now
    flag = "DynamicScalingOutSuspended" if out else "DynamicScalingInSuspended"
    if wanted == now or (not out and (time.monotonic() < target.get("_in_until", 0) or capacity.deploying(target))):
        return
    if targets.suspended(target, flag):
        events.emit("scaling_suspended", resource=target["ResourceId"], policy=name, before=now, count=wanted)
        return
    until = time.monotonic() + _cooldown(policy, out) / settings.current.metrics_speed
    if out:
        target |= {"_out_until": until, "_added": wanted - base, "_in_until": 0}
    else:
        target |= {"_in_until": until}
    capacity.set_to(target, wanted, f"scaling policy {name}")


def _base(target: dict) -> int:
    """The capacity without what a scale-out whose cooldown has not ended has added."""
    now = capacity.current(target) or 0
    return max(0, now - target["_added"]) if time.monotonic() < target.get("_out_until", 0) else now


def _cooldown(policy: dict, out: bool) -> float:
    configuration = policies.configuration(policy)
    if policy["PolicyType"] == policies.STEP:
        return configuration.get("Cooldown", _DEFAULT_COOLDOWN)
    return configuration.get("ScaleOutCooldown" if out else "ScaleInCooldown", _DEFAULT_COOLDOWN)


def _wanted(policy: dict, alarm: dict, values: list[float], base: int) -> int | None:
    if policy["PolicyType"] == policies.STEP:
        return _by_steps(policies.configuration(policy), alarm, values, base)
    if not values:
        return None
    share = values[-1] / policies.configuration(policy)["TargetValue"]
    if policies.is_low(policy, alarm):
        return math.ceil(base * share) if _all_ready_to_scale_in(policy) else None
    # From 0 as from 1: a multiple of 0 would stay 0.
    return math.ceil(max(base, 1) * share)


def _all_ready_to_scale_in(policy: dict) -> bool:
    alarms = [
        policies.low_alarm(one)
        for one in policies.of_target(policy)
        if one["PolicyType"] == policies.TRACKING and policies.low_alarm(one)
    ]
    return all(alarm["StateValue"] == "ALARM" for alarm in alarms)


def _by_steps(configuration: dict, alarm: dict, values: list[float], base: int) -> int | None:
    """https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-step-scaling-policies.html"""
    breach = _aggregated(configuration, values) - alarm["Threshold"] if values else 0.0
    above = alarm["ComparisonOperator"].startswith("Greater")
    for step in configuration["StepAdjustments"]:
        low = step.get("MetricIntervalLowerBound", -math.inf)
        high = step.get("MetricIntervalUpperBound", math.inf)
        if low <= breach < high if above else low < breach <= high:
            return _adjusted(configuration, base, step["ScalingAdjustment"])
    return None


def _aggregated(configuration: dict, values: list[float]) -> float:
    aggregation = configuration.get("MetricAggregationType", "Average")
    return {"Minimum": min(values), "Maximum": max(values), "Average": sum(values) / len(values)}[aggregation]


def _adjusted(configuration: dict, base: int, adjustment: int) -> int:
    kind = configuration["AdjustmentType"]
    if kind == "ExactCapacity":
        return adjustment
    if kind == "ChangeInCapacity":
        return base + adjustment
    change = base * adjustment / 100
    # Towards zero, but at least by one.
    change = math.copysign(max(1, math.floor(abs(change))), change) if change else 0
    least = configuration.get("MinAdjustmentMagnitude", 0)
    return base + int(math.copysign(max(abs(change), least), adjustment))


def _resumed(target: dict) -> None:
    """On a resume Application Auto Scaling "evaluates policies with alarm thresholds that are currently in breach":
    https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-suspend-resume-scaling.html"""
    own = {policy["PolicyARN"] for policy in policies.of_target(target)}
    _act([(alarm, values, actions) for alarm, values, actions in evaluation.calling() if own & set(actions)])


def install() -> None:
    evaluation.calls = _act
    targets.on_resume.append(_resumed)
