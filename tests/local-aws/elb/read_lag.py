"""Rules and tags as DescribeRules and DescribeTags return them, possibly those before a change (../read_lag.py)."""

import re

from ministack.services import alb

import read_lag

_LAG = "elb_read_lag"
_TAGS = re.compile(r"<ResourceArn>(.*?)</ResourceArn><Tags>.*?</Tags>")

_reading = False


def _rule(rule: dict, *arguments, **options) -> str:
    xml = _rule_xml(rule, *arguments, **options)
    return read_lag.show(rule["RuleArn"], xml) if _reading else xml


def _describe_rules(params):
    global _reading
    _reading = True
    try:
        return _describe_rules_now(params)
    finally:
        _reading = False


def _modify_rule(params):
    arn = alb._p(params, "RuleArn")
    if arn in alb._rules:
        read_lag.note(_LAG, arn, _rule_xml(alb._rules[arn]))
    response = _modify_rule_now(params)
    if arn in alb._rules:
        read_lag.note(_LAG, arn, _rule_xml(alb._rules[arn]))
    return response


def _describe_tags(params):
    status, headers, body = _describe_tags_now(params)
    shown = _TAGS.sub(lambda found: read_lag.show(("tags", found[1]), found[0]), body.decode())
    return status, headers, shown.encode()


def _changing_tags(action):
    def change(params):
        _note_tags(params)
        response = action(params)
        _note_tags(params)
        return response

    return change


def _note_tags(params) -> None:
    _, _, body = _describe_tags_now(params)
    for found in _TAGS.finditer(body.decode()):
        read_lag.note(_LAG, ("tags", found[1]), found[0])


def install() -> None:
    global _rule_xml, _describe_rules_now, _modify_rule_now, _describe_tags_now
    actions = alb._ACTION_MAP
    _rule_xml, alb._rule_xml = alb._rule_xml, _rule
    _describe_rules_now, actions["DescribeRules"] = actions["DescribeRules"], _describe_rules
    _modify_rule_now, actions["ModifyRule"] = actions["ModifyRule"], _modify_rule
    _describe_tags_now, actions["DescribeTags"] = actions["DescribeTags"], _describe_tags
    for action in ("AddTags", "RemoveTags"):
        actions[action] = _changing_tags(actions[action])
