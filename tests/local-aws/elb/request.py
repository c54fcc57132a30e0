"""A visitor's request as the load balancer received it, byte for byte where that matters."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Request:
    """`path` and `query` stay percent-encoded; header names keep their case, duplicates and order."""

    method: str
    path: str
    query: str
    headers: list[tuple[str, str]]
    body: bytes
    client: str

    def headers_named(self, name: str) -> list[str]:
        return [value for have, value in self.headers if have.lower() == name.lower()]

    def header(self, name: str) -> str:
        """All of that name's values, joined as a proxy may join them; empty if there is none."""
        return ", ".join(self.headers_named(name))

    @property
    def target(self) -> str:
        return f"{self.path}?{self.query}" if self.query else self.path


@dataclasses.dataclass(frozen=True)
class Response:
    status: int
    headers: list[tuple[str, str]]
    body: bytes


# Headers between two neighbours, which a proxy must not pass on: RFC 9110, section 7.6.1.
HOP_BY_HOP = {"connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade"}


def own(status: int, text: str) -> Response:
    """A page of the load balancer itself."""
    body = f"<html>\r\n<head><title>{text}</title></head>\r\n<body><h1>{text}</h1></body>\r\n</html>\r\n"
    return Response(status, [("Server", "awselb/2.0"), ("Content-Type", "text/html")], body.encode())
