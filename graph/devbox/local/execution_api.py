"""Endpoints of commands."""

from __future__ import annotations

from collections.abc import AsyncIterator

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from graph.devbox.local.devbox_api import ONE, box_of, boxes_of, running_box_of
from graph.devbox.local.executions import DEFAULT_LAST_LINES, Execution, OutputBuffer
from graph.devbox.local.sse import events
from graph.devbox.local.wire import (
    ApiError,
    count_parameter,
    json_body,
    member,
    reply,
    required_text,
    seconds,
    status_list,
)

MAX_WAIT_S = 25.0
KILL_WAIT_S = 1.0
STATUSES = ("queued", "running", "completed")


async def execute(request: Request) -> Response:
    """POST /v1/devboxes/{id}/execute: the result, or `running` after `optimistic_timeout`."""
    box, body = running_box_of(request), await json_body(request)
    command = required_text(body, "command")
    command_id = required_text(body, "command_id")
    timeout_s = seconds(body, "optimistic_timeout", MAX_WAIT_S)
    last_n = _last_n(request)
    execution = await box.execute(command, command_id=command_id)
    await execution.wait_for(["completed"], timeout_s)
    return reply(execution.view(last_n))


async def execute_async(request: Request) -> Response:
    """POST /v1/devboxes/{id}/execute_async."""
    box, body = running_box_of(request), await json_body(request)
    execution = await box.execute(
        required_text(body, "command"),
        request_id=request.headers.get("x-request-id"),
        attach_stdin=member(body, "attach_stdin", bool, False),
    )
    return reply(execution.view())


async def retrieve(request: Request) -> Response:
    """GET /v1/devboxes/{id}/executions/{id}."""
    return reply(_execution_of(request).view(_last_n(request)))


async def wait_for_status(request: Request) -> Response:
    """POST /v1/devboxes/{id}/executions/{id}/wait_for_status."""
    execution, body = _execution_of(request), await json_body(request)
    statuses = status_list(body, STATUSES)
    last_n = _last_n(request)
    if not await execution.wait_for(statuses, seconds(body, "timeout_seconds", MAX_WAIT_S)):
        raise ApiError(408, "Timeout waiting for command completion")
    return reply(execution.view(last_n))


async def kill(request: Request) -> Response:
    """POST /v1/devboxes/{id}/executions/{id}/kill."""
    execution, body = _execution_of(request), await json_body(request)
    execution.kill(group=member(body, "kill_process_group", bool, False))
    await execution.wait_for(["completed"], KILL_WAIT_S)
    return reply(execution.view())


async def send_std_in(request: Request) -> Response:
    """POST /v1/devboxes/{id}/executions/{id}/send_std_in: exactly one of text and signal."""
    execution, body = _execution_of(request), await json_body(request)
    if ("text" in body) == ("signal" in body):
        raise ApiError(400, "exactly one of text and signal is required")
    if execution.status == "completed":
        raise ApiError(400, "the execution has completed")
    if not _send(execution, body):
        raise ApiError(400, "standard input is not attached, or was closed")
    ids = {"devbox_id": execution.devbox_id, "execution_id": execution.id}
    return reply({**ids, "success": True})


async def stream_stdout(request: Request) -> Response:
    """GET .../stream_stdout_updates."""
    return _stream(request, _execution_of(request).stdout)


async def stream_stderr(request: Request) -> Response:
    """GET .../stream_stderr_updates."""
    return _stream(request, _execution_of(request).stderr)


def _execution_of(request: Request) -> Execution:
    return box_of(request).execution(request.path_params["execution_id"])


def _last_n(request: Request) -> int:
    return count_parameter(request, "last_n", DEFAULT_LAST_LINES)


def _send(execution: Execution, body: dict[str, object]) -> bool:
    if "text" in body:
        return execution.send_text(required_text(body, "text"))
    if body["signal"] == "EOF":
        return execution.close_stdin()
    if body["signal"] == "INTERRUPT":
        return execution.interrupt()
    raise ApiError(400, "signal must be EOF or INTERRUPT")


def _stream(request: Request, buffer: OutputBuffer) -> Response:
    offset = count_parameter(request, "offset", 0)
    stream_break = boxes_of(request).faults.take_stream_break()
    content: AsyncIterator[str] = events(buffer, offset, stream_break)
    return StreamingResponse(
        content, media_type="text/event-stream", headers={"cache-control": "no-cache"}
    )


EXECUTION = f"{ONE}/executions/{{execution_id}}"
EXECUTION_ROUTES = [
    Route(f"{ONE}/execute", execute, methods=["POST"]),
    Route(f"{ONE}/execute_async", execute_async, methods=["POST"]),
    Route(EXECUTION, retrieve, methods=["GET"]),
    Route(f"{EXECUTION}/wait_for_status", wait_for_status, methods=["POST"]),
    Route(f"{EXECUTION}/kill", kill, methods=["POST"]),
    Route(f"{EXECUTION}/send_std_in", send_std_in, methods=["POST"]),
    Route(f"{EXECUTION}/stream_stdout_updates", stream_stdout, methods=["GET"]),
    Route(f"{EXECUTION}/stream_stderr_updates", stream_stderr, methods=["GET"]),
]
