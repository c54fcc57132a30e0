"""Forward actions made of weighted target groups.

AWS keeps `ForwardConfig`; DescribeRules returns a forward to one target group in both forms, one to several only as
`ForwardConfig`:
https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_Action.html
ministack drops the list.
"""

from ministack.services import alb

_parse_actions = alb._parse_actions
_action_xml = alb._action_xml


def target_groups(action: dict) -> dict[str, int]:
    """The weight, 0 to 999, of each target group that an action forwards to; none for any other action."""
    if action["Type"] != "forward":
        return {}
    return action["TargetGroups"]


def in_use(target_group_arn: str) -> bool:
    """Whether any rule or listener forwards to it, with any weight."""
    actions = [action for rule in alb._rules.values() for action in rule["Actions"]]
    return any(target_group_arn in target_groups(action) for action in actions)


def load_balancers(target_group_arn: str) -> set[str]:
    """The load balancers with a rule or listener that forwards to it."""
    rules = [rule for rule in alb._rules.values() if any(target_group_arn in target_groups(a) for a in rule["Actions"])]
    return {alb._listeners[rule["ListenerArn"]]["LoadBalancerArn"] for rule in rules}


def _parse(params, prefix="DefaultActions"):
    actions = _parse_actions(params, prefix)
    for position, action in enumerate(actions, start=1):
        if action["Type"] != "forward":
            continue
        config = f"{prefix}.member.{position}.ForwardConfig"
        groups, i = {}, 1
        while arn := alb._p(params, f"{config}.TargetGroups.member.{i}.TargetGroupArn"):
            groups[arn] = int(alb._p(params, f"{config}.TargetGroups.member.{i}.Weight", "1"))
            i += 1
        action["TargetGroups"] = groups or {action["TargetGroupArn"]: 1}
        if len(action["TargetGroups"]) == 1:
            action["TargetGroupArn"] = next(iter(action["TargetGroups"]))
        else:
            action.pop("TargetGroupArn", None)
    return actions


def _xml(action):
    xml = _action_xml(action)
    if action["Type"] != "forward":
        return xml
    members = "".join(
        f"<member><TargetGroupArn>{arn}</TargetGroupArn><Weight>{weight}</Weight></member>"
        for arn, weight in target_groups(action).items()
    )
    config = (
        f"<ForwardConfig><TargetGroups>{members}</TargetGroups>"
        "<TargetGroupStickinessConfig><Enabled>false</Enabled></TargetGroupStickinessConfig></ForwardConfig>"
    )
    return xml.removesuffix("</member>") + config + "</member>"


def install() -> None:
    alb._parse_actions = _parse
    alb._action_xml = _xml
