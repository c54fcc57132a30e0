"""Corrections of ministack's load balancer: control plane, target health and data plane."""

from . import conditions, forward, listener, propagation, refusals, targets


def install() -> None:
    forward.install()
    conditions.install()
    refusals.install()
    propagation.install()
    targets.install()
    listener.install()
