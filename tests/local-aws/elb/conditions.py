"""How a rule's conditions are evaluated.

AWS: host names, paths, header values and query strings are compared with `*` and `?` as the only wildcards; paths as
the client sent them and case-sensitively, the others case-insensitively; a source address is compared with CIDR
blocks:
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html
ministack ignores query strings, compares the decoded path, treats brackets as wildcards, and accepts every visitor
for any source address.
"""

import ipaddress
import re
from urllib.parse import unquote_plus

from ministack.services import alb

_parse_conditions = alb._parse_conditions
_condition_xml = alb._condition_xml


def matches(condition: dict, request) -> bool:
    field, values = condition["Field"], condition["Values"]
    if field == "host-header":
        host = request.header("host").rpartition(":")[0] or request.header("host")
        return any(_like(host, value, ignore_case=True) for value in values)
    if field == "path-pattern":
        return any(_like(request.path, value) for value in values)
    if field == "http-request-method":
        return request.method in values
    if field == "http-header":
        config = condition["HttpHeaderConfig"]
        sent = request.headers_named(config["HttpHeaderName"])
        return any(_like(have, value, ignore_case=True) for have in sent for value in config["Values"])
    if field == "query-string":
        return any(_query_has(request.query, pair) for pair in condition["QueryStringValues"])
    if field == "source-ip":
        return any(ipaddress.ip_address(request.client) in ipaddress.ip_network(value) for value in values)
    raise ValueError(f"no such condition: {field}")


def _like(text: str, pattern: str, *, ignore_case: bool = False) -> bool:
    wildcards = {"*": ".*", "?": "."}
    expression = "".join(wildcards.get(character, re.escape(character)) for character in pattern)
    return re.fullmatch(expression, text, re.DOTALL | (re.IGNORECASE if ignore_case else 0)) is not None


def _query_has(query: str, pair: dict) -> bool:
    sent = [parameter.partition("=")[::2] for parameter in query.split("&") if parameter]
    return any(
        ("Key" not in pair or _like(unquote_plus(key), pair["Key"], ignore_case=True))
        and _like(unquote_plus(value), pair["Value"], ignore_case=True)
        for key, value in sent
    )


def _parse(params, prefix="Conditions"):
    conditions = _parse_conditions(params, prefix)
    for position, condition in enumerate(conditions, start=1):
        if condition["Field"] != "query-string":
            continue
        pairs, i = [], 1
        base = f"{prefix}.member.{position}.QueryStringConfig.Values.member"
        while value := alb._p(params, f"{base}.{i}.Value"):
            key = alb._p(params, f"{base}.{i}.Key")
            pairs.append({"Key": key, "Value": value} if key else {"Value": value})
            i += 1
        condition["QueryStringValues"] = pairs
    return conditions


def _xml(condition):
    xml = _condition_xml(condition)
    if "QueryStringValues" not in condition:
        return xml
    members = "".join(
        "<member>" + "".join(f"<{name}>{alb._esc(text)}</{name}>" for name, text in pair.items()) + "</member>"
        for pair in condition["QueryStringValues"]
    )
    return xml.removesuffix("</member>") + f"<QueryStringConfig><Values>{members}</Values></QueryStringConfig></member>"


def install() -> None:
    alb._parse_conditions = _parse
    alb._condition_xml = _xml
