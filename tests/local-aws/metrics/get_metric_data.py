"""GetMetricData for AWS's own namespaces; ministack answers for the data of PutMetricData.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html
- StartTime is rounded down to the minute and inclusive, EndTime is exclusive; a datapoint's time is the beginning of
  its period; the newest comes first unless ScanBy says otherwise.
- Each metric has its own StatusCode: Complete, PartialData, InternalError, Forbidden.
ministack answers the oldest first, rounds nothing, and labels a metric with its query's Id.
"""

import random
import time

from ministack.services import cloudwatch

import settings

from . import store

_OURS = ("AWS/ApplicationELB", "AWS/ECS", "AWS/RDS")
_STATISTICS = ("Average", "Minimum", "Maximum", "Sum", "SampleCount")
_MINUTE = 60
# Errors of the whole call, with their status codes:
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CommonErrors.html
_ERRORS = {"InternalFailure": 500, "ServiceUnavailable": 503, "ThrottlingException": 400}


class _Refused(Exception):
    """A request that CloudWatch answers with ValidationError."""


def _answer(params, data, is_cbor, is_json=False):
    queries = data.get("MetricDataQueries", [])
    namespaces = {query.get("MetricStat", {}).get("Metric", {}).get("Namespace") for query in queries}
    # The form-encoded protocol, which no current SDK uses for CloudWatch, leaves `data` empty.
    if not namespaces & {*_OURS}:
        return _get_metric_data(params, data, is_cbor, is_json)
    try:
        start, end = (cloudwatch._parse_ts(data.get(name)) for name in ("StartTime", "EndTime"))
        if start is None or end is None or start >= end:
            raise _Refused("The parameter StartTime must be less than the parameter EndTime.")
        newest_first = data.get("ScanBy") != "TimestampAscending"
        now = time.time()
        status = _outcome()
        if status in _ERRORS:
            message = f"{status}: so the local AWS was told to answer."
            return cloudwatch._error(status, message, _ERRORS[status], use_json=is_json, use_cbor=is_cbor)
        results = [
            _result(query, start // _MINUTE * _MINUTE, end, newest_first, now, status)
            for query in queries
            if query.get("ReturnData", True)
        ]
    except _Refused as refused:
        return cloudwatch._error("ValidationError", str(refused), 400, use_json=is_json, use_cbor=is_cbor)
    if is_cbor:
        results = [cloudwatch._cbor_metric_data_result(result) for result in results]
        return cloudwatch._cbor_ok({"MetricDataResults": results, "Messages": []})
    return cloudwatch._json_ok({"MetricDataResults": results, "Messages": []})


def _outcome() -> str:
    """The StatusCode of this call's metrics, or the code of the call's error."""
    chance = random.random()
    for outcome, share in settings.current.metrics_failures.items():
        if chance < share:
            return outcome
        chance -= share
    return settings.current.metrics_status


def _result(query: dict, start: float, end: float, newest_first: bool, now: float, status: str) -> dict:
    statistic, period, metric = _asked(query)
    result = {"Id": query["Id"], "Label": query.get("Label", metric["MetricName"]), "StatusCode": status}
    dimensions = {dimension["Name"]: dimension["Value"] for dimension in metric.get("Dimensions", [])}
    series = store.find(metric["Namespace"], metric["MetricName"], dimensions)
    periods = {}
    if series and not settings.current.metrics_lost and status != "InternalError":
        periods = series.periods(start, end, period, now)
    known = sorted(periods)
    if status == "PartialData":
        # "An incomplete set of data points": the newest are left out.
        known = known[: len(known) - len(known) // 2]
    order = known[::-1] if newest_first else known
    result["Timestamps"] = [cloudwatch._ts_iso(begins) for begins in order]
    result["Values"] = [float(periods[begins].statistic(statistic)) for begins in order]
    return result


def _asked(query: dict) -> tuple[str, int, dict]:
    if "MetricStat" not in query:
        raise _Refused("The local AWS has no metric math.")
    asked = query["MetricStat"]
    if asked["Stat"] not in _STATISTICS:
        raise _Refused(f"The value {asked['Stat']} for parameter Stat is not supported.")
    if asked["Period"] % _MINUTE:
        raise _Refused(f"The local AWS has periods of whole minutes, not of {asked['Period']} s.")
    return asked["Stat"], asked["Period"], asked["Metric"]


def install() -> None:
    global _get_metric_data
    _get_metric_data, cloudwatch._get_metric_data = cloudwatch._get_metric_data, _answer
