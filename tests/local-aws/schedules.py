"""EventBridge Scheduler's rates: each invokes its function when it is created, and then at its interval.

AWS: a rate-based schedule without a StartDate starts at once:
https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#rate-based
ministack waits for a whole interval first, checks every ten seconds, and does not report the result. Its `at` and
`cron` stay as they are.
"""

import asyncio
import json
import math
import time

from ministack.core.concurrency import run_reentrant
from ministack.core.responses import get_account_id, get_region
from ministack.services import eventbridge, scheduler

import events
import functions
import settings

# How soon a changed speed or a deleted schedule is noticed, in seconds.
_NOTICE = 0.05

# References to tasks, which the event loop itself does not keep alive.
_work: set[asyncio.Task] = set()


def _created(name, body):
    return _begin(_create_schedule(name, body), name, body)


def _updated(name, body):
    return _begin(_update_schedule(name, body), name, body)


def _begin(response, name, body):
    interval = eventbridge._parse_rate_seconds(body.get("ScheduleExpression", ""))
    if response[0] == 200 and interval is not None:
        key = f"{body.get('GroupName', 'default')}/{name}"
        # Never due for ministack's own loop.
        scheduler._schedule_last_fired[get_account_id(), get_region(), key] = math.inf
        _do(_repeat(key, scheduler._schedules[key], interval))
    return response


async def _repeat(key: str, schedule: dict, interval: float) -> None:
    """Until the schedule is deleted, or replaced by an update."""
    last = -math.inf
    while scheduler._schedules.get(key) is schedule:
        now, every = time.monotonic(), interval / settings.current.scheduler_speed
        if now - last < every:
            await asyncio.sleep(min(_NOTICE, last + every - now))
            continue
        # A late tick does not delay the next ones.
        last = now if last + 2 * every < now else last + every
        if schedule["State"] == "ENABLED":
            _do(_invoke(schedule))


async def _invoke(schedule: dict) -> None:
    target, started = schedule["Target"], time.time()
    # Without an input the function gets an event that names the schedule.
    event = json.loads(target["Input"]) if "Input" in target else {"resources": [schedule["Arn"]]}
    answer, log, failure = await run_reentrant(functions.invoke, target["Arn"], event)
    events.emit(
        "schedule_invoked", schedule=schedule["Name"], started=started, answer=answer, failure=failure, log=log
    )


def _do(work) -> None:
    task = asyncio.get_running_loop().create_task(work)
    _work.add(task)
    task.add_done_callback(_work.discard)


def install() -> None:
    global _create_schedule, _update_schedule
    _create_schedule, scheduler._create_schedule = scheduler._create_schedule, _created
    _update_schedule, scheduler._update_schedule = scheduler._update_schedule, _updated
