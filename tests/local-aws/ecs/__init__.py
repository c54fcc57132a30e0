"""Corrections of ministack's ECS: tasks are processes, and services keep them running as AWS does."""

from . import protection, rebalancing, scheduler, services, task


def install() -> None:
    task.install()
    scheduler.install()
    services.install()
    rebalancing.install()
    protection.install()
