"""Requests that AWS refuses and ministack accepts.

- a forward to a target group that does not exist: TargetGroupNotFound; a priority in use: PriorityInUse
  https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateRule.html
- a description of rules by an ARN that does not exist: RuleNotFound
  https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeRules.html
- the registration of a function that does not let the load balancer invoke it
  https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html
"""

from ministack.services import alb

import functions

from . import forward

_PRINCIPAL = "elasticloadbalancing.amazonaws.com"


def missing_target_group(params, prefix: str) -> str | None:
    named = [arn for action in alb._parse_actions(params, prefix) for arn in forward.target_groups(action)]
    return next((arn for arn in named if arn not in alb._tgs), None)


def may_invoke(function_arn: str, target_group_arn: str) -> bool:
    """Whether the function's resource policy lets the load balancer invoke it for this target group."""
    return functions.permits(function_arn, _PRINCIPAL, target_group_arn)


def _refuse_missing_target_group(action: str, prefix: str) -> None:
    handler = alb._ACTION_MAP[action]

    def refuse(params):
        if arn := missing_target_group(params, prefix):
            return alb._error("TargetGroupNotFound", f"Target groups '{arn}' not found")
        return handler(params)

    alb._ACTION_MAP[action] = refuse


def _refuse_taken_priority() -> None:
    handler = alb._ACTION_MAP["CreateRule"]

    def refuse(params):
        listener, priority = alb._p(params, "ListenerArn"), alb._p(params, "Priority")
        if any(rule["ListenerArn"] == listener and rule["Priority"] == priority for rule in alb._rules.values()):
            return alb._error("PriorityInUse", f"Priority '{priority}' is currently in use")
        return handler(params)

    alb._ACTION_MAP["CreateRule"] = refuse


def _refuse_missing_rule() -> None:
    handler = alb._ACTION_MAP["DescribeRules"]

    def refuse(params):
        if any(arn not in alb._rules for arn in alb._parse_member_list(params, "RuleArns")):
            return alb._error("RuleNotFound", "One or more rules not found")
        return handler(params)

    alb._ACTION_MAP["DescribeRules"] = refuse


def install() -> None:
    for action, prefix in (
        ("CreateListener", "DefaultActions"),
        ("ModifyListener", "DefaultActions"),
        ("CreateRule", "Actions"),
        ("ModifyRule", "Actions"),
    ):
        _refuse_missing_target_group(action, prefix)
    _refuse_taken_priority()
    _refuse_missing_rule()
