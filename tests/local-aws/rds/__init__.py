"""Corrections of ministack's RDS."""

from . import auto_pause, data_api, lifecycle


def install() -> None:
    auto_pause.install()
    data_api.install()
    lifecycle.install()
