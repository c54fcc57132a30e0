"""Alarms in the form-encoded protocol, which Terraform's provider uses: kept and described with all their fields.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricAlarm.html
ministack returns ten fields of an alarm in XML, so that Terraform would set the others in every plan, and drops the
metrics of an alarm's expression.
"""

import json
from xml.sax.saxutils import escape

from ministack.services import cloudwatch

# Fields that an alarm on an expression does not have.
_OF_ONE_METRIC = ("MetricName", "Namespace", "Statistic", "Period")
_TIMES = ("StateUpdatedTimestamp", "AlarmConfigurationUpdatedTimestamp")


def _put(params, data, is_cbor, is_json=False):
    response = _put_metric_alarm(params, data, is_cbor, is_json)
    if is_cbor or is_json or response[0] != 200:
        return response
    asked = _decoded(params)
    if "Metrics" in asked:
        alarm = cloudwatch._alarms[asked["AlarmName"]]
        alarm["Metrics"] = asked["Metrics"]
        for field in _OF_ONE_METRIC:
            del alarm[field]
    return response


def _describe(params, data, is_cbor, is_json=False):
    if is_cbor or is_json:
        return _describe_alarms(params, data, is_cbor, is_json)
    status, headers, body = _describe_alarms(params, _decoded(params), False, True)
    if status != 200:
        return _describe_alarms(params, data, is_cbor, is_json)
    described = json.loads(body)
    for alarm in described["MetricAlarms"] + described["CompositeAlarms"]:
        alarm |= {field: cloudwatch._ts_iso(alarm[field]) for field in _TIMES if field in alarm}
    result = f"<DescribeAlarmsResult>{_xml(described)}</DescribeAlarmsResult>"
    return cloudwatch._xml(200, "DescribeAlarmsResponse", result)


def _decoded(params) -> dict:
    """The call's parameters, such as `A.member.2.B`, as nested objects and lists."""
    tree: dict = {}
    for name, value in params.items():
        node = tree
        *path, last = name.split(".")
        for part in path:
            node = node.setdefault(part, {})
        node[last] = value[0] if isinstance(value, list) else value
    return _with_lists(tree)


def _with_lists(node):
    if not isinstance(node, dict):
        return node
    if node.keys() == {"member"}:
        members = node["member"]
        return [_with_lists(members[number]) for number in sorted(members, key=int)]
    return {name: _with_lists(value) for name, value in node.items()}


def _xml(value) -> str:
    if isinstance(value, dict):
        present = {name: part for name, part in value.items() if part not in (None, "")}
        return "".join(f"<{name}>{_xml(part)}</{name}>" for name, part in present.items())
    if isinstance(value, list):
        return "".join(f"<member>{_xml(part)}</member>" for part in value)
    return escape(str(value).lower() if isinstance(value, bool) else str(value))


def install() -> None:
    global _put_metric_alarm, _describe_alarms
    _put_metric_alarm, cloudwatch._put_metric_alarm = cloudwatch._put_metric_alarm, _put
    _describe_alarms, cloudwatch._describe_alarms = cloudwatch._describe_alarms, _describe
