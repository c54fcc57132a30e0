"""When a changed rule begins to route visitors.

AWS answers ModifyRule before its data plane follows, after a delay that it does not document. What DescribeRules shows
and how visitors are routed are therefore two things here too.
"""

import asyncio

from ministack.services import alb

import events
import settings

from . import forward

_routing: dict[str, list] = {}


def routing_actions(rule: dict) -> list[dict]:
    """The actions that visitors get, which are the described ones or, for a while, their predecessors."""
    return _routing.get(rule["RuleArn"], rule["Actions"])


def _modify_rule(params):
    arn = alb._p(params, "RuleArn")
    before = alb._rules[arn]["Actions"] if arn in alb._rules else None
    response = _handler(params)
    rule = alb._rules.get(arn)
    if response[0] == 200 and rule["Actions"] is not before:
        events.emit("rule_modified", rule=arn, target_groups=_destinations(rule))
        _routing.setdefault(arn, before)
        asyncio.get_running_loop().call_later(settings.current.rule_propagation_seconds, _follow, rule, rule["Actions"])
    return response


def _follow(rule: dict, actions: list[dict]) -> None:
    arn = rule["RuleArn"]
    if rule["Actions"] is actions:
        del _routing[arn]
    else:
        _routing[arn] = actions
    events.emit("rule_followed", rule=arn, target_groups=_destinations({"Actions": actions}))


def _destinations(rule: dict) -> dict[str, int]:
    return {arn: weight for action in rule["Actions"] for arn, weight in forward.target_groups(action).items()}


def install() -> None:
    global _handler
    _handler = alb._ACTION_MAP["ModifyRule"]
    alb._ACTION_MAP["ModifyRule"] = _modify_rule
