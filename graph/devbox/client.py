"""Runloop's REST API over httpx: the calls that the router makes, and no more.

Nothing is retried here: the caller owns the deadline. Every failure is one of `graph.errors`.
"""

from __future__ import annotations

import functools
import secrets
import time
import uuid
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

import httpx
from httpx_sse import EventSource
from pydantic import SecretStr

from graph.devbox.connections import ClientPerLoop
from graph.devbox.wire import (
    DevboxView,
    Execution,
    WaitExpired,
    as_devbox_view,
    as_execution,
    json_object,
    output_text,
    raise_for,
    read_capped,
    translated,
)
from graph.errors import ConfigurationError
from graph.settings import check_base_url, is_loopback

HOLD_S = 25.0
"""The longest that Runloop holds an execute or a wait call open."""
CONNECT_TIMEOUT_S = 5.0
ALL_LINES = "1000000"


class RunloopClient:
    """One account's devboxes.

    Args:
        base_url: Runloop's address, or any for a Unix socket.
        api_key: Bearer token; None for the local devbox's socket.
        uds: Unix socket of a local devbox.
        hold_s: How long the server is asked to hold an execute or a wait call open.
    """

    def __init__(
        self,
        base_url: str,
        *,
        api_key: SecretStr | None = None,
        uds: str | None = None,
        hold_s: float = HOLD_S,
    ) -> None:
        if uds is None:
            _check_address(base_url)
        self._hold_s = hold_s
        self._clients = ClientPerLoop(functools.partial(_new_http_client, base_url, api_key, uds))

    async def execute(self, devbox_id: str, command: str, *, command_id: str) -> Execution:
        """Run `command`; the reply may still be `running` after `hold_s`.

        Sending the same `command_id` again returns the same execution.
        """
        body = {
            "command": command,
            "command_id": command_id,
            "optimistic_timeout": max(1, int(self._hold_s)),
        }
        reply = await self._post(
            f"/{devbox_id}/execute",
            body,
            params={"last_n": ALL_LINES},
            read_timeout_s=self._hold_s + 10,
        )
        return as_execution(reply)

    async def execute_async(self, devbox_id: str, command: str, *, request_id: str) -> Execution:
        """Start `command` and return at once."""
        return as_execution(
            await self._post(
                f"/{devbox_id}/execute_async",
                {"command": command},
                headers={"x-request-id": request_id},
            )
        )

    async def retrieve_execution(self, devbox_id: str, execution_id: str) -> Execution:
        """Read one execution, its outputs included once it has completed."""
        path = f"/{devbox_id}/executions/{execution_id}"
        return as_execution(await self._request("GET", path, params={"last_n": ALL_LINES}))

    async def wait_for_execution(self, devbox_id: str, execution_id: str) -> Execution | None:
        """Wait up to `hold_s` for the end; None when it is not there yet."""
        try:
            reply = await self._post(
                f"/{devbox_id}/executions/{execution_id}/wait_for_status",
                {"statuses": ["completed"], "timeout_seconds": self._hold_s},
                params={"last_n": ALL_LINES},
                read_timeout_s=self._hold_s + 10,
            )
        except WaitExpired:
            return None
        return as_execution(reply)

    async def kill(self, devbox_id: str, execution_id: str) -> None:
        """Kill the command with its whole process group."""
        path = f"/{devbox_id}/executions/{execution_id}/kill"
        await self._post(path, {"kill_process_group": True})

    async def write_file(self, devbox_id: str, path: str, contents: str) -> None:
        """Write text to a file of the box, relative to its home."""
        body = {"file_path": path, "contents": contents}
        await self._post(f"/{devbox_id}/write_file_contents", body, read_timeout_s=60)

    async def stream_stdout(
        self, devbox_id: str, execution_id: str, *, offset: int
    ) -> AsyncGenerator[str, None]:
        """Follow a command's stdout from byte `offset` until it ends.

        Raises:
            DevboxUnavailableError: The stream broke; it may be opened again.
        """
        path = f"/{devbox_id}/executions/{execution_id}/stream_stdout_updates"
        with translated():
            async with (await self._clients.get()).stream(
                "GET",
                f"/v1/devboxes{path}",
                params={"offset": offset},
                headers={"Accept": "text/event-stream"},
                timeout=_timeout(self._hold_s + 10),
            ) as response:
                if not response.is_success:
                    raise_for(response, await read_capped(response))
                async for event in EventSource(response).aiter_sse():
                    yield output_text(event.event, event.data)

    async def create(self, body: Mapping[str, Any]) -> DevboxView:
        """Make a box and wait until it runs, as long as Runloop holds the call."""
        reply = await self._post("/create_and_await_running", body, read_timeout_s=120)
        return as_devbox_view(reply)

    async def retrieve(self, devbox_id: str) -> DevboxView:
        """Read one box's state."""
        return as_devbox_view(await self._request("GET", f"/{devbox_id}"))

    async def wait_until_running(self, devbox_id: str) -> DevboxView | None:
        """Wait up to `hold_s` for a settled state; None when it is not there yet."""
        body = {
            "statuses": ["running", "failure", "shutdown", "suspended"],
            "timeout_seconds": self._hold_s,
        }
        try:
            reply = await self._post(
                f"/{devbox_id}/wait_for_status", body, read_timeout_s=self._hold_s + 10
            )
        except WaitExpired:
            return None
        return as_devbox_view(reply)

    async def list_boxes(self) -> Sequence[DevboxView]:
        """The account's newest boxes, at most 100."""
        reply = await self._request("GET", "", params={"limit": "100"})
        return [as_devbox_view(row) for row in reply.get("devboxes", [])]

    async def aclose(self) -> None:
        """Close this event loop's connections; a loop that shuts down closes its own."""
        await self._clients.aclose()

    async def _post(self, path: str, body: Mapping[str, Any], **options: Any) -> dict[str, Any]:
        return await self._request("POST", path, body=body, **options)

    async def _request(
        self,
        method: str,
        path: str,
        *,
        body: Mapping[str, Any] | None = None,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        read_timeout_s: float = 30,
    ) -> dict[str, Any]:
        async with self._response(
            method,
            f"/v1/devboxes{path}",
            json=body,
            params=params,
            headers=headers,
            timeout=_timeout(read_timeout_s),
        ) as response:
            data = await read_capped(response)
        if not response.is_success:
            raise_for(response, data)
        return json_object(data)

    @asynccontextmanager
    async def _response(self, method: str, url: str, **options: Any) -> AsyncIterator[Any]:
        with translated():
            async with (await self._clients.get()).stream(method, url, **options) as response:
                yield response


