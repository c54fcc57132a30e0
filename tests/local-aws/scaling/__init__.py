"""Application Auto Scaling of ECS services, which ministack lacks: targets, policies, scheduled actions.

https://docs.aws.amazon.com/autoscaling/application/APIReference/Welcome.html
"""

from . import alarm_actions, api, permissions
from .refusals import SERVICE as SERVICE


def install() -> None:
    api.install()
    permissions.install()
    alarm_actions.install()
