"""Enforcement of policies, with corrections of ministack's checks of the waker's calls.

AWS's scopes and condition keys, by action: each service's page of
https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
ministack checks every ECS action that names a cluster against the cluster, ModifyRule and AddTags against `*`, does
not know ecs:cluster, allows every call of CloudWatch's SDKs, and lets the Data API read any secret. A denied call
becomes an event, `access_denied`.
"""

import json

from ministack import app
from ministack.core import iam_actions

import events
import scaling.permissions
import settings


def observe() -> None:
    """Call whenever the settings have changed."""
    app.AUTH = settings.current.policies_enforced


def _action(service, method, path, *request):
    """https://smithy.io/2.0/additional-specs/protocols/smithy-rpc-v2.html: the path ends with the operation."""
    found = _extract_iam_action(service, method, path, *request)
    if found is None and service == "monitoring" and "/operation/" in path:
        return f"cloudwatch:{path.rpartition('/')[2]}"
    return found


def _data_api(method, path, headers, body, query_params, request_id):
    """The Data API logs in with a secret that it reads with the caller's permissions:
    https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/data-api.access.html
    """
    if denied := _enforce_rds_data(method, path, headers, body, query_params, request_id):
        return denied
    secret = json.loads(body)["secretArn"]
    return app._enforce_data_plane(
        "rds-data", "secretsmanager:GetSecretValue", headers, query_params, request_id, resource_arn=secret
    )


def _resource(service, method, path, headers, body, query_params, region, account_id):
    if service == "monitoring":
        # The waker makes only one of these calls, which has no scope, and ministack cannot read its encoding.
        return "*"
    found = _extract_resource_arn(service, method, path, headers, body, query_params, region, account_id)
    if service == "ecs":
        return _ecs_resource(json.loads(body or b"{}"), found, f"arn:aws:ecs:{region}:{account_id}")
    if service == scaling.SERVICE:
        return scaling.permissions.scope(headers.get("x-amz-target", "").rpartition(".")[2], json.loads(body or b"{}"))
    if service == "rds" and found == "*" and iam_actions._query_param(query_params, "Action") == "DescribeDBInstances":
        # The resource that AWS names when it denies a list.
        return f"arn:aws:rds:{region}:{account_id}:db:*"
    if service == "elasticloadbalancing":
        arn = query_params.get("RuleArn") or query_params.get("ResourceArns.member.1") or found
        return arn[0] if isinstance(arn, list) else arn
    return found


def _ecs_resource(call: dict, found: str, prefix: str) -> str:
    cluster = call.get("cluster", "default").rsplit("/", 1)[-1]
    for kind, named in (
        ("service", call.get("service")),
        ("service", (call.get("services") or [None])[0]),
        ("task", (call.get("tasks") or [None])[0]),
    ):
        if isinstance(named, str):
            return named if named.startswith("arn:") else f"{prefix}:{kind}/{cluster}/{named}"
    return found


def _context(service, iam_action, body, params):
    context = _request_tag_context(service, iam_action, body, params)
    if service == "ecs":
        cluster = json.loads(body or b"{}").get("cluster")
        if cluster:
            return {**context, "ecs:cluster": cluster}
    if service == scaling.SERVICE:
        return {**context, **scaling.permissions.context(json.loads(body or b"{}"))}
    return context


def _denied(service, action, principal_arn, *arguments, **named):
    events.emit("access_denied", action=action, principal=principal_arn)
    return _access_denied_response(service, action, principal_arn, *arguments, **named)


def install() -> None:
    global _extract_iam_action, _enforce_rds_data, _extract_resource_arn, _request_tag_context, _access_denied_response
    _extract_iam_action, iam_actions.extract_iam_action = iam_actions.extract_iam_action, _action
    _enforce_rds_data, app._enforce_rds_data = app._enforce_rds_data, _data_api
    _extract_resource_arn, iam_actions.extract_resource_arn = iam_actions.extract_resource_arn, _resource
    _request_tag_context, iam_actions.request_tag_context = iam_actions.request_tag_context, _context
    _access_denied_response, iam_actions.access_denied_response = iam_actions.access_denied_response, _denied
    observe()
