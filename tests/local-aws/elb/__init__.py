"""Corrections of ministack's load balancer: control plane, target health and data plane."""

from . import cognito, conditions, forward, lambda_group, listener, propagation, read_lag, refusals, targets


def install() -> None:
    forward.install()
    conditions.install()
    lambda_group.install()
    refusals.install()
    cognito.install()
    propagation.install()
    read_lag.install()
    targets.install()
    listener.install()
