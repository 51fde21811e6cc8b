"""Ollama's HTTP API, as far as chatting needs it, over an engine in this process."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Coroutine
from contextlib import aclosing
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any, TypeVar

from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from graph.embedded.ollama_wire import (
    ChatRequest,
    Record,
    ReplyWriter,
    ShowRequest,
    first_fault,
    rfc3339,
)
from graph.embedded.protocol import ChatEngine
from graph.embedded.weights import ModelFile
from graph.errors import (
    QwenBusyError,
    QwenContextOverflowError,
    QwenRequestError,
    RouterError,
)

LOOPBACK_HOSTS = ("127.0.0.1", "localhost", "[::1]")
CLIENT_CLOSED_REQUEST = 499

T = TypeVar("T")


def create_app(engine: ChatEngine, model: ModelFile) -> Starlette:
    """Build the ASGI app that serves `engine` under the name `model.name`.

    Only requests that name this machine as their host are answered, so that no web page can reach
    the model by letting its own name point here.
    """
    api = _OllamaApi(engine, model)
    return Starlette(
        routes=[
            Route("/api/chat", api.chat, methods=["POST"]),
            Route("/api/show", api.show, methods=["POST"]),
            Route("/api/tags", api.tags),
            Route("/api/ps", api.ps),
            Route("/api/version", api.version),
        ],
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=list(LOOPBACK_HOSTS))],
    )


@dataclass(frozen=True)
class _OllamaApi:
    """The endpoints."""

    engine: ChatEngine
    model: ModelFile

    async def chat(self, request: Request) -> Response:
        """Answer a conversation, as a stream of JSON lines or as one object."""
        try:
            wanted = ChatRequest.model_validate_json(await request.body())
            return self._refuse(request, wanted) or await self._chat(request, wanted)
        except ValidationError as error:
            return _error_response(400, first_fault(error))
        except RouterError as error:
            return _error_response(_status(error), str(error))
        except ClientDisconnect:
            return Response(status_code=CLIENT_CLOSED_REQUEST)

    def _refuse(self, request: Request, wanted: ChatRequest) -> Response | None:
        if "origin" in request.headers:
            return _error_response(403, "web pages may not use this model")
        if not self._is_ours(wanted.model):
            return _error_response(404, f'model "{wanted.model}" not found, try pulling it first')
        if wanted.think:
            return _error_response(400, f'"{wanted.model}" does not support thinking')
        if wanted.tools:
            return _error_response(400, f'"{wanted.model}" does not support tools')
        return None

    async def _chat(self, request: Request, wanted: ChatRequest) -> Response:
        if not wanted.messages:  # Ollama's way to ask that the model be loaded
            reply = ReplyWriter(self.model.name)
            return JSONResponse(reply.record("", done=True, done_reason="load"))
        records = self._records(wanted)
        if wanted.stream is False:
            return JSONResponse(await _unless_gone(request, _collect(records)))
        # An error before the first token is still a status.
        first = await _unless_gone(request, anext(records))
        return _NdjsonResponse(first, records)

    async def _records(self, wanted: ChatRequest) -> AsyncGenerator[Record, None]:
        """Give the answer as Ollama's records."""
        reply = ReplyWriter(self.model.name)
        answer = self.engine.chat(wanted.turns(), wanted.chat_options())
        async with aclosing(answer):
            async for piece in answer:
                yield reply.piece(piece)

    async def show(self, request: Request) -> Response:
        """Describe the model."""
        try:
            wanted = ShowRequest.model_validate_json(await request.body())
        except ValidationError as error:
            return _error_response(400, first_fault(error))
        if not self._is_ours(wanted.model):
            return _error_response(404, f"model '{wanted.model}' not found")
        return JSONResponse(
            {
                "details": self._details(),
                "model_info": {"qwen2.context_length": self.engine.n_ctx},
                "capabilities": ["completion"],
            }
        )

    async def tags(self, _request: Request) -> Response:
        """List the models: there is one."""
        modified = datetime.fromtimestamp(self.model.path.stat().st_mtime, UTC)
        return JSONResponse({"models": [{**self._listing(), "modified_at": rfc3339(modified)}]})

    async def ps(self, _request: Request) -> Response:
        """List the loaded models: it always is."""
        loaded = {"size_vram": 0, "context_length": self.engine.n_ctx}
        return JSONResponse({"models": [{**self._listing(), **loaded}]})

    async def version(self, _request: Request) -> Response:
        """Give this server's version."""
        return JSONResponse({"version": version("qwen-router")})

    def _is_ours(self, name: str) -> bool:
        return name.removesuffix(":latest") == self.model.name.removesuffix(":latest")

    def _listing(self) -> Record:
        return {
            "name": self.model.name,
            "model": self.model.name,
            "size": self.model.size_bytes,
            "digest": self.model.sha256,
            "details": self._details(),
        }

    def _details(self) -> Record:
        return {
            "format": "gguf",
            "family": "qwen2",
            "parameter_size": self.model.parameter_size,
            "quantization_level": self.model.quantization,
        }


class _NdjsonResponse(StreamingResponse):
    """Streams records as lines, and stops the model when the client goes away."""

    def __init__(self, first: Record, records: AsyncGenerator[Record, None]) -> None:
        super().__init__(_lines(first, records), media_type="application/x-ndjson")
        self._records = records

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async with aclosing(self._records):
            await super().__call__(scope, receive, send)


async def _lines(
    first: Record, records: AsyncGenerator[Record, None]
) -> AsyncGenerator[bytes, None]:
    """Write the records as lines; an error after the first one becomes the last line."""
    yield _line(first)
    try:
        async for record in records:
            yield _line(record)
    except RouterError as error:
        yield _line({"error": str(error)})


def _line(record: Record) -> bytes:
    return json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


async def _collect(records: AsyncGenerator[Record, None]) -> Record:
    """Join the answer into its last record."""
    texts, last = [], Record()
    async for last in records:
        texts.append(last["message"]["content"])
    return {**last, "message": {"role": "assistant", "content": "".join(texts)}}


async def _unless_gone(request: Request, work: Coroutine[Any, Any, T]) -> T:
    """Await `work`, but cancel it when the client goes away.

    Raises:
        ClientDisconnect: It went away.
    """
    tasks = asyncio.create_task(work), asyncio.create_task(_gone(request))
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        if not tasks[0].done():
            raise ClientDisconnect
        return tasks[0].result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


def _status(error: RouterError) -> int:
    if isinstance(error, QwenContextOverflowError | QwenRequestError):
        return 400
    return 503 if isinstance(error, QwenBusyError) else 500


def _error_response(status: int, message: str) -> JSONResponse:
    return JSONResponse({"error": message}, status_code=status)
