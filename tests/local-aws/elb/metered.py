"""The load balancer's metrics.

RequestCount only where a target was chosen; everything without health checks, and nothing without traffic:
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
"""

from metrics import evaluation, store

from . import forward

_NAMESPACE = "AWS/ApplicationELB"

# The load balancers that have used a target group: their metrics end when they stop using it.
_used_by: dict[str, set[str]] = {}
# Those that forward to a target group with targets.
_reporting: dict[str, set[str]] = {}


def _load_balancer(arn: str) -> dict[str, str]:
    return {"LoadBalancer": arn.partition(":loadbalancer/")[2]}


def _both(load_balancer: str, target_group: str) -> dict[str, str]:
    return {**_load_balancer(load_balancer), "TargetGroup": target_group.rpartition(":")[2]}


def request(load_balancer: str, target_group: str, targets: int) -> None:
    """A request for which one of so many targets was chosen."""
    store.count(_NAMESPACE, "RequestCount", _load_balancer(load_balancer))
    store.count(_NAMESPACE, "RequestCount", _both(load_balancer, target_group))
    store.count(_NAMESPACE, "RequestCountPerTarget", _both(load_balancer, target_group), 1 / targets)


def _no_request() -> None:
    """RequestCountPerTarget is "always reported", as 0 without requests, while there are targets."""
    for target_group, used_by in _reporting.items():
        for load_balancer in used_by:
            store.count(_NAMESPACE, "RequestCountPerTarget", _both(load_balancer, target_group), 0)


def own_answer(load_balancer: str, kind: str) -> None:
    """An action of type `fixed-response` or `redirect` was carried out."""
    metric = {"fixed-response": "HTTP_Fixed_Response_Count", "redirect": "HTTP_Redirect_Count"}[kind]
    store.count(_NAMESPACE, metric, _load_balancer(load_balancer))


def passed(load_balancer: str, size: int) -> None:
    """Counts bytes to or from a client as they pass, those of an open WebSocket included."""
    store.count(_NAMESPACE, "ProcessedBytes", _load_balancer(load_balancer), size)


def passed_to_function(load_balancer: str, size: int) -> None:
    store.count(_NAMESPACE, "LambdaTargetProcessedBytes", _load_balancer(load_balancer), size)


def hosts(target_group: dict, targets: list) -> None:
    """Counts a group's healthy and unhealthy targets, while it has any and is in use."""
    if target_group["TargetType"] == "lambda":
        return
    arn = target_group["TargetGroupArn"]
    used_by = forward.load_balancers(arn)
    _used_by.setdefault(arn, set()).update(used_by)
    _reporting[arn] = used_by if targets else set()
    for load_balancer in _used_by[arn]:
        for metric, state in (("HealthyHostCount", "healthy"), ("UnHealthyHostCount", "unhealthy")):
            counted = sum(target.state == state for target in targets)
            reported = counted if targets and load_balancer in used_by else None
            store.turn(_NAMESPACE, metric, _both(load_balancer, arn), reported)


evaluation.each_minute.append(_no_request)
