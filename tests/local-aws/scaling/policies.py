"""Scaling policies: step scaling, on alarms that their owner creates, and target tracking, on alarms that AWS creates.

https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PutScalingPolicy.html
The alarms of target tracking on ECS: three minutes above the target, or fifteen minutes more than 10 % below it:
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-autoscaling-targettracking.html
"""

import time

from ministack.core.responses import AccountRegionScopedDict, get_account_id, get_region, new_uuid
from ministack.services import cloudwatch

from . import targets
from .refusals import invalid, not_found

STEP = "StepScaling"
TRACKING = "TargetTrackingScaling"
_CONFIGURATION = {STEP: "StepScalingPolicyConfiguration", TRACKING: "TargetTrackingScalingPolicyConfiguration"}

_HIGH_MINUTES = 3
_LOW_MINUTES = 15
_LOW_SHARE = 0.9

_UTILIZATION = {
    "ECSServiceAverageCPUUtilization": "CPUUtilization",
    "ECSServiceAverageMemoryUtilization": "MemoryUtilization",
}

# By namespace, resource, dimension and name.
_policies = AccountRegionScopedDict()


def by_arn(arn: str) -> dict | None:
    return next((policy for policy in _policies.values() if policy["PolicyARN"] == arn), None)


def of_target(target: dict) -> list[dict]:
    return [policy for policy in _policies.values() if targets.key(policy) == targets.key(target)]


def configuration(policy: dict) -> dict:
    return policy[_CONFIGURATION[policy["PolicyType"]]]


def put(call: dict) -> dict:
    targets.required(call)
    key = (*targets.key(call), call["PolicyName"])
    policy = _policies.get(key)
    kind = call.get("PolicyType", policy["PolicyType"] if policy else STEP)
    if kind not in _CONFIGURATION:
        raise invalid(f"The local AWS has no policies of type {kind}")
    if policy and policy["PolicyType"] != kind:
        raise invalid("The type of a scaling policy cannot be changed")
    given = call.get(_CONFIGURATION[kind], policy and configuration(policy))
    if not given:
        raise invalid(f"A policy of type {kind} needs a {_CONFIGURATION[kind]}")
    alarms = _tracking_alarms(call, given) if kind == TRACKING else []
    if kind == STEP and not (given.get("AdjustmentType") and given.get("StepAdjustments")):
        raise invalid("A step scaling policy needs an adjustment type and at least one step adjustment")
    policy = policy or _create(call, key, kind)
    policy[_CONFIGURATION[kind]] = given
    _replace_alarms(policy, alarms)
    return {"PolicyARN": policy["PolicyARN"], "Alarms": _alarms(policy)}


def _create(call: dict, key: tuple, kind: str) -> dict:
    namespace, resource, dimension, name = key
    arn = f"arn:aws:autoscaling:{get_region()}:{get_account_id()}:scalingPolicy:{new_uuid()}"
    _policies[key] = {
        "PolicyARN": f"{arn}:resource/{namespace}/{resource}:policyName/{name}",
        "PolicyName": name,
        "ServiceNamespace": namespace,
        "ResourceId": resource,
        "ScalableDimension": dimension,
        "PolicyType": kind,
        "CreationTime": round(time.time(), 3),
        "_made": {},
    }
    return _policies[key]


def describe(call: dict) -> dict:
    names = call.get("PolicyNames")
    found = targets.matching(_policies.values(), call)
    found = [policy for policy in found if not names or policy["PolicyName"] in names]
    return {"ScalingPolicies": [{**targets.shown(policy), "Alarms": _alarms(policy)} for policy in found]}


def delete(call: dict) -> dict:
    policy = _policies.pop((*targets.key(call), call["PolicyName"]), None)
    if policy is None:
        raise not_found("scaling policy found", call, f"policy name: {call['PolicyName']}")
    _replace_alarms(policy, [])
    return {}


def _forget(target: dict) -> None:
    for policy in of_target(target):
        delete({**policy})


