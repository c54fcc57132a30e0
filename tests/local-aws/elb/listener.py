"""The data plane: each listener is a port on loopback, different from its configured port.

AWS: the first rule in priority order whose conditions are all met decides; a forward picks a target group by weight,
regardless of health; a target group without targets answers 503:
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-rules.html
ministack serves load balancers on its API's port, where its own paths come first and the Host header picks the load
balancer, so that it cannot pick the environment.
"""

import asyncio
import random
import socket
from functools import partial

from ministack.services import alb

import events

from . import conditions, forward, ip_target, lambda_target, metered, own_answers, propagation, targets
from .request import Request, own
from .visitor import Visitor

# The most visitors that a test sends at the same moment.
_BACKLOG = 1024

_servers: dict[str, asyncio.Server] = {}


async def _open(listener: dict) -> None:
    async def visit(reader, writer):
        visitor = Visitor(reader, writer, partial(metered.passed, listener["LoadBalancerArn"]))
        try:
            async for request in visitor.requests():
                await _answer(listener, request, visitor)
        except (ConnectionError, asyncio.CancelledError):
            # The visitor has disconnected, or the server ends.
            pass
        finally:
            writer.close()

    listening = socket.create_server(("127.0.0.1", 0), backlog=_BACKLOG)
    # Without it the kernel delays the end of an answer by 40 ms; connections inherit it.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    server = await asyncio.start_server(visit, sock=listening)
    _servers[listener["ListenerArn"]] = server
    events.emit(
        "listener_open",
        listener=listener["ListenerArn"],
        load_balancer=listener["LoadBalancerArn"],
        port=server.sockets[0].getsockname()[1],
    )


async def _answer(listener: dict, request: Request, visitor: Visitor) -> None:
    action = _action(listener, request)
    if action["Type"] == "forward":
        return await _forward(listener, forward.target_groups(action), request, visitor)
    metered.own_answer(listener["LoadBalancerArn"], action["Type"])
    await visitor.send(own_answers.make(action, request, listener))


def _action(listener: dict, request: Request) -> dict:
    rules = [rule for rule in alb._rules.values() if rule["ListenerArn"] == listener["ListenerArn"]]
    for rule in sorted(rules, key=alb._rule_sort_key):
        if all(conditions.matches(condition, request) for condition in rule["Conditions"]):
            return propagation.routing_actions(rule)[-1]
    raise AssertionError("a listener always has a default rule, which has no conditions")


async def _forward(listener: dict, groups: dict[str, int], request: Request, visitor: Visitor) -> None:
    if not any(groups.values()):
        return await visitor.send(own(503, "503 Service Temporarily Unavailable"))
    group = random.choices(list(groups), weights=list(groups.values()))[0]
    candidates = targets.choose(group)
    if not candidates:
        return await visitor.send(own(503, "503 Service Temporarily Unavailable"))
    target = random.choice(candidates)
    load_balancer = listener["LoadBalancerArn"]
    metered.request(load_balancer, group, len(candidates))
    forwarded = _forwarded_headers(listener, request)
    idle_timeout = float(alb._lb_attr(load_balancer, "idle_timeout.timeout_seconds", "60"))
    with target.request():
        if target.group["TargetType"] == "lambda":
            passed = partial(metered.passed_to_function, load_balancer)
            invocation = asyncio.ensure_future(lambda_target.forward(target.id, group, forwarded, passed))
            finished, _ = await asyncio.wait({invocation}, timeout=idle_timeout)
            await visitor.send(invocation.result() if finished else own(504, "504 Gateway Time-out"))
        else:
            where = {"target_group": group, "target": target.id}
            events.emit("target_request", **where, method=request.method, path=request.target)
            if status := await ip_target.forward(target, forwarded, idle_timeout, visitor):
                events.emit("target_answered", **where, status=status)


def _forwarded_headers(listener: dict, request: Request) -> Request:
    """https://docs.aws.amazon.com/elasticloadbalancing/latest/application/x-forwarded-headers.html"""
    replaced = {"x-forwarded-for", "x-forwarded-port", "x-forwarded-proto", "x-amzn-trace-id"}
    headers = [(name, value) for name, value in request.headers if name.lower() not in replaced]
    on_the_way = ", ".join([*request.headers_named("x-forwarded-for"), request.client])
    headers += [
        ("X-Forwarded-For", on_the_way),
        ("X-Forwarded-Proto", listener["Protocol"].lower()),
        ("X-Forwarded-Port", str(listener["Port"])),
        ("X-Amzn-Trace-Id", f"Root={alb._trace_id()}"),
    ]
    return Request(request.method, request.path, request.query, headers, request.body, request.client)


def _create(params):
    before = alb._listeners.keys()
    response = _create_listener(params)
    for arn in alb._listeners.keys():
        if arn not in before:
            targets.begin(_open(alb._listeners[arn]))
    return response


def _delete(params):
    response = _delete_listener(params)
    if server := _servers.pop(alb._p(params, "ListenerArn"), None):
        server.close()
    return response


def install() -> None:
    global _create_listener, _delete_listener
    _create_listener, _delete_listener = alb._ACTION_MAP["CreateListener"], alb._ACTION_MAP["DeleteListener"]
    alb._ACTION_MAP["CreateListener"] = _create
    alb._ACTION_MAP["DeleteListener"] = _delete
