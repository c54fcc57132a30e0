"""Invoking a function as a service does, which gets its log too."""

import json

from ministack.core.responses import get_account_id, get_region
from ministack.services import lambda_svc


def invoke(function_arn: str, event: object) -> tuple[object, str, str | None]:
    """The function's answer, its log, and why there is no answer. Blocks; works in the caller's account and region."""
    function, config, _ = lambda_svc._get_func_record_for_ref_in_scope(
        function_arn, account_id=get_account_id(), region=get_region()
    )
    if not function:
        return None, "", "no such function"
    result = lambda_svc._execute_function_with_config_scope(
        lambda_svc._execution_record_for_config(function, config), event
    )
    failed = result.get("error") or result.get("throttle")
    return result.get("body"), result.get("log", ""), json.dumps(result.get("body")) if failed else None