def _alarms(policy: dict) -> list[dict]:
    """All alarms that call this policy, those of its owner and those of target tracking."""
    acting = ("AlarmActions", "OKActions", "InsufficientDataActions")
    return [
        {"AlarmName": alarm["AlarmName"], "AlarmARN": alarm["AlarmArn"]}
        for alarm in cloudwatch._alarms.values()
        if any(policy["PolicyARN"] in alarm[actions] for actions in acting)
    ]


def low_alarm(policy: dict) -> dict | None:
    """The alarm by which a tracking policy scales in; None if it does not."""
    return cloudwatch._alarms.get(policy["_made"].get("AlarmLow"))


def is_low(policy: dict, alarm: dict) -> bool:
    return policy["_made"].get("AlarmLow") == alarm["AlarmName"]


def _tracking_alarms(call: dict, given: dict) -> list[tuple[str, dict]]:
    if "TargetValue" not in given:
        raise invalid("A target tracking policy needs a target value")
    watched = _watched(call, given)
    for other in of_target(call):
        if other["PolicyType"] == TRACKING and other["PolicyName"] != call["PolicyName"]:
            if _watched(other, configuration(other)) == watched:
                raise invalid("Only one TargetTrackingScaling policy for a given metric specification is allowed")
    target = given["TargetValue"]
    high = {"ComparisonOperator": "GreaterThanThreshold", "Threshold": target, "EvaluationPeriods": _HIGH_MINUTES}
    low = {"ComparisonOperator": "LessThanThreshold", "Threshold": target * _LOW_SHARE}
    alarms = [("AlarmHigh", {**watched, **high})]
    if not given.get("DisableScaleIn"):
        alarms.append(("AlarmLow", {**watched, **low, "EvaluationPeriods": _LOW_MINUTES}))
    return alarms


def _watched(call: dict, given: dict) -> dict:
    """An alarm's fields about the metric of a tracking policy."""
    if custom := given.get("CustomizedMetricSpecification"):
        if "MetricName" not in custom:
            raise invalid("The local AWS has no metric math")
        wanted = {name: custom[name] for name in ("Namespace", "MetricName", "Statistic")}
        return {**wanted, "Dimensions": custom.get("Dimensions", []), "Period": 60}
    predefined = given.get("PredefinedMetricSpecification", {})
    kind, label = predefined.get("PredefinedMetricType"), predefined.get("ResourceLabel")
    if kind in _UTILIZATION:
        _, cluster, service = call["ResourceId"].split("/")
        dimensions = {"ClusterName": cluster, "ServiceName": service}
        return _metric("AWS/ECS", _UTILIZATION[kind], "Average", dimensions)
    if kind == "ALBRequestCountPerTarget":
        balancer, _, group = (label or "").partition("/targetgroup/")
        if not group:
            raise invalid("ALBRequestCountPerTarget needs a resource label: app/NAME/ID/targetgroup/NAME/ID")
        dimensions = {"LoadBalancer": balancer, "TargetGroup": f"targetgroup/{group}"}
        return _metric("AWS/ApplicationELB", "RequestCountPerTarget", "Sum", dimensions)
    raise invalid(f"The local AWS tracks no {kind}")


def _metric(namespace: str, name: str, statistic: str, dimensions: dict[str, str]) -> dict:
    listed = [{"Name": dimension, "Value": value} for dimension, value in dimensions.items()]
    return {"Namespace": namespace, "MetricName": name, "Statistic": statistic, "Dimensions": listed, "Period": 60}


def _replace_alarms(policy: dict, alarms: list[tuple[str, dict]]) -> None:
    made = policy["_made"]
    for name in made.values():
        cloudwatch._alarms.pop(name, None)
    made.clear()
    for kind, alarm in alarms:
        made[kind] = f"TargetTracking-{policy['ResourceId']}-{kind}-{new_uuid()}"
        described = f"DO NOT EDIT OR DELETE. For TargetTrackingScaling policy {policy['PolicyARN']}."
        asked = {**alarm, "AlarmName": made[kind], "AlarmDescription": described, "AlarmActions": [policy["PolicyARN"]]}
        cloudwatch._put_metric_alarm({}, asked, False, True)


targets.on_deregister.append(_forget)
