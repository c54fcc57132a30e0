"""The delay until a changed rule routes visitors.

AWS answers ModifyRule before its data plane follows, after a delay that it does not document. So here too, what
DescribeRules returns and how visitors are routed are separate. A load balancer has several nodes, which follow one by
one: at a pace that has `rule_propagation`, each request in the meantime is routed at random by the old or the new
actions. With `rule_propagation_seconds`, all of them are routed by the old ones.
"""

import asyncio
import random

from ministack.services import alb

import events
import pace
import settings

from . import forward

# For each changed rule: the actions that some node still has, the newest last.
_routing: dict[str, list[list[dict]]] = {}


def routing_actions(rule: dict) -> list[dict]:
    """The actions for a visitor: the described ones or, for a while, their predecessors."""
    routing = _routing.get(rule["RuleArn"], [rule["Actions"]])
    return random.choice(routing) if _mixed() else routing[0]


def _mixed() -> bool:
    return settings.current.rule_propagation_seconds is None and pace.holds("rule_propagation")


def _modify_rule(params):
    arn = alb._p(params, "RuleArn")
    before = alb._rules[arn]["Actions"] if arn in alb._rules else None
    response = _handler(params)
    rule = alb._rules.get(arn)
    if response[0] == 200 and rule["Actions"] is not before:
        events.emit("rule_modified", rule=arn, target_groups=_destinations(rule))
        _routing.setdefault(arn, [before]).append(rule["Actions"])
        delay = pace.sample("rule_propagation") if _mixed() else settings.current.rule_propagation_seconds
        asyncio.get_running_loop().call_later(delay or 0, _follow, rule, rule["Actions"])
    return response


def _follow(rule: dict, actions: list[dict]) -> None:
    arn = rule["RuleArn"]
    routing = _routing.get(arn, [])
    # A later change may propagate sooner, and then replaces this one.
    place = next((place for place, known in enumerate(routing) if known is actions), None)
    if place is None:
        return
    if place == len(routing) - 1:
        del _routing[arn]
    else:
        del routing[:place]
    events.emit("rule_followed", rule=arn, target_groups=_destinations({"Actions": actions}))


def _destinations(rule: dict) -> dict[str, int]:
    return {arn: weight for action in rule["Actions"] for arn, weight in forward.target_groups(action).items()}


def install() -> None:
    global _handler
    _handler = alb._ACTION_MAP["ModifyRule"]
    alb._ACTION_MAP["ModifyRule"] = _modify_rule
