"""Invokes a function on behalf of a service, if the policy allows it, and returns its log too."""

import json
from fnmatch import fnmatchcase

from ministack.core.responses import get_account_id, get_region
from ministack.services import lambda_svc


def invoke(function_arn: str, event: object) -> tuple[object, str, str | None]:
    """The function's answer, its log, and the reason if there is no answer. Blocks; works in the caller's account and
    region.
    """
    function, config = _find(function_arn)
    if not function:
        return None, "", "no such function"
    result = lambda_svc._execute_function_with_config_scope(
        lambda_svc._execution_record_for_config(function, config), event
    )
    failed = result.get("error") or result.get("throttle")
    return result.get("body"), result.get("log", ""), json.dumps(result.get("body")) if failed else None


def permits(function_arn: str, principal: str, source_arn: str) -> bool:
    """Whether the function's resource policy lets a service invoke it on behalf of this resource."""
    function, _ = _find(function_arn)
    statements = ((function or {}).get("policy") or {}).get("Statement", [])
    return any(
        statement["Principal"] in (principal, {"Service": principal}, "*")
        and statement["Action"] in ("lambda:InvokeFunction", "lambda:*")
        and all(fnmatchcase(source_arn, source) for source in _source_arns(statement))
        for statement in statements
    )


def _find(function_arn: str) -> tuple[dict | None, dict | None]:
    function, config, _ = lambda_svc._get_func_record_for_ref_in_scope(
        function_arn, account_id=get_account_id(), region=get_region()
    )
    return function, config


def _source_arns(statement: dict) -> list[str]:
    tests = statement.get("Condition", {}).values()
    return [value for test in tests for key, value in test.items() if key.lower() == "aws:sourcearn"]