def _new_http_client(
    base_url: str, api_key: SecretStr | None, uds: str | None
) -> httpx.AsyncClient:
    headers = {"Accept-Encoding": "identity"}
    if api_key is not None:
        headers["Authorization"] = f"Bearer {_header_text(api_key)}"
    return httpx.AsyncClient(
        base_url=base_url,
        headers=headers,
        transport=httpx.AsyncHTTPTransport(uds=uds) if uds else None,
        follow_redirects=False,
        trust_env=not is_loopback(urlsplit(base_url).hostname),
    )


def _check_address(base_url: str) -> None:
    try:
        check_base_url(base_url)
    except ValueError as error:
        raise ConfigurationError(f"RUNLOOP_BASE_URL: {error}") from None


def _header_text(key: SecretStr) -> str:
    """The key, checked here: the HTTP library's complaint would show it."""
    text = key.get_secret_value().strip()
    if not text.isascii() or not text.isprintable():
        raise ConfigurationError("RUNLOOP_API_KEY holds a character that no HTTP header may hold")
    return text


def new_id() -> str:
    """A UUIDv7 (RFC 9562): milliseconds since 1970, then 74 random bits."""
    bits = (int(time.time() * 1000) & (1 << 48) - 1) << 80
    bits |= 0x7 << 76 | secrets.randbits(12) << 64
    bits |= 0b10 << 62 | secrets.randbits(62)
    return str(uuid.UUID(int=bits))


def _timeout(read_s: float) -> httpx.Timeout:
    return httpx.Timeout(read_s, connect=CONNECT_TIMEOUT_S)
