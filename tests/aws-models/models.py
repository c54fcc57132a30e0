"""The service models of botocore, and the operations that the programs' source calls."""

import functools
import re
from pathlib import Path

from botocore import xform_name
from botocore.loaders import create_loader
from botocore.model import ServiceModel

# The SDK's crate of each service that the source may call, by botocore's name of the service.
CRATES = {
    "application-autoscaling": "aws_sdk_applicationautoscaling",
    "cloudwatch": "aws_sdk_cloudwatch",
    "ecs": "aws_sdk_ecs",
    "elbv2": "aws_sdk_elasticloadbalancingv2",
    "rds": "aws_sdk_rds",
    "rds-data": "aws_sdk_rdsdata",
    "secretsmanager": "aws_sdk_secretsmanager",
}


@functools.cache
def service_model(service: str) -> ServiceModel:
    return ServiceModel(create_loader().load_service_model(service, "service-2"), service)


def operations_called(folder: Path) -> list[tuple[str, str]]:
    """Service and operation of each SDK call in the Rust files of a folder.

    A call begins with a method of the client that has the operation's name and no arguments.
    """
    called = set()
    for path in sorted(folder.rglob("*.rs")):
        source = re.sub(r"//.*", "", path.read_text())
        for crate in set(re.findall(r"\baws_sdk_\w+", source)):
            services = [service for service, name in CRATES.items() if name == crate]
            if not services:
                raise SystemExit(f"{path.name} uses {crate}: add it to CRATES in {Path(__file__).name}")
            model = service_model(services[0])
            methods = {xform_name(operation): operation for operation in model.operation_names}
            for method in re.findall(r"\.(\w+)\(\)", source):
                if method in methods:
                    called.add((services[0], methods[method]))
    return sorted(called)
