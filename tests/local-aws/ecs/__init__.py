"""Corrections of ministack's ECS: tasks are processes, and services keep them running like AWS."""

from . import credentials, deployments, protection, read_lag, rebalancing, scheduler, services, task, utilization


def install() -> None:
    credentials.install()
    task.install()
    scheduler.install()
    deployments.install()
    services.install()
    rebalancing.install()
    protection.install()
    read_lag.install()
