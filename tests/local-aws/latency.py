"""The network latency of API calls, half of it before a call takes effect and half after.

ministack answers within a millisecond or two. Only the services that the waker calls get AWS's latency, and only at a
pace that has `api_latency`.
"""

import asyncio

from ministack import app
from ministack.services import alb, cloudwatch, ecs, rds

import pace
import scaling


def _distant(handle_request):
    async def handle(method, path, headers, body, query_params):
        latency = pace.sample("api_latency")
        if latency is None:
            return await handle_request(method, path, headers, body, query_params)
        await asyncio.sleep(latency / 2)
        response = await handle_request(method, path, headers, body, query_params)
        await asyncio.sleep(latency / 2)
        return response

    return handle


def install() -> None:
    for service in (alb, cloudwatch, ecs, rds):
        service.handle_request = _distant(service.handle_request)
    app.SERVICE_HANDLERS[scaling.SERVICE] = _distant(app.SERVICE_HANDLERS[scaling.SERVICE])
