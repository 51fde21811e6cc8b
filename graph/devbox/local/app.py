"""The Starlette app: routes, authentication, ordered faults, error answers."""

from __future__ import annotations

import asyncio
import hmac
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from graph.devbox.local.boxes import Boxes
from graph.devbox.local.devbox_api import DEVBOX_ROUTES
from graph.devbox.local.execution_api import EXECUTION_ROUTES
from graph.devbox.local.faults import CannedAnswer, Faults, RecordedRequest
from graph.devbox.local.sse import StreamCut
from graph.devbox.local.wire import error_reply


def create_app(root: Path, *, token: str | None = None, faults: Faults | None = None) -> Starlette:
    """Runloop's REST API over boxes of this machine. It runs whatever command it is sent.

    Args:
        root: A private folder; every box's home lies below it.
        token: The bearer token that each request must carry. None: no authentication, and
            requests are taken from a Unix socket only.
        faults: Faults to obey and the record of requests, for tests.

    Raises:
        ConfigurationError: There is no bash.
    """
    boxes = Boxes(root, faults or Faults())
    middleware = [Middleware(_Authentication, token=token)]
    if faults is not None:
        middleware.insert(0, Middleware(_FaultInjection, faults=faults))
    app = Starlette(
        routes=[*DEVBOX_ROUTES, *EXECUTION_ROUTES],
        middleware=middleware,
        exception_handlers={HTTPException: _on_error},
        lifespan=_lifespan,
    )
    app.state.boxes = boxes
    return app


@asynccontextmanager
async def _lifespan(app: Starlette) -> AsyncIterator[None]:
    boxes: Boxes = app.state.boxes
    boxes.loop = asyncio.get_running_loop()
    yield
    await boxes.close()


async def _on_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return error_reply(error.status_code, error.detail, dict(error.headers or {}))


class _Authentication:
    """Refuses requests without the token, or any that came over TCP when there is none."""

    def __init__(self, app: ASGIApp, *, token: str | None) -> None:
        self._app = app
        self._expected = None if token is None else f"Bearer {token}".encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not self._allowed(scope):
            refusal = error_reply(401, "a valid bearer token is required")
            await refusal(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _allowed(self, scope: Scope) -> bool:
        if self._expected is None:
            server = scope.get("server")
            return server is None or server[1] is None
        given = Headers(scope=scope).get("authorization", "")
        return hmac.compare_digest(given.encode("latin-1"), self._expected)


class _FaultInjection:
    """Records each request, then does to it what the test ordered."""

    def __init__(self, app: ASGIApp, *, faults: Faults) -> None:
        self._app = app
        self._faults = faults

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        body = await Request(scope, receive).body()
        self._faults.requests.append(_recorded(scope, body))
        await asyncio.sleep(self._faults.delay_of(scope["path"]))
        canned = self._faults.take_answer(scope["path"])
        try:
            app = self._app if canned is None else _canned_response(canned)
            await app(scope, _replay(body, receive), send)
        except StreamCut:
            return  # the server drops a connection whose response is left unfinished


def _replay(body: bytes, receive: Receive) -> Receive:
    pending: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replay() -> Message:
        return pending.pop() if pending else await receive()

    return replay


def _recorded(scope: Scope, body: bytes) -> RecordedRequest:
    headers = dict(Headers(scope=scope).items())
    headers.pop("authorization", None)
    query = dict(parse_qsl(scope["query_string"].decode("latin-1")))
    return RecordedRequest(scope["method"], scope["path"], query, headers, _decoded(body))


def _decoded(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _canned_response(canned: CannedAnswer) -> Response:
    headers = dict(canned.headers)
    if canned.body is None:
        return error_reply(canned.status, "an ordered fault", headers)
    if isinstance(canned.body, str):
        return Response(canned.body, canned.status, headers, media_type="text/html")
    text = json.dumps(canned.body)
    return Response(text, canned.status, headers, media_type="application/json")
