"""Whether policies are enforced, and what ministack's enforcement gets wrong about the waker's calls.

AWS's scopes and condition keys, by action: each service's page of
https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
ministack holds every ECS action that names a cluster against the cluster, ModifyRule and AddTags against everything,
and knows no ecs:cluster. What is denied becomes an event, `access_denied`.
"""

import json

from ministack import app
from ministack.core import iam_actions

import events
import settings


def observe() -> None:
    """To be called whenever the settings have changed."""
    app.AUTH = settings.current.policies_enforced


def _resource(service, method, path, headers, body, query_params, region, account_id):
    found = _extract_resource_arn(service, method, path, headers, body, query_params, region, account_id)
    if service == "ecs":
        return _ecs_resource(json.loads(body or b"{}"), found, f"arn:aws:ecs:{region}:{account_id}")
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
    return context


def _denied(service, action, principal_arn, *arguments, **named):
    events.emit("access_denied", action=action, principal=principal_arn)
    return _access_denied_response(service, action, principal_arn, *arguments, **named)


def install() -> None:
    global _extract_resource_arn, _request_tag_context, _access_denied_response
    _extract_resource_arn, iam_actions.extract_resource_arn = iam_actions.extract_resource_arn, _resource
    _request_tag_context, iam_actions.request_tag_context = iam_actions.request_tag_context, _context
    _access_denied_response, iam_actions.access_denied_response = iam_actions.access_denied_response, _denied
    observe()
