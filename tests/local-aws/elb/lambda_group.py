"""Target groups of functions are described without a protocol, a port and a VPC.

https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html: "If the target is a
Lambda function, this parameter does not apply."
ministack returns those of an HTTP target group, and Terraform's provider warns of a protocol that is not configured.
"""

import re

from ministack.services import alb

_ADDRESS = re.compile(r"<(Protocol|Port|VpcId|HealthCheckProtocol|HealthCheckPort)>.*?</\1>")


def _described(group: dict) -> str:
    xml = _group_xml(group)
    return _ADDRESS.sub("", xml) if group["TargetType"] == "lambda" else xml


def install() -> None:
    global _group_xml
    _group_xml, alb._tg_xml = alb._tg_xml, _described
