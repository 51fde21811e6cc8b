"""A provider on loopback: its replies are scripted, one for each request, and its log is kept."""

from __future__ import annotations

import asyncio
import json
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from graph.background import BackgroundServer


@dataclass(frozen=True)
class Reply:
    """What the server answers to one request; the defaults are a good answer.

    A stream is its opening event (where the provider has one), one event for each piece of `text`,
    and the final event with the finish reason and the usage.
    """

    text: str | None = "Hello from the wire."
    """The answer; None sends the field as null."""
    chunk_chars: int = 5
    """Characters of `text` in one event of a stream."""
    finish_reason: str | None = None
    """None: the provider's word for a finished answer."""
    input_tokens: int = 11
    output_tokens: int = 7
    tool_call: tuple[str, Mapping[str, Any]] | None = None
    """Name and arguments of a tool call, sent after the text."""

    delay_s: float = 0.0
    """Before the first byte of the reply, headers included."""
    chunk_delay_s: float = 0.0
    """Before each event of a stream."""

    status: int = 200
    """Anything but 200 sends `error` as the body."""
    error: Mapping[str, Any] | str = field(default_factory=dict)
    """Body of an error: JSON, or text as it is; in a 200 stream see `error_after`."""
    retry_after: str | None = None
    """Header Retry-After, in seconds or as an HTTP date."""

    cut_after: int | None = None
    """The connection breaks after so many pieces of text (0: after the headers)."""
    error_after: int | None = None
    """A stream sends `error` as an event after so many pieces of text, and ends."""
    final: bool = True
    """False: a stream ends cleanly after the text, without its final event."""
    no_choices: bool = False
    """No choices, candidates: an answer with nothing in it."""
    body: bytes | None = None
    """A 200 whose body is these bytes, instead of all of the above."""
    content_type: str = "application/json"
    """Goes with `body`."""


@dataclass(frozen=True)
class Received:
    """One request as the server saw it."""

    path: str
    headers: Mapping[str, str]
    body: dict[str, Any]


class Broken(Response):
    """Sends the headers and `parts`, then breaks the connection.

    uvicorn reports the missing end on its logger and drops the connection, as is wanted.
    """

    def __init__(self, parts: Sequence[bytes], *, media_type: str, length: int | None) -> None:
        super().__init__(media_type=media_type)
        self._parts = parts
        del self.headers["content-length"]
        if length is not None:
            self.headers["content-length"] = str(length)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        start = {"type": "http.response.start", "status": 200, "headers": self.raw_headers}
        await send(start)
        for part in self._parts:
            await send({"type": "http.response.body", "body": part, "more_body": True})


class Events(Response):
    """Server-sent events, `delay_s` seconds apart."""

    def __init__(self, events: Sequence[bytes], *, delay_s: float) -> None:
        super().__init__(media_type="text/event-stream")
        del self.headers["content-length"]
        self._events = events
        self._delay_s = delay_s

    async def _parts(self) -> AsyncIterator[bytes]:
        for event in self._events:
            await asyncio.sleep(self._delay_s)
            yield event

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        start = {"type": "http.response.start", "status": 200, "headers": self.raw_headers}
        await send(start)
        async for part in self._parts():
            await send({"type": "http.response.body", "body": part, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})


class ScriptedServer(ABC):
    """Serves scripted replies on a loopback port; a context manager.

    Attributes:
        replies: What comes next, one for each request.
        default: What comes when `replies` is empty.
        received: Every request so far, oldest first.
    """

    route: str

    def __init__(self, *replies: Reply, default: Reply | None = None) -> None:
        self.replies = deque(replies)
        self.default = default or Reply()
        self.received: list[Received] = []
        app = Starlette(routes=[Route(self.route, self._answer, methods=["POST"])])
        self._server = BackgroundServer(app, name=type(self).__name__)

    def __enter__(self) -> Self:
        self._server.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._server.close()

    @property
    def url(self) -> str:
        """Base URL for the SDK."""
        return self._server.url

    def script(self, *replies: Reply) -> None:
        """Queue `replies` for the next requests."""
        self.replies.extend(replies)

    def reset(self) -> None:
        """Forget the script and the log."""
        self.replies.clear()
        self.received.clear()

    async def _answer(self, request: Request) -> Response:
        received = Received(request.url.path, dict(request.headers), await request.json())
        self.received.append(received)
        reply = self.replies.popleft() if self.replies else self.default
        await asyncio.sleep(reply.delay_s)
        if reply.status != 200:
            return _error_response(reply)
        if reply.body is not None:
            return Response(reply.body, media_type=reply.content_type)
        if self.wants_stream(received):
            return self._stream(received, reply)
        return self._whole(received, reply)

    def _stream(self, received: Received, reply: Reply) -> Response:
        opening, final = self.opening(received, reply), self.final(received, reply)
        texts = [] if reply.no_choices else pieces(reply)
        middle = [self.piece(received, text) for text in texts]
        if reply.cut_after is not None:
            parts = [*opening, *middle[: reply.cut_after]]
            return Broken(parts, media_type="text/event-stream", length=None)
        if reply.error_after is not None:
            middle, final = middle[: reply.error_after], [event(reply.error)]
        events = [*opening, *middle, *(final if reply.final else [])]
        return Events(events, delay_s=reply.chunk_delay_s)

    def _whole(self, received: Received, reply: Reply) -> Response:
        body = json.dumps(self.whole(received, reply)).encode()
        if reply.cut_after is not None:
            return Broken([body[:-9]], media_type="application/json", length=len(body))
        return Response(body, media_type="application/json")

    @abstractmethod
    def wants_stream(self, received: Received) -> bool:
        """Whether the request asks for server-sent events."""

    @abstractmethod
    def whole(self, received: Received, reply: Reply) -> dict[str, Any]:
        """The body of an answer in one piece."""

    @abstractmethod
    def opening(self, received: Received, reply: Reply) -> list[bytes]:
        """The events before the text."""

    @abstractmethod
    def piece(self, received: Received, text: str) -> bytes:
        """The event of one piece of the text."""

    @abstractmethod
    def final(self, received: Received, reply: Reply) -> list[bytes]:
        """The events after the text."""


def event(data: Mapping[str, Any] | str) -> bytes:
    """One server-sent event."""
    text = data if isinstance(data, str) else json.dumps(data)
    return f"data: {text}\n\n".encode()


def pieces(reply: Reply) -> list[str]:
    """The text of `reply`, cut into `chunk_chars` characters each."""
    text, size = reply.text or "", reply.chunk_chars
    return [text[at : at + size] for at in range(0, len(text), size)]


def _error_response(reply: Reply) -> Response:
    headers = {} if reply.retry_after is None else {"retry-after": reply.retry_after}
    if isinstance(reply.error, str):
        return Response(reply.error, reply.status, headers, media_type="text/html")
    body = json.dumps(reply.error)
    return Response(body, reply.status, headers, media_type="application/json")
