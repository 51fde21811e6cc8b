"""An Ollama on loopback: its replies are scripted, one for each request, and its log is kept."""

from __future__ import annotations

import asyncio
import json
import time
from collections import deque
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Self

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from graph.background import BackgroundServer

CREATED_AT = "2026-11-22T00:00:00Z"


@dataclass(frozen=True)
class OllamaReply:
    """What the server answers to one request; the defaults are a good answer.

    A stream is one line for each piece of `text`, and the line with `done`.
    """

    text: str = "Hello from Qwen."
    chunk_chars: int = 5
    """Characters of `text` in one line of a stream."""
    done: bool = True
    """False: the answer ends cleanly without saying that it is done."""
    done_reason: str = "stop"
    counts: bool = True
    """False: the last reply carries no token counts."""
    input_tokens: int = 11
    output_tokens: int = 7

    delay_s: float = 0.0
    """Before the headers."""
    chunk_delay_s: float = 0.0
    """Before each line of a stream; before the body otherwise."""
    hang_after: int | None = None
    """After so many lines nothing more comes, until the client goes away."""

    status: int = 200
    error: str = "an ordered fault"
    """Body of any other status; in a 200 stream see `error_after`."""
    error_after: int | None = None
    """A stream sends `error` as a line after so many pieces of text, and ends."""
    cut_after: int | None = None
    """The connection breaks after so many pieces of text; without a stream, inside the body."""
    cut_bytes: int = 0
    """With `cut_after`: so many bytes of the next line are sent before the break."""
    body: bytes | None = None
    """The whole body, as it is, instead of all of the above but the status and the delays."""


@dataclass(frozen=True)
class OllamaRequest:
    """One request to `/api/chat` as the server saw it."""

    headers: Mapping[str, str]
    raw: bytes
    body: Any
    """The decoded JSON; None when `raw` is none."""

    @property
    def contents(self) -> list[str]:
        """The messages' texts."""
        return [message["content"] for message in self.body["messages"]]


class OllamaServer:
    """Serves scripted replies on a loopback port; a context manager.

    Attributes:
        replies: What comes next, one for each request.
        default: What comes when `replies` is empty.
        received: Every chat request so far, oldest first.
        left_at: `time.monotonic()` of each client that went away before its answer's end.
        tags: Rows of `/api/tags`.
        tags_delay_s: Before the headers of `/api/tags`.
    """

    def __init__(self, *replies: OllamaReply, default: OllamaReply | None = None) -> None:
        self.replies = deque(replies)
        self.default = default or OllamaReply()
        self.received: list[OllamaRequest] = []
        self.left_at: list[float] = []
        self.tags: Any = []
        self.tags_delay_s = 0.0
        routes = [
            Route("/api/chat", self._chat, methods=["POST"]),
            Route("/api/tags", self._tags, methods=["GET"]),
            Route("/api/version", self._version, methods=["GET"]),
        ]
        self._server = BackgroundServer(Starlette(routes=routes), name=type(self).__name__)

    def __enter__(self) -> Self:
        self._server.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._server.close()

    @property
    def url(self) -> str:
        """What OLLAMA_HOST would name."""
        return self._server.url

    def script(self, *replies: OllamaReply) -> None:
        """Queue `replies` for the next requests."""
        self.replies.extend(replies)

    def reset(self) -> None:
        """Forget the script and the log."""
        self.replies.clear()
        self.received.clear()
        self.left_at.clear()

    async def _chat(self, request: Request) -> Response:
        raw = await request.body()
        self.received.append(OllamaRequest(dict(request.headers), raw, _decoded(raw)))
        reply = self.replies.popleft() if self.replies else self.default
        return _Answer(self, self.received[-1], reply)

    async def _tags(self, _request: Request) -> Response:
        await asyncio.sleep(self.tags_delay_s)
        return JSONResponse({"models": self.tags})

    async def _version(self, _request: Request) -> Response:
        return JSONResponse({"version": "0.33.0"})


class _Answer(Response):
    """One reply; it ends when the client goes away, which is noted."""

    def __init__(self, server: OllamaServer, request: OllamaRequest, reply: OllamaReply) -> None:
        self._server = server
        self._reply = reply
        body = request.body if isinstance(request.body, dict) else {}
        self._model = body.get("model", "")
        self._streams = body.get("stream") is not False and reply.status == 200
        self._streams = self._streams and reply.body is None
        kind = "application/x-ndjson" if self._streams else "application/json"
        super().__init__(media_type=kind, status_code=reply.status)
        del self.headers["content-length"]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        sending = asyncio.create_task(self._send(send))
        leaving = asyncio.create_task(_gone(receive))
        await asyncio.wait([sending, leaving], return_when=asyncio.FIRST_COMPLETED)
        if not sending.done():
            self._server.left_at.append(time.monotonic())
        for task in (sending, leaving):
            task.cancel()
        await asyncio.gather(sending, leaving, return_exceptions=True)

    async def _send(self, send: Send) -> None:
        await asyncio.sleep(self._reply.delay_s)
        whole = None if self._streams else self._whole()
        if whole is not None:
            self.headers["content-length"] = str(len(whole))
        start = {"type": "http.response.start", "status": self.status_code}
        await send({**start, "headers": self.raw_headers})
        async for part in self._parts(whole):
            await send({"type": "http.response.body", "body": part, "more_body": True})
        if self._reply.cut_after is None:
            await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _parts(self, whole: bytes | None) -> AsyncIterator[bytes]:
        reply = self._reply
        lines = list(self._lines()) if whole is None else [whole]
        kept = lines if reply.cut_after is None else lines[: reply.cut_after]
        for sent, line in enumerate(kept):
            if sent == reply.hang_after:
                await asyncio.Event().wait()
            await asyncio.sleep(reply.chunk_delay_s)
            yield line
        if reply.cut_after is not None and (rest := lines[reply.cut_after :]):
            yield rest[0][: reply.cut_bytes]

    def _lines(self) -> Iterator[bytes]:
        reply, size = self._reply, self._reply.chunk_chars
        texts = [reply.text[at : at + size] for at in range(0, len(reply.text), size)]
        for text in texts[: reply.error_after]:
            yield _line(self._record(text, done=False))
        if reply.error_after is not None:
            yield _line({"error": reply.error})
        elif reply.done:
            yield _line({**self._record("", done=True), **self._last()})

    def _whole(self) -> bytes:
        reply = self._reply
        if reply.body is not None:
            return reply.body
        if reply.status != 200:
            return json.dumps({"error": reply.error}).encode()  # no newline, as Ollama
        last = self._last() if reply.done else {}
        return _line({**self._record(reply.text, done=reply.done), **last})

    def _record(self, text: str, *, done: bool) -> dict[str, Any]:
        message = {"role": "assistant", "content": text}
        return {"model": self._model, "created_at": CREATED_AT, "message": message, "done": done}

    def _last(self) -> dict[str, Any]:
        reply = self._reply
        counts = {"prompt_eval_count": reply.input_tokens, "eval_count": reply.output_tokens}
        times = {"total_duration": 5_000_000, "load_duration": 1_000, "eval_duration": 4_000_000}
        return {
            "done_reason": reply.done_reason,
            **times,
            **(counts if reply.counts else {}),
        }


def _line(record: Mapping[str, Any]) -> bytes:
    return json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _decoded(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except ValueError:
        return None


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
