"""Corrections of ministack's RDS."""

from . import auto_pause, capacity, data_api, lifecycle, log_exports, names


def install() -> None:
    auto_pause.install()
    capacity.install()
    data_api.install()
    lifecycle.install()
    log_exports.install()
    names.install()
