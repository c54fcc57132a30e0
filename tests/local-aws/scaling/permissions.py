"""Who may scale what, where policies are enforced.

- The resource of every call that changes a target, or reads its tags, is the target's ARN; other calls have none:
  https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsapplicationautoscaling.html
- The caller also needs the permissions that Application Auto Scaling checks on the caller's behalf, for the scaled
  service and for CloudWatch, or gets a ValidationException. The guide has the whole list for Aurora's
  RegisterScalableTarget; for ECS it is that of the ECS guide's policy, as far as it concerns the service and its
  alarms:
  https://docs.aws.amazon.com/autoscaling/application/userguide/security_iam_permission_validation.html
  https://docs.aws.amazon.com/AmazonECS/latest/developerguide/auto-scaling-IAM.html
"""

import json

from ministack import app
from ministack.core import iam_evaluator
from ministack.core.responses import get_account_id, get_region
from ministack.core.router import extract_access_key_id
from ministack.services import tagging

import events

from . import targets
from .refusals import SERVICE, invalid

_UNSCOPED = ("DescribeScalableTargets", "DescribeScalingPolicies", "DescribeScheduledActions")
_CHECKED = ("RegisterScalableTarget", "PutScalingPolicy")
_OF_SERVICE = ("ecs:DescribeServices", "ecs:UpdateService")
_OF_ALARMS = ("cloudwatch:PutMetricAlarm", "cloudwatch:DescribeAlarms", "cloudwatch:DeleteAlarms")


def scope(operation: str, call: dict) -> str:
    """The resource against which a call is checked."""
    if operation in _UNSCOPED:
        return "*"
    if "ResourceARN" in call:
        return call["ResourceARN"]
    prefix = f"arn:aws:application-autoscaling:{get_region()}:{get_account_id()}:scalable-target/"
    named = {"ServiceNamespace", "ResourceId", "ScalableDimension"} <= call.keys()
    found = targets.find(call) if named else None
    return found["ScalableTargetARN"] if found else f"{prefix}*"


def context(call: dict) -> dict:
    keys = {"service-namespace": "ServiceNamespace", "scalable-dimension": "ScalableDimension"}
    return {f"application-autoscaling:{key}": call[name] for key, name in keys.items() if name in call}


def check(operation: str, call: dict, headers: dict, query_params: dict) -> None:
    """Raises if the caller lacks a permission that is checked on its behalf."""
    if not app.AUTH or operation not in _CHECKED:
        return
    caller = extract_access_key_id(headers, query_params)
    prefix = f"arn:aws:ecs:{get_region()}:{get_account_id()}"
    cluster = {"ecs:cluster": f"{prefix}:cluster/{call['ResourceId'].split('/')[1]}"}
    wanted = [(action, f"{prefix}:{call['ResourceId']}", cluster) for action in _OF_SERVICE]
    wanted += [(action, "*", {}) for action in _OF_ALARMS]
    missing = []
    for action, resource, keys in wanted:
        service = action.partition(":")[0]
        if denied := iam_evaluator.enforce(
            caller, action, service, get_region(), resource_arn=resource, service_context=keys
        ):
            missing.append(action)
            events.emit("access_denied", action=action, principal=getattr(denied, "principal_arn", None))
    if missing:
        raise invalid(f"User is missing the following permissions: {missing}".replace("'", ""))


def _tagged():
    for target in targets.all_here():
        yield target["ScalableTargetARN"], [{"Key": key, "Value": value} for key, value in target["_tags"].items()]


def install() -> None:
    tagging._RESOURCE_TAG_COLLECTORS[SERVICE] = _tagged
