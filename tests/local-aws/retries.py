"""A call that reaches the local AWS twice is carried out once.

SDKs give each call an id and send it with each of its attempts, in the header `amz-sdk-invocation-id`; botocore does
so in its handlers.py, `add_retry_headers`.
A client whose connection broke, or that waited too long, cannot know whether its call was carried out, and sends it
again. On a busy machine that happens here, and ministack then answers a deletion with "not found". So an attempt
whose predecessor succeeded gets the same answer, and one whose predecessor is still under way waits for its answer. A
failed attempt had no effect, and is carried out again; an injected failure applies to one attempt.
"""

import asyncio
import collections
import dataclasses
import re

import events

# The limits of the memory: so many answers of at most so many bytes each.
_MOST_ANSWERS = 500
_LARGEST_ANSWER = 128 * 1024
_CREDENTIAL = re.compile(rb"Credential=([^/,\s]+)")


@dataclasses.dataclass
class _Answer:
    messages: list[dict] = dataclasses.field(default_factory=list)
    size: int = 0
    whole: bool = False

    def add(self, message: dict) -> None:
        self.size += len(message.get("body", b""))
        if self.size <= _LARGEST_ANSWER:
            self.messages.append(message)
        self.whole = message["type"] == "http.response.body" and not message.get("more_body", False)

    def is_to_be_kept(self) -> bool:
        return self.whole and self.size <= _LARGEST_ANSWER and self.messages[0]["status"] < 400


# For each known call: its future answer, or None when the next attempt has to be carried out.
_calls: collections.OrderedDict[tuple, asyncio.Future] = collections.OrderedDict()


async def answer(app, scope, receive, send) -> None:
    """Carries out a request with the ASGI application `app`, or repeats the answer of its earlier attempt."""
    call = _call(scope) if scope["type"] == "http" else None
    if call is None:
        return await app(scope, receive, send)
    while call in _calls:
        # Shielded: this client's disconnect must not cancel the attempt under way.
        known = await asyncio.shield(_calls[call])
        if known is not None:
            return await _answer_again(known, scope, receive, send)
    await _carry_out(call, app, scope, receive, send)


async def _carry_out(call: tuple, app, scope, receive, send) -> None:
    outcome = _calls[call] = asyncio.get_running_loop().create_future()
    given = _Answer()

    async def record(message):
        # Recorded first: the client may have disconnected.
        given.add(message)
        await send(message)

    try:
        await app(scope, receive, record)
    finally:
        if given.is_to_be_kept():
            outcome.set_result(given)
        else:
            outcome.set_result(None)
            del _calls[call]
        _forget_the_oldest()


async def _answer_again(known: _Answer, scope, receive, send) -> None:
    # The connection can be used again only after the whole request has been read.
    while (await receive()).get("more_body", False):
        pass
    events.emit("answered_again", path=scope["path"], target=_header(scope, b"x-amz-target").decode("latin-1"))
    for message in known.messages:
        await send(message)


def _forget_the_oldest() -> None:
    while len(_calls) > _MOST_ANSWERS:
        oldest = next((call for call, outcome in _calls.items() if outcome.done()), None)
        if oldest is None:
            return
        del _calls[oldest]


def _call(scope) -> tuple | None:
    """What all attempts of a call have in common; None if the client does not mark attempts."""
    invocation = _header(scope, b"amz-sdk-invocation-id")
    if not invocation:
        return None
    caller = _CREDENTIAL.search(_header(scope, b"authorization"))
    place = (scope["method"], scope["path"], scope["query_string"], _header(scope, b"x-amz-target"))
    return invocation, caller and caller[1], *place


def _header(scope, name: bytes) -> bytes:
    return next((value for have, value in scope["headers"] if have.lower() == name), b"")
