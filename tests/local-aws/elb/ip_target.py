"""An address as a target: one request forwarded over HTTP/1.1, its bytes unchanged.

AWS: a target that refuses or breaks the connection gives 502, and so does one whose deregistration delay is over before
it has answered; one that does not answer in time gives 504:
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html
"""

import asyncio

import h11

from . import websocket
from .request import HOP_BY_HOP, Request, own

# From the page above.
_CONNECT_TIMEOUT = 10


async def forward(target, request: Request, idle_timeout: float, visitor) -> int | None:
    """Passes the target's answer on to the visitor, piece by piece.

    Returns the target's status, or None if the answer was the load balancer's own.
    """
    exchange = asyncio.ensure_future(_visit(target, request, idle_timeout, visitor))
    cut = asyncio.ensure_future(target.cut.wait())
    try:
        await asyncio.wait({exchange, cut}, return_when=asyncio.FIRST_COMPLETED)
        if exchange.done():
            return exchange.result()
    finally:
        cut.cancel()
        exchange.cancel()
    if visitor.answered:
        raise ConnectionError("the target was deregistered, and its time is over")
    await visitor.send(own(502, "502 Bad Gateway"))
    return None


async def _visit(target, request: Request, idle_timeout: float, visitor) -> int | None:
    try:
        reader, writer = await asyncio.wait_for(asyncio.open_connection(target.id, target.port), _CONNECT_TIMEOUT)
    except TimeoutError:
        await visitor.send(own(504, "504 Gateway Time-out"))
        return None
    except OSError:
        await visitor.send(own(502, "502 Bad Gateway"))
        return None
    try:
        return await _exchange(reader, writer, request, idle_timeout, visitor)
    finally:
        writer.close()


async def _exchange(reader, writer, request: Request, idle_timeout: float, visitor) -> int | None:
    connection = h11.Connection(h11.CLIENT)
    headers = [
        (name, value)
        for name, value in request.headers
        if name.lower() not in HOP_BY_HOP and name.lower() != "content-length"
    ]
    # Clients that offer another protocol also work without it.
    if request.header("upgrade").lower() == "websocket":
        headers += [("Connection", "Upgrade"), ("Upgrade", "websocket")]
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
                if event.status_code != 101:
                    continue
                await visitor.switch_protocols(event)
                await websocket.relay(visitor, reader, writer, connection.trailing_data[0], idle_timeout)
                return event.status_code
            await visitor.send(event)
            if isinstance(event, h11.Response):
                status = event.status_code
            if isinstance(event, h11.EndOfMessage):
                return status
            continue
        if status:
            # Too late for a status: the visitor sees a truncated message.
            raise ConnectionError("the target broke off its answer")
        await visitor.send(failure)
        return None
