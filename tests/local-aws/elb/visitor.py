"""A visitor's connection to a listener: HTTP/1.1 with keep-alive, without normalising the request."""

import asyncio
from collections.abc import AsyncIterator, Callable
from email.utils import formatdate

import h11

from .request import HOP_BY_HOP, Request, Response, own


class Visitor:
    """Calls `passed` with the number of bytes each time that some were received or sent."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, passed: Callable[[int], None]):
        self._reader, self._writer, self._passed = reader, writer, passed
        self._http = h11.Connection(h11.SERVER)
        self._bodiless = False
        self._unread = b""

    async def requests(self) -> AsyncIterator[Request]:
        """One request after the other; each must be answered before the next is read."""
        while (event := await self._next()) is not None and not isinstance(event, h11.ConnectionClosed):
            body = b""
            while isinstance(part := await self._next(), h11.Data):
                body += part.data
            if part is None:
                return
            path, _, query = event.target.decode("ascii").partition("?")
            headers = [(name.decode("ascii"), value.decode("latin-1")) for name, value in event.headers.raw_items()]
            self._bodiless = event.method == b"HEAD"
            client = self._writer.get_extra_info("peername")[0]
            yield Request(event.method.decode("ascii"), path, query, headers, body, client)
            if self._http.our_state is not h11.DONE or self._http.their_state is not h11.DONE:
                return
            self._http.start_next_cycle()

    @property
    def answered(self) -> bool:
        """Whether the answer to the present request has begun."""
        return self._http.our_state is not h11.SEND_RESPONSE

    async def _next(self):
        """The next event, or None if the visitor has disconnected or does not speak HTTP."""
        while True:
            if self._http.they_are_waiting_for_100_continue:
                await self._write(h11.InformationalResponse(status_code=100, headers=[], reason="Continue"))
            try:
                event = self._http.next_event()
                if event is not h11.NEED_DATA:
                    return event
                self._http.receive_data(await self._receive())
            except h11.RemoteProtocolError:
                if self._http.our_state in (h11.IDLE, h11.SEND_RESPONSE):
                    await self.send(own(400, "400 Bad Request"))
                return None
            except OSError:
                return None

    async def send(self, event) -> None:
        """Sends a whole response of the load balancer or of a function, or one of h11's events from a target."""
        if isinstance(event, Response):
            headers = [(name, value) for name, value in event.headers if _passed_on(name)]
            headers.append(("Content-Length", str(len(event.body))))
            await self._write(_head(event.status, headers))
            if event.body and not self._bodiless:
                await self._write(h11.Data(data=event.body))
            await self._write(h11.EndOfMessage())
        elif isinstance(event, h11.Response):
            headers = [
                (name.decode("ascii"), value.decode("latin-1"))
                for name, value in event.headers.raw_items()
                if name.lower() not in {hop.encode() for hop in HOP_BY_HOP}
            ]
            await self._write(_head(event.status_code, headers))
        else:
            await self._write(event)

    async def switch_protocols(self, event: h11.InformationalResponse) -> None:
        """From here on only `read` and `write` are used."""
        self._unread, _ = self._http.trailing_data
        await self._write(event)

    async def read(self) -> bytes:
        """What the visitor sends after the switch of protocols; empty once it has closed the connection."""
        data, self._unread = self._unread, b""
        return data or await self._receive()

    async def write(self, data: bytes) -> None:
        self._passed(len(data))
        self._writer.write(data)
        await self._writer.drain()

    async def _receive(self) -> bytes:
        data = await self._reader.read(65536)
        if data:
            self._passed(len(data))
        return data

    async def _write(self, event) -> None:
        if data := self._http.send(event):
            await self.write(data)


def _passed_on(name: str) -> bool:
    return name.lower() not in HOP_BY_HOP and name.lower() not in ("content-length", "date")


def _head(status: int, headers: list[tuple[str, str]]) -> h11.Response:
    """The load balancer sets the Date of every answer itself."""
    undated = [(name, value) for name, value in headers if name.lower() != "date"]
    return h11.Response(status_code=status, headers=[("Date", formatdate(usegmt=True)), *undated])
