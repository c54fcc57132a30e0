"""Alarms are evaluated once a minute of the metrics' time, each over the metric that its dimensions name.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html: an alarm reads more
periods than its evaluation periods, so that late datapoints do not matter; TreatMissingData decides about those that
are still missing.
ministack evaluates an alarm on PutMetricData, over all metrics of that name, and never treats data as missing.
"""

import logging
import operator
import threading
import time

from ministack.core.responses import request_scope
from ministack.services import cloudwatch

import settings

from . import store

# How soon a changed speed is noticed, and how often an alarm is evaluated, in seconds.
_NOTICE = 0.1
_MINUTE = 60
# How many periods longer the evaluation range is than the evaluation periods: in the page's examples, 5 for 3.
_EXTRA = 2

_COMPARISONS = {
    "GreaterThanThreshold": operator.gt,
    "GreaterThanOrEqualToThreshold": operator.ge,
    "LessThanThreshold": operator.lt,
    "LessThanOrEqualToThreshold": operator.le,
}
_ACTIONS = {"ALARM": "AlarmActions", "OK": "OKActions", "INSUFFICIENT_DATA": "InsufficientDataActions"}

# Called before each evaluation, to count what is counted once a minute.
each_minute = []

_pass = threading.local()


def calls(called: list[tuple[dict, list[float], list[str]]]) -> None:
    """Called with alarms, their datapoints and their actions; the code that carries out actions replaces it."""


def calling() -> list[tuple[dict, list[float], list[str]]]:
    """Each alarm that has actions for its present state, with the datapoints that led to it."""
    now = time.time()
    return [_call(alarm, now) for alarm in cloudwatch._alarms.values() if _actions(alarm, alarm["StateValue"])]


def _call(alarm: dict, now: float) -> tuple[dict, list[float], list[str]]:
    known = [value for value in _datapoints(alarm, now) or [] if value is not None]
    return alarm, known[-alarm["EvaluationPeriods"] :], _actions(alarm, alarm["StateValue"])


def _actions(alarm: dict, state: str) -> list[str]:
    return (alarm.get(_ACTIONS[state]) or []) if alarm.get("ActionsEnabled", True) else []


def _evaluate(alarm: dict) -> None:
    datapoints = _datapoints(alarm, time.time())
    if datapoints is None or alarm["ComparisonOperator"] not in _COMPARISONS:
        return
    state = _state(alarm, datapoints)
    before = alarm["StateValue"]
    if state == before:
        return
    reason = f"Threshold Crossed: {datapoints}, the newest last, beside the threshold {alarm['Threshold']}."
    alarm.update(StateValue=state, StateReason=reason, StateUpdatedTimestamp=int(time.time()))
    cloudwatch._record_history(alarm["AlarmName"], before, state, reason)
    cloudwatch._dispatch_alarm_actions(alarm, before, state, reason)
    cloudwatch._evaluate_parent_alarms(alarm)


def _state(alarm: dict, datapoints: list[float | None]) -> str:
    """`datapoints` are those of the evaluation range, the newest last, None where there is none."""
    periods, treatment = alarm["EvaluationPeriods"], alarm.get("TreatMissingData") or "missing"
    needed = alarm.get("DatapointsToAlarm") or periods
    compare, threshold = _COMPARISONS[alarm["ComparisonOperator"]], alarm["Threshold"]
    breaches = [None if value is None else compare(value, threshold) for value in datapoints]
    known = [breach for breach in breaches if breach is not None][-periods:]
    missing = periods - len(known)
    if sum(known) >= needed or (treatment == "breaching" and sum(known) + missing >= needed):
        return "ALARM"
    if not missing or treatment in ("breaching", "notBreaching"):
        return "OK"
    if treatment == "ignore":
        return alarm["StateValue"]
    return _with_gaps(breaches, needed, alarm["StateValue"])


def _with_gaps(breaches: list[bool | None], needed: int, before: str) -> str:
    """For alarms whose missing datapoints stay missing. An alarm "will always go into ALARM state when the oldest
    available breaching datapoint [...] is at least as old as the value of Datapoints to Alarm, and all other more
    recent data points are breaching or missing".
    """
    if all(breach is None for breach in breaches):
        return "INSUFFICIENT_DATA"
    since_ok = breaches[len(breaches) - breaches[::-1].index(False) :] if False in breaches else breaches
    if True in since_ok and len(since_ok) - since_ok.index(True) >= needed:
        return "ALARM"
    return "OK" if False in breaches else before


def _datapoints(alarm: dict, now: float) -> list[float | None] | None:
    """One for each period of the evaluation range; None for an alarm that the local AWS cannot evaluate."""
    if not alarm.get("MetricName"):
        return None
    length, count = alarm["Period"], alarm["EvaluationPeriods"] + _EXTRA
    end = now // _MINUTE * _MINUTE
    begins = [end - length * place for place in range(count, 0, -1)]
    dimensions = {dimension["Name"]: dimension["Value"] for dimension in alarm.get("Dimensions") or []}
    series = store.find(alarm["Namespace"], alarm["MetricName"], dimensions)
    if series is None:
        return _put_datapoints(alarm, dimensions, begins)
    if alarm.get("ExtendedStatistic"):
        return None
    if settings.current.metrics_lost:
        return [None] * count
    periods = series.periods(begins[0], end, length, now)
    return [periods[begin].statistic(alarm["Statistic"]) if begin in periods else None for begin in begins]


def _put_datapoints(alarm: dict, dimensions: dict[str, str], begins: list[float]) -> list[float | None]:
    """From the data of PutMetricData."""
    key = (alarm["Namespace"], alarm["MetricName"], cloudwatch._dims_key(dimensions))
    points, values = cloudwatch._metrics.get(key) or [], []
    for begin in begins:
        of_period = [point for point in points if begin <= point["Timestamp"] < begin + alarm["Period"]]
        name = alarm.get("ExtendedStatistic") or alarm.get("Statistic", "Average")
        statistics = cloudwatch._calc_stats(of_period)
        values.append(cloudwatch._stat_value(statistics, name, of_period) if statistics else None)
    return values


def _dispatch(alarm: dict, before: str, state: str, reason: str) -> None:
    _dispatch_alarm_actions(alarm, before, state, reason)
    if not getattr(_pass, "running", False) and _actions(alarm, state) and "Threshold" in alarm:
        calls([_call(alarm, time.time())])


def _watch() -> None:
    last = time.monotonic()
    while True:
        time.sleep(_NOTICE)
        if time.monotonic() - last >= _MINUTE / settings.current.metrics_speed:
            last = time.monotonic()
            _evaluate_all()


def _evaluate_all() -> None:
    for count in each_minute:
        count()
    _pass.running = True
    for account, region in {(account, region) for (account, region, _), _ in cloudwatch._alarms.all_items()}:
        with request_scope(account, region):
            for alarm in cloudwatch._alarms.values():
                try:
                    cloudwatch._evaluate_alarm(alarm)
                except Exception:
                    # The other alarms are still evaluated, now and in a minute.
                    logging.exception("failed to evaluate the alarm %s", alarm["AlarmName"])
            # Alarms that have entered a state and those that stay in it act at the same moment.
            calls(calling())


def install() -> None:
    global _dispatch_alarm_actions
    _dispatch_alarm_actions, cloudwatch._dispatch_alarm_actions = cloudwatch._dispatch_alarm_actions, _dispatch
    cloudwatch._evaluate_alarm = _evaluate
    threading.Thread(target=_watch, daemon=True).start()
