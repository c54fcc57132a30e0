"""A cluster's DNS names, which never change.

https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.Overview.Endpoints.html
ministack replaces them by the address of a database container as soon as there is an instance, so that Terraform
would replace every resource that uses the first names.
"""

from ministack.services import rds


def _keep(_cluster: dict) -> None:
    pass


def install() -> None:
    rds._sync_cluster_endpoints = _keep
