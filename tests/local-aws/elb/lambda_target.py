"""A function as a target: its event, and the translation of its answer.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html
ministack decodes the path and the multi-value query, sends multi-value headers together with single ones, and treats
an answer without a status code as a page with status 200.
"""

import base64
import binascii
import json
import time
from collections.abc import Callable

from ministack.core.concurrency import run_reentrant
from ministack.services import alb

import events
import functions

from . import refusals
from .request import HOP_BY_HOP, Request, Response, own

# The limit in bytes of the visitor's body, and of the function's whole answer.
_LIMIT = 1024 * 1024
_TEXT = ("application/json", "application/javascript", "application/xml")


async def forward(
    function_arn: str, target_group_arn: str, request: Request, passed: Callable[[int], None]
) -> Response:
    """Calls `passed` with the size of the request and of the answer."""
    if request.headers_named("upgrade"):
        return own(400, "400 Bad Request")
    if len(request.body) > _LIMIT:
        return own(413, "413 Request Entity Too Large")
    if not refusals.may_invoke(function_arn, target_group_arn):
        return own(502, "502 Bad Gateway")
    multi_value = _multi_value(target_group_arn)
    started = time.time()
    passed(len(request.target) + sum(len(name) + len(value) for name, value in request.headers) + len(request.body))
    event = _event(target_group_arn, request, multi_value)
    answer, log, failure = await run_reentrant(functions.invoke, function_arn, event)
    passed(len(json.dumps(answer)))
    response = None if failure else _response(answer, multi_value)
    events.emit(
        "lambda_invoked",
        function=function_arn,
        started=started,
        method=request.method,
        target=request.target,
        status=response.status if response else None,
        failure=failure if failure else None if response else "malformed answer",
        log=log,
    )
    return response or own(502, "502 Bad Gateway")


def _multi_value(target_group_arn: str) -> bool:
    attributes = {attribute["Key"]: attribute["Value"] for attribute in alb._tg_attrs[target_group_arn]}
    return attributes.get("lambda.multi_value_headers.enabled") == "true"


def _event(target_group_arn: str, request: Request, multi_value: bool) -> dict:
    # Keys and values as sent, percent-encoded.
    query = [tuple(parameter.partition("=")[::2]) for parameter in request.query.split("&") if parameter]
    headers = [(name.lower(), value) for name, value in request.headers if name.lower() not in HOP_BY_HOP]
    event = {
        "requestContext": {"elb": {"targetGroupArn": target_group_arn}},
        "httpMethod": request.method,
        "path": request.path,
    }
    if multi_value:
        event["multiValueQueryStringParameters"] = _collect(query)
        event["multiValueHeaders"] = _collect(headers)
    else:
        event["queryStringParameters"] = dict(query)
        event["headers"] = dict(headers)
    content_type = request.header("content-type").partition(";")[0].strip().lower()
    text = not request.headers_named("content-encoding") and (
        not request.body or content_type.startswith("text/") or content_type in _TEXT
    )
    event["body"] = request.body.decode("utf-8", "replace") if text else base64.b64encode(request.body).decode()
    event["isBase64Encoded"] = not text
    return event


def _collect(pairs: list[tuple[str, str]]) -> dict[str, list[str]]:
    collected: dict[str, list[str]] = {}
    for name, value in pairs:
        collected.setdefault(name, []).append(value)
    return collected


def _response(answer: object, multi_value: bool) -> Response | None:
    """None if the answer is malformed. Reads only the form of headers that the target group is configured for."""
    if not isinstance(answer, dict) or len(json.dumps(answer)) > _LIMIT:
        return None
    status = answer.get("statusCode")
    if isinstance(status, bool) or not isinstance(status, int) or not 200 <= status <= 599:
        return None
    if multi_value:
        headers = [
            (name, value) for name, values in (answer.get("multiValueHeaders") or {}).items() for value in values
        ]
    else:
        headers = list((answer.get("headers") or {}).items())
    body = answer.get("body") or ""
    if not isinstance(body, str) or not all(isinstance(value, str) for _, value in headers):
        return None
    try:
        content = base64.b64decode(body, validate=True) if answer.get("isBase64Encoded") else body.encode()
    except binascii.Error:
        return None
    own_headers = [("Server", "awselb/2.0")] if not any(name.lower() == "server" for name, _ in headers) else []
    return Response(status, own_headers + headers, content)
