"""Scalable targets: what may be scaled, its minimum and maximum, and which kinds of scaling are suspended.

https://docs.aws.amazon.com/autoscaling/application/APIReference/API_RegisterScalableTarget.html
- A new target needs both capacities; of an existing one, "any parameters that you don't specify are not changed".
- Each call also moves the capacity between the two at once, "even if you don't include the MinCapacity or MaxCapacity
  request parameters". No source says that a suspension prevents that: it concerns scaling policies and scheduled
  actions. So a call that only suspends or resumes raises a count of 0 if the minimum is 1.
- A SuspendedState with some of its three members leaves the others as they are: they too are parameters that are not
  specified, and "each one can be suspended and resumed independently"
  (https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-suspend-resume-scaling.html).
  The reference also calls false "the default" of each member, which can be read as their value where they are left
  out. Name all three.
- Scaling policies and scheduled actions are deleted with their target.
"""

import threading
import time

from ministack.core.responses import AccountRegionScopedDict, get_account_id, get_region, new_uuid
import events

from . import capacity
from .refusals import Refused, invalid, not_found

_DIMENSION = "ecs:service:DesiredCount"
_FLAGS = ("DynamicScalingInSuspended", "DynamicScalingOutSuspended", "ScheduledScalingSuspended")
_MOST_TAGS = 50

# Held while a target is changed or scaled: one decision at a time.
deciding = threading.RLock()
# By namespace, resource and dimension.
_targets = AccountRegionScopedDict()
# Called with every deregistered target, to delete its policies and actions.
on_deregister = []
# Called with every target of which a kind of scaling is resumed.
on_resume = []


def key(call: dict) -> tuple[str, str, str]:
    return call["ServiceNamespace"], call["ResourceId"], call["ScalableDimension"]


def find(call: dict) -> dict | None:
    return _targets.get(key(call))


def required(call: dict) -> dict:
    if found := find(call):
        return found
    raise not_found("scalable target registered", call)


def by_arn(arn: str) -> dict | None:
    return next((target for target in _targets.values() if target["ScalableTargetARN"] == arn), None)


def all_here() -> list[dict]:
    """The targets of the caller's account and region."""
    return _targets.values()


def suspended(target: dict, flag: str) -> bool:
    return target["SuspendedState"][flag]


def register(call: dict) -> dict:
    target = find(call)
    least = call.get("MinCapacity", target and target["MinCapacity"])
    most = call.get("MaxCapacity", target and target["MaxCapacity"])
    if least is None or most is None:
        raise invalid("Both min capacity and max capacity must be set when registering a new scalable target")
    if least < 0 or most < least:
        raise invalid("Maximum capacity cannot be less than minimum capacity, nor either of them below 0")
    if call["ServiceNamespace"] != "ecs" or call["ScalableDimension"] != _DIMENSION:
        raise invalid("The local AWS scales the desired count of ECS services only")
    if capacity.service(call["ResourceId"]) is None:
        raise invalid(f"ECS service doesn't exist: {call['ResourceId']}")
    if target is None:
        target = _create(call)
    elif "Tags" in call:
        raise invalid("Tags cannot be changed by an update: use TagResource")
    target |= {"MinCapacity": least, "MaxCapacity": most}
    resumed = any(target["SuspendedState"][flag] and not value for flag, value in _named(call).items())
    target["SuspendedState"] |= _named(call)
    events.emit(
        "scalable_target_registered",
        resource=target["ResourceId"],
        min=least,
        max=most,
        suspended=[flag for flag in _FLAGS if suspended(target, flag)],
    )
    capacity.bring_within(target, "the scalable target was registered or updated")
    if resumed:
        for evaluate in on_resume:
            evaluate(target)
    return {"ScalableTargetARN": target["ScalableTargetARN"]}


def _create(call: dict) -> dict:
    account, region = get_account_id(), get_region()
    target = {
        **{name: call[name] for name in ("ServiceNamespace", "ResourceId", "ScalableDimension")},
        "RoleARN": f"arn:aws:iam::{account}:role/aws-service-role/ecs.application-autoscaling.amazonaws.com/"
        "AWSServiceRoleForApplicationAutoScaling_ECSService",
        "CreationTime": round(time.time(), 3),
        "SuspendedState": dict.fromkeys(_FLAGS, False),
        "ScalableTargetARN": f"arn:aws:application-autoscaling:{region}:{account}:scalable-target/"
        + new_uuid().replace("-", "")[:24],
        "_tags": dict(call.get("Tags", {})),
    }
    _targets[key(call)] = target
    return target


def _named(call: dict) -> dict[str, bool]:
    return {flag: value for flag, value in call.get("SuspendedState", {}).items() if value is not None}


def deregister(call: dict) -> dict:
    target = required(call)
    del _targets[key(call)]
    for forget in on_deregister:
        forget(target)
    return {}


def describe(call: dict) -> dict:
    return {"ScalableTargets": [shown(target) for target in matching(_targets.values(), call)]}


def matching(things, call: dict) -> list[dict]:
    """Those that a Describe call selects."""
    resources = call.get("ResourceIds") or ([call["ResourceId"]] if "ResourceId" in call else None)
    return [
        thing
        for thing in things
        if thing["ServiceNamespace"] == call["ServiceNamespace"]
        and thing["ScalableDimension"] == call.get("ScalableDimension", thing["ScalableDimension"])
        and (resources is None or thing["ResourceId"] in resources)
    ]


def shown(thing: dict) -> dict:
    return {name: value for name, value in thing.items() if not name.startswith("_") and value is not None}


def list_tags(call: dict) -> dict:
    return {"Tags": _tagged(call)["_tags"]}


def tag(call: dict) -> dict:
    tags = _tagged(call)["_tags"]
    if len(tags | call["Tags"]) > _MOST_TAGS:
        raise Refused("TooManyTagsException", f"A scalable target has at most {_MOST_TAGS} tags")
    tags.update(call["Tags"])
    return {}


def untag(call: dict) -> dict:
    tags = _tagged(call)["_tags"]
    for name in call["TagKeys"]:
        tags.pop(name, None)
    return {}


def _tagged(call: dict) -> dict:
    if found := by_arn(call["ResourceARN"]):
        return found
    raise Refused("ResourceNotFoundException", f"Resource not found: {call['ResourceARN']}")
