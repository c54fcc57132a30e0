"""Rules of security groups that allow every protocol, which have no ports.

AWS: with -1 as the protocol all ports are allowed, regardless of any port range in the call:
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpPermission.html
ministack compares the ports nevertheless. Terraform's provider, which sends ports, then does not remove the default
rule of each group; its own rule is taken for that one and loses its description and tags.
"""

from ministack.services import ec2

_EVERY_PROTOCOL = "-1"


def _compared(rule: dict) -> dict:
    compared = _strip_descriptions(rule)
    if compared.get("IpProtocol") == _EVERY_PROTOCOL:
        compared = {field: value for field, value in compared.items() if field not in ("FromPort", "ToPort")}
    return compared


def install() -> None:
    global _strip_descriptions
    _strip_descriptions, ec2._strip_descriptions = ec2._strip_descriptions, _compared
