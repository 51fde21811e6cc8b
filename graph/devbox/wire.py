"""Shapes of Runloop's replies and the translation of its failures.

Shapes follow Runloop's OpenAPI document and its SDK, version 3.0.0.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any, Literal, get_args

import httpx
from httpx_sse import SSEError

from graph.errors import (
    DevboxAuthenticationError,
    DevboxRateLimitError,
    DevboxRequestError,
    DevboxServerError,
    DevboxUnavailableError,
    QwenTimeoutError,
)

MAX_REPLY_BYTES = 16 * 1024 * 1024

ExecutionStatus = Literal["queued", "running", "completed"]
DevboxStatus = Literal[
    "queued",
    "scheduled",
    "provisioning",
    "initializing",
    "running",
    "suspending",
    "suspended",
    "resuming",
    "failure",
    "shutdown",
]


@dataclass(frozen=True)
class Execution:
    """One command in a box; the outputs are None until it has completed."""

    devbox_id: str
    execution_id: str
    status: ExecutionStatus
    exit_status: int | None = None
    stdout: str | None = None
    stderr: str | None = None
    stdout_truncated: bool = False
    stderr_truncated: bool = False

    @property
    def completed(self) -> bool:
        """Whether the command has ended."""
        return self.status == "completed"


@dataclass(frozen=True)
class DevboxView:
    """What Runloop says of one box."""

    id: str
    status: DevboxStatus
    create_time_ms: int
    metadata: Mapping[str, str]
    blueprint_id: str | None = None
    failure_reason: str | None = None


class WaitExpired(QwenTimeoutError):
    """408: of a wait call "not yet", of any other a timeout."""


@contextmanager
def translated() -> Iterator[None]:
    """Turn httpx's errors into ours; their texts are often blank, so the class is named."""
    try:
        yield
    except (httpx.ReadTimeout, httpx.WriteTimeout) as error:
        raise QwenTimeoutError(f"Runloop did not answer ({type(error).__name__})") from error
    except (httpx.RequestError, SSEError) as error:
        raise DevboxUnavailableError(
            f"Runloop is not reachable ({type(error).__name__}: {error})"
        ) from error


async def read_capped(response: httpx.Response) -> bytes:
    """The whole body; more than `MAX_REPLY_BYTES` is an error."""
    data = bytearray()
    async for chunk in response.aiter_bytes():
        data += chunk
        if len(data) > MAX_REPLY_BYTES:
            raise DevboxServerError(f"Runloop's reply exceeds {MAX_REPLY_BYTES} bytes")
    return bytes(data)


def raise_for(response: httpx.Response, data: bytes) -> None:
    """Raise what the reply's status means; never parses the message."""
    status, text = response.status_code, f"HTTP {response.status_code}: {_message(data)}"
    if status in (401, 403):
        raise DevboxAuthenticationError(f"Runloop refused the key ({text}); set RUNLOOP_API_KEY")
    if status == httpx.codes.REQUEST_TIMEOUT:
        raise WaitExpired(text)
    if status == httpx.codes.TOO_MANY_REQUESTS:
        raise DevboxRateLimitError(
            f"Runloop asks to wait ({text})", retry_after_s=_retry_after_s(response)
        )
    if status >= httpx.codes.INTERNAL_SERVER_ERROR:
        raise DevboxServerError(f"Runloop failed ({text})")
    raise DevboxRequestError(f"Runloop refused the request ({text})")


def _retry_after_s(response: httpx.Response) -> float | None:
    text = response.headers.get("retry-after", "")
    try:
        wait_s = float(text)
    except ValueError:
        return _seconds_until(text)
    return max(0.0, wait_s) if math.isfinite(wait_s) else None


def _seconds_until(date: str) -> float | None:
    try:
        return max(0.0, parsedate_to_datetime(date).timestamp() - time.time())
    except (ValueError, OverflowError):
        return None


def _message(data: bytes) -> str:
    try:
        return str(json_object(data).get("message", ""))[:300]
    except DevboxServerError:
        return data[:100].decode(errors="replace")


def json_object(data: bytes) -> dict[str, Any]:
    """The body as a JSON object."""
    try:
        reply = json.loads(data)
    except ValueError:
        reply = None
    if not isinstance(reply, dict):
        raise DevboxServerError("Runloop's reply is not a JSON object")
    return reply


def output_text(event: str, data: str) -> str:
    """The text of one server-sent event."""
    if event == "error":
        raise DevboxUnavailableError(f"Runloop ended the stream ({data[:200]})")
    if event != "message" or not data:
        return ""
    output = json_object(data.encode()).get("output")
    return output if isinstance(output, str) else ""


def as_execution(reply: Mapping[str, Any]) -> Execution:
    """Read `DevboxAsyncExecutionDetailView`."""
    if reply.get("status") not in get_args(ExecutionStatus):
        raise DevboxServerError(f"Runloop's execution has the status {reply.get('status')!r}")
    try:
        return Execution(
            devbox_id=reply["devbox_id"],
            execution_id=reply["execution_id"],
            status=reply["status"],
            exit_status=reply.get("exit_status"),
            stdout=reply.get("stdout"),
            stderr=reply.get("stderr"),
            stdout_truncated=bool(reply.get("stdout_truncated")),
            stderr_truncated=bool(reply.get("stderr_truncated")),
        )
    except KeyError as missing:
        raise DevboxServerError(f"Runloop's execution lacks {missing}") from None


def as_devbox_view(reply: Mapping[str, Any]) -> DevboxView:
    """Read `DevboxView`."""
    try:
        return DevboxView(
            id=reply["id"],
            status=reply["status"],
            create_time_ms=int(reply.get("create_time_ms") or 0),
            metadata=reply.get("metadata") or {},
            blueprint_id=reply.get("blueprint_id"),
            failure_reason=reply.get("failure_reason"),
        )
    except KeyError as missing:
        raise DevboxServerError(f"Runloop's devbox lacks {missing}") from None
