"""The desired count of a scalable target's service, and setting it.

Every wanted capacity is limited to the target's minimum and maximum:
https://docs.aws.amazon.com/autoscaling/application/APIReference/API_RegisterScalableTarget.html
"""

from ministack.services import ecs

import events


def service(resource_id: str) -> dict | None:
    """The service of a resource id, `service/CLUSTER/NAME`, unless it is deleted."""
    found = ecs._services.get(resource_id.removeprefix("service/"))
    return found if found and found["status"] == "ACTIVE" else None


def current(target: dict) -> int | None:
    found = service(target["ResourceId"])
    return None if found is None else found["desiredCount"]


def clamped(target: dict, wanted: int) -> int:
    return max(target["MinCapacity"], min(target["MaxCapacity"], wanted))


def bring_within(target: dict, cause: str) -> None:
    """Raises a capacity below the minimum to it, lowers one above the maximum to it."""
    if (now := current(target)) is not None:
        set_to(target, clamped(target, now), cause)


def set_to(target: dict, wanted: int, cause: str) -> bool:
    """Returns whether the capacity changed."""
    before = current(target)
    if before is None or before == wanted:
        return False
    _, cluster, name = target["ResourceId"].split("/")
    events.emit("scaling_activity", resource=target["ResourceId"], before=before, count=wanted, cause=cause)
    ecs._ACTION_MAP["UpdateService"]({"cluster": cluster, "service": name, "desiredCount": wanted})
    return True


def deploying(target: dict) -> bool:
    """Whether the service is being deployed; Application Auto Scaling does not scale in then:
    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-autoscaling-targettracking.html
    """
    found = service(target["ResourceId"])
    return found is not None and any(
        deployment["rolloutState"] == "IN_PROGRESS" for deployment in found["deployments"]
    )
