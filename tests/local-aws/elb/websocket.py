"""A connection after a switch of protocols: bytes both ways, until one side closes it or the idle time-out is over.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-listeners.html#listener-configuration
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html#connection-idle-timeout
"""

import asyncio
import contextlib


async def relay(visitor, reader, writer, already_read: bytes, idle_timeout: float) -> None:
    clock = asyncio.get_running_loop().time
    last = clock()

    async def to_target() -> None:
        nonlocal last
        while data := await visitor.read():
            last = clock()
            writer.write(data)
            await writer.drain()

    async def to_visitor() -> None:
        nonlocal last
        data = already_read or await reader.read(65536)
        while data:
            last = clock()
            await visitor.write(data)
            data = await reader.read(65536)

    directions = {asyncio.ensure_future(to_target()), asyncio.ensure_future(to_visitor())}
    try:
        closed = set()
        while not closed and (remaining := last + idle_timeout - clock()) > 0:
            closed, _ = await asyncio.wait(directions, timeout=remaining, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for direction in directions:
            direction.cancel()
            with contextlib.suppress(OSError, asyncio.CancelledError):
                await direction
