"""An address as a target: one request forwarded over HTTP/1.1, its bytes unchanged.

AWS: a target that refuses or breaks the connection gives 502, one that does not answer in time 504:
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html
"""

import asyncio

import h11

from .request import HOP_BY_HOP, Request, own

# From the page above.
_CONNECT_TIMEOUT = 10


async def forward(target, request: Request, idle_timeout: float, send) -> int | None:
    """Passes the target's answer on, piece by piece, to `send`, which takes h11's events.

    Gives back the target's status, or nothing when the answer was the load balancer's own.
    """
    try:
        reader, writer = await asyncio.wait_for(asyncio.open_connection(target.id, target.port), _CONNECT_TIMEOUT)
    except TimeoutError:
        await send(own(504, "504 Gateway Time-out"))
        return None
    except OSError:
        await send(own(502, "502 Bad Gateway"))
        return None
    try:
        return await _exchange(reader, writer, request, idle_timeout, send)
    finally:
        writer.close()


async def _exchange(reader, writer, request: Request, idle_timeout: float, send) -> int | None:
    connection = h11.Connection(h11.CLIENT)
    headers = [
        (name, value)
        for name, value in request.headers
        if name.lower() not in HOP_BY_HOP and name.lower() != "content-length"
    ]
    if request.body or request.headers_named("content-length"):
        headers.append(("content-length", str(len(request.body))))
    writer.write(connection.send(h11.Request(method=request.method, target=request.target, headers=headers)) or b"")
    if request.body:
        writer.write(connection.send(h11.Data(data=request.body)) or b"")
    writer.write(connection.send(h11.EndOfMessage()) or b"")

    status = None
    while True:
        try:
            event = connection.next_event()
            if event is h11.NEED_DATA:
                connection.receive_data(await asyncio.wait_for(reader.read(65536), idle_timeout))
                continue
        except TimeoutError:
            failure = own(504, "504 Gateway Time-out")
        except (OSError, h11.RemoteProtocolError):
            failure = own(502, "502 Bad Gateway")
        else:
            if isinstance(event, h11.InformationalResponse):
                continue
            await send(event)
            if isinstance(event, h11.Response):
                status = event.status_code
            if isinstance(event, h11.EndOfMessage):
                return status
            continue
        if status:
            # Too late for a status: the visitor can only see a message that ends early.
            raise ConnectionError("the target broke off its answer")
        await send(failure)
        return None
