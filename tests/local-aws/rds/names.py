"""A cluster's names in DNS, which are its own for as long as it lives.

https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.Overview.Endpoints.html
ministack replaces them by the address of the container that it would run, as soon as there is an instance, so that
Terraform would make anew whatever has the first ones.
"""

from ministack.services import rds


def _keep(_cluster: dict) -> None:
    pass


def install() -> None:
    rds._sync_cluster_endpoints = _keep
