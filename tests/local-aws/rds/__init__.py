"""Corrections of ministack's RDS."""

from . import auto_pause, capacity, data_api, lifecycle


def install() -> None:
    auto_pause.install()
    capacity.install()
    data_api.install()
    lifecycle.install()
