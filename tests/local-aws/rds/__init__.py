"""Corrections of ministack's RDS."""

from . import auto_pause, lifecycle


def install() -> None:
    auto_pause.install()
    lifecycle.install()
