"""Automatic rotation of a secret, which can be turned off.

AWS: CancelRotateSecret turns it off, also for a secret that RDS manages, and removes the rules. Terraform's provider
calls it when it destroys a rotation. RotateSecret with RotateImmediately false keeps the secret's version:
https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CancelRotateSecret.html
https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_RotateSecret.html
ministack has no CancelRotateSecret, and creates a new version with each RotateSecret.
"""

import json

from ministack.core.responses import json_response
from ministack.services import secretsmanager


def _secret(data: dict) -> dict | None:
    _, secret = secretsmanager._resolve(data.get("SecretId"))
    return None if secret is None or secret.get("DeletedDate") else secret


def _cancel(secret: dict):
    secret["RotationEnabled"] = False
    secret.pop("RotationRules", None)
    return json_response({"ARN": secret["ARN"], "Name": secret["Name"]})


def _plan(secret: dict, data: dict):
    secret["RotationEnabled"] = True
    secret["RotationRules"] = data.get("RotationRules") or secret.get("RotationRules")
    version, _ = secretsmanager._find_stage_version(secret, "AWSCURRENT")
    return json_response({"ARN": secret["ARN"], "Name": secret["Name"], "VersionId": version})


async def _handle(method, path, headers, body, query_params):
    action = headers.get("x-amz-target", "").removeprefix("secretsmanager.")
    if action in ("CancelRotateSecret", "RotateSecret"):
        data = json.loads(body)
        if secret := _secret(data):
            if action == "CancelRotateSecret":
                return _cancel(secret)
            if data.get("RotateImmediately") is False:
                return _plan(secret, data)
    return await _handle_request(method, path, headers, body, query_params)


def install() -> None:
    global _handle_request
    _handle_request, secretsmanager.handle_request = secretsmanager.handle_request, _handle
