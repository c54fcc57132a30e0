"""Actions that log visitors in with Cognito: kept, described, and only for callers who may read the pool's client.

AWS reads the client of the user pool with the permissions of the caller, who needs
cognito-idp:DescribeUserPoolClient:
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-authenticate-users.html#cognito-requirements
Any other caller gets InvalidLoadBalancerAction, with this message: github.com/awslabs/kubeflow-manifests/issues/18
No source says whether an unchanged action is checked again when it is written again; here it is.
ministack drops the configuration and checks nothing. Here visitors are let through without a login.
"""

import contextvars

from ministack import app
from ministack.core import iam_evaluator
from ministack.core.responses import get_region
from ministack.core.router import extract_access_key_id
from ministack.services import alb

import events

_TYPE = "authenticate-cognito"
_ACTION = "cognito-idp:DescribeUserPoolClient"
_DENIED = "User is not authorized to perform 'describeUserPoolClient'"
# With AWS's defaults: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_AuthenticateCognitoActionConfig.html
_FIELDS = {
    "UserPoolArn": None,
    "UserPoolClientId": None,
    "UserPoolDomain": None,
    "SessionCookieName": "AWSELBAuthSessionCookie",
    "Scope": "openid",
    "SessionTimeout": "604800",
    "OnUnauthenticatedRequest": "authenticate",
}
_WRITING = {
    "CreateListener": "DefaultActions",
    "ModifyListener": "DefaultActions",
    "CreateRule": "Actions",
    "ModifyRule": "Actions",
}

_caller: contextvars.ContextVar[str] = contextvars.ContextVar("caller", default="")


def _parse(params, prefix="DefaultActions"):
    actions = _parse_actions(params, prefix)
    for position, action in enumerate(actions, start=1):
        if action["Type"] == _TYPE:
            config = f"{prefix}.member.{position}.AuthenticateCognitoConfig"
            action["AuthenticateCognitoConfig"] = {
                field: alb._p(params, f"{config}.{field}", default) for field, default in _FIELDS.items()
            }
    return actions


def _xml(action):
    xml = _action_xml(action)
    if action["Type"] != _TYPE:
        return xml
    fields = "".join(
        f"<{field}>{alb._esc(value)}</{field}>" for field, value in action["AuthenticateCognitoConfig"].items()
    )
    return xml.removesuffix("</member>") + f"<AuthenticateCognitoConfig>{fields}</AuthenticateCognitoConfig></member>"


async def _handle(method, path, headers, body, query_params):
    _caller.set(extract_access_key_id(headers, query_params))
    return await _handle_request(method, path, headers, body, query_params)


def _checked(handler, prefix: str):
    def check(params):
        pools = [
            action["AuthenticateCognitoConfig"]["UserPoolArn"]
            for action in alb._parse_actions(params, prefix)
            if action["Type"] == _TYPE
        ]
        for pool in pools if app.AUTH else []:
            denied = iam_evaluator.enforce(_caller.get(), _ACTION, "cognito-idp", get_region(), resource_arn=pool)
            if denied:
                events.emit("access_denied", action=_ACTION, principal=getattr(denied, "principal_arn", None))
                return alb._error("InvalidLoadBalancerAction", _DENIED)
        return handler(params)

    return check


def install() -> None:
    global _parse_actions, _action_xml, _handle_request
    _parse_actions, alb._parse_actions = alb._parse_actions, _parse
    _action_xml, alb._action_xml = alb._action_xml, _xml
    _handle_request, alb.handle_request = alb.handle_request, _handle
    for action, prefix in _WRITING.items():
        alb._ACTION_MAP[action] = _checked(alb._ACTION_MAP[action], prefix)
