"""The API: JSON 1.1, operations by the header X-Amz-Target.

Parameters are checked against botocore's model, so that a call which an SDK would not make is refused like on AWS.
"""

import json

from ministack import app
from ministack.core import iam_actions, router
from ministack.core.concurrency import run_reentrant
from ministack.core.responses import error_response_json, json_response

from . import permissions, policies, refusals, schedules, targets
from .refusals import SERVICE

_OPERATIONS = {
    "RegisterScalableTarget": targets.register,
    "DescribeScalableTargets": targets.describe,
    "DeregisterScalableTarget": targets.deregister,
    "ListTagsForResource": targets.list_tags,
    "TagResource": targets.tag,
    "UntagResource": targets.untag,
    "PutScalingPolicy": policies.put,
    "DescribeScalingPolicies": policies.describe,
    "DeleteScalingPolicy": policies.delete,
    "PutScheduledAction": schedules.put,
    "DescribeScheduledActions": schedules.describe,
    "DeleteScheduledAction": schedules.delete,
}


async def _handle(method, path, headers, body, query_params):
    operation = headers.get("x-amz-target", "").rpartition(".")[2]
    if operation not in _OPERATIONS:
        if operation in refusals.operations():
            return error_response_json("InternalServiceException", f"The local AWS has no {operation}", 500)
        return error_response_json("UnknownOperationException", f"There is no {operation}", 400)
    # Setting a desired count starts and stops tasks, like a call to ECS, and must not block the event loop.
    return await run_reentrant(_carry_out, operation, headers, body, query_params)


def _carry_out(operation: str, headers: dict, body: bytes, query_params: dict):
    try:
        call = json.loads(body or b"{}")
        refusals.check(operation, call)
        permissions.check(operation, call, headers, query_params)
        with targets.deciding:
            return json_response(_OPERATIONS[operation](call))
    except refusals.Refused as refused:
        return error_response_json(refused.code, refused.message, 400)


def install() -> None:
    router.SERVICE_PATTERNS[SERVICE] = {"target_prefixes": ["AnyScaleFrontendService"]}
    iam_actions.SERVICE_TO_IAM_NAMESPACE[SERVICE] = SERVICE
    app.SERVICE_HANDLERS[SERVICE] = _handle
