"""An Ollama on loopback with one model, whose answers are scripted and whose requests are kept."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator
from typing import Any, Self

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from graph.background import BackgroundServer
from tests.graph_fixtures import GOOD, HANG

MODEL = "qwen2.5-coder:1.5b"


class FakeOllama:
    """A context manager; `script` queues texts or HANG, and GOOD is what comes otherwise."""

    def __init__(self) -> None:
        self.answers: deque[Any] = deque()
        self.requests: list[dict[str, Any]] = []
        routes = [
            Route("/api/tags", self._tags),
            Route("/api/version", self._version),
            Route("/api/chat", self._chat, methods=["POST"]),
        ]
        self._server = BackgroundServer(Starlette(routes=routes), name="fake-ollama")

    def __enter__(self) -> Self:
        self._server.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.close()

    @property
    def url(self) -> str:
        """For OLLAMA_HOST."""
        return self._server.url

    def script(self, *answers: Any) -> None:
        """Forget the past, and queue what comes next."""
        self.answers.clear()
        self.requests.clear()
        self.answers.extend(answers)

    @property
    def conversations(self) -> list[list[str]]:
        """What each request said, without the system message."""
        return [
            [row["content"] for row in request["messages"] if row["role"] != "system"]
            for request in self.requests
        ]

    async def _tags(self, _: Request) -> Response:
        return JSONResponse({"models": [{"name": MODEL, "model": MODEL, "size": 1_000_000}]})

    async def _version(self, _: Request) -> Response:
        return JSONResponse({"version": "0.33.0"})

    async def _chat(self, request: Request) -> Response:
        body = await request.json()
        self.requests.append(body)
        answer = self.answers.popleft() if self.answers else GOOD
        parts = _parts(answer) if body.get("stream", True) else _whole(answer)
        return StreamingResponse(parts, media_type="application/x-ndjson")


async def _parts(answer: Any) -> AsyncIterator[str]:
    if answer is HANG:
        yield _line("It hangs after")
        await asyncio.Event().wait()
    for at in range(0, len(answer), 8):
        yield _line(answer[at : at + 8])
    yield _line("", done=True)


async def _whole(answer: Any) -> AsyncIterator[str]:
    if answer is HANG:
        await asyncio.Event().wait()
    yield _line(answer, done=True)


def _line(text: str, *, done: bool = False) -> str:
    reply: dict[str, Any] = {
        "model": MODEL,
        "created_at": "2026-11-22T12:00:00Z",
        "message": {"role": "assistant", "content": text},
        "done": done,
    }
    if done:
        reply |= {"done_reason": "stop", "prompt_eval_count": 11, "eval_count": 7}
    return json.dumps(reply) + "\n"
