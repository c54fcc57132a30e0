"""Scheduled actions: at a set time they change a target's minimum or maximum, and so its capacity.

https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PutScheduledAction.html: "At the scheduled time,
if the current capacity is below the minimum capacity, Application Auto Scaling scales out to the minimum capacity. If
the current capacity is above the maximum capacity, Application Auto Scaling scales in to the maximum capacity."
Actions that were due while scheduled scaling was suspended are skipped:
https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-suspend-resume-scaling.html
An action has its own clock, which begins when it is put and runs at the speed `scheduler_speed`.
"""

import re
import threading
import time
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ministack.core.responses import AccountRegionScopedDict, get_account_id, get_region, new_uuid, request_scope
from ministack.services import eventbridge

import events
import settings

from . import capacity, targets
from .refusals import invalid, not_found

_AT = re.compile(r"at\((\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\)")
# How soon an action that is due is noticed, in seconds.
_NOTICE = 0.05
_CAPACITIES = ("MinCapacity", "MaxCapacity")

# By namespace, resource, dimension and name.
_actions = AccountRegionScopedDict()
_watching = threading.Lock()


def put(call: dict) -> dict:
    targets.required(call)
    key = (*targets.key(call), call["ScheduledActionName"])
    before = _actions.get(key, {})
    schedule = call.get("Schedule", before.get("Schedule"))
    changes = call.get("ScalableTargetAction", before.get("ScalableTargetAction"))
    if not schedule or not changes:
        raise invalid("A new scheduled action needs a schedule and a scalable target action")
    if not any(name in changes for name in _CAPACITIES):
        raise invalid("A scalable target action needs a minimum or a maximum capacity")
    zone = _zone(call.get("Timezone", before.get("Timezone")))
    now = time.time()
    arn = f"arn:aws:autoscaling:{get_region()}:{get_account_id()}:scheduledAction:{new_uuid()}"
    action = {
        "ScheduledActionName": key[3],
        "ScheduledActionARN": f"{arn}:resource/{key[0]}/{key[1]}:scheduledActionName/{key[3]}",
        **dict(zip(("ServiceNamespace", "ResourceId", "ScalableDimension"), key, strict=False)),
        "Schedule": schedule,
        "Timezone": call.get("Timezone", before.get("Timezone")),
        "ScalableTargetAction": changes,
        # "If you don't specify start and end times, the old values are deleted."
        "StartTime": call.get("StartTime"),
        "EndTime": call.get("EndTime"),
        "CreationTime": round(now, 3),
        "_zone": zone,
        "_clock": now,
        "_seen": now,
    }
    for kept in ("ScheduledActionARN", "CreationTime"):
        action[kept] = before.get(kept, action[kept])
    action["_due"] = _next(action, now)
    _actions[key] = action
    if _watching.acquire(blocking=False):
        threading.Thread(target=_watch, daemon=True).start()
    return {}


def describe(call: dict) -> dict:
    names = call.get("ScheduledActionNames")
    found = targets.matching(_actions.values(), call)
    found = [action for action in found if not names or action["ScheduledActionName"] in names]
    return {"ScheduledActions": [targets.shown(action) for action in found]}


def delete(call: dict) -> dict:
    if _actions.pop((*targets.key(call), call["ScheduledActionName"]), None) is None:
        raise not_found("scheduled action found", call, f"scheduled action name: {call['ScheduledActionName']}")
    return {}


def _forget(target: dict) -> None:
    for name in [name for *key, name in _actions.keys() if tuple(key) == targets.key(target)]:
        del _actions[*targets.key(target), name]


def _zone(name: str | None):
    try:
        return ZoneInfo(name) if name else UTC
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise invalid(f"There is no time zone {name}") from error


def _next(action: dict, after: float) -> float | None:
    """When the action is due next, as UNIX time; None if never."""
    begin, end = action["StartTime"] or 0, action["EndTime"]
    due = _next_unbounded(action, max(after, begin), begin)
    return None if due is None or (end and due > end) else due


def _next_unbounded(action: dict, after: float, begin: float) -> float | None:
    schedule, zone = action["Schedule"], action["_zone"]
    if moment := _AT.fullmatch(schedule):
        at = datetime.fromisoformat(moment[1]).replace(tzinfo=zone).timestamp()
        return at if at >= after else None
    if interval := eventbridge._parse_rate_seconds(schedule):
        first = begin or action["CreationTime"] + interval
        return first + max(0, -(-(after - first) // interval)) * interval
    if fields := eventbridge._parse_cron_fields(schedule):
        # Finds the next minute after the given one.
        moment = datetime.fromtimestamp(after, zone).replace(second=0, microsecond=0)
        if moment.timestamp() == after:
            moment -= timedelta(minutes=1)
        found = eventbridge._cron_next_fire(fields, moment)
        return found and found.timestamp()
    raise invalid(f"Invalid schedule expression: {schedule}")


def _watch() -> None:
    while True:
        for (account, region, _), action in _actions.all_items():
            now = time.time()
            action["_clock"] += (now - action["_seen"]) * settings.current.scheduler_speed
            action["_seen"] = now
            if action["_due"] is not None and action["_due"] <= action["_clock"]:
                # An action that is late by a whole interval or more is carried out once.
                action["_due"] = _next(action, action["_clock"] + 1e-3)
                with request_scope(account, region), targets.deciding:
                    _carry_out(action)
        time.sleep(_NOTICE)


def _carry_out(action: dict) -> None:
    target, name = targets.find(action), action["ScheduledActionName"]
    if target is None:
        return
    if targets.suspended(target, "ScheduledScalingSuspended"):
        events.emit("scheduled_action_suspended", action=name, resource=target["ResourceId"])
        return
    events.emit("scheduled_action", action=name, resource=target["ResourceId"])
    target |= {name: value for name, value in action["ScalableTargetAction"].items() if name in _CAPACITIES}
    capacity.bring_within(target, f"scheduled action {name}")


targets.on_deregister.append(_forget)
