"""Endpoints of a box: its life and its files."""

from __future__ import annotations

import asyncio
from typing import Any

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from graph.devbox.local.box import STATUSES, Box
from graph.devbox.local.boxes import Boxes
from graph.devbox.local.files import read_file, write_file
from graph.devbox.local.views import blueprint_view, devbox_view, usage_view
from graph.devbox.local.wire import (
    ApiError,
    check_command,
    check_environment,
    count_parameter,
    json_body,
    member,
    reply,
    required_text,
    seconds,
    status_list,
    text_map,
)

MAX_WAIT_S = 30.0
DEFAULT_PAGE = 20
MAX_PAGE = 5000
SOURCES = ("blueprint_id", "blueprint_name", "snapshot_id")


def boxes_of(request: Request) -> Boxes:
    """The server's boxes."""
    boxes: Boxes = request.app.state.boxes
    return boxes


def box_of(request: Request) -> Box:
    """The box that the path names.

    Raises:
        ApiError: 404, there is none.
    """
    return boxes_of(request).get(request.path_params["devbox_id"])


def running_box_of(request: Request) -> Box:
    """The box that the path names, which must be running.

    Raises:
        ApiError: 404, there is none; 400, it is not running.
    """
    box = box_of(request)
    box.require_running()
    return box


async def create(request: Request) -> Response:
    """POST /v1/devboxes."""
    return reply(devbox_view(boxes_of(request).create(await _create_request(request))))


async def create_and_await_running(request: Request) -> Response:
    """POST /v1/devboxes/create_and_await_running: at most `MAX_WAIT_S`, then as it is."""
    box = boxes_of(request).create(await _create_request(request))
    await _wait_for(request, box, ["running", "failure", "shutdown"], MAX_WAIT_S)
    return reply(devbox_view(box))


async def list_boxes(request: Request) -> Response:
    """GET /v1/devboxes, newest first."""
    status = request.query_params.get("status")
    after = request.query_params.get("starting_after")
    limit = min(count_parameter(request, "limit", DEFAULT_PAGE), MAX_PAGE)
    boxes = list(reversed(boxes_of(request).by_id.values()))
    found = [box for box in boxes if status in (None, "", box.status)]
    start = found.index(boxes_of(request).get(after)) + 1 if after else 0
    page = {
        "devboxes": [devbox_view(box) for box in found[start : start + limit]],
        "has_more": len(found) > start + limit,
    }
    if request.query_params.get("include_total_count") != "false":
        page["total_count"] = len(found)
    return reply(page)


async def retrieve(request: Request) -> Response:
    """GET /v1/devboxes/{id}."""
    return reply(devbox_view(box_of(request)))


async def update(request: Request) -> Response:
    """POST /v1/devboxes/{id}: replaces the name, the metadata, or both."""
    box, body = box_of(request), await json_body(request)
    box.name = member(body, "name", str, box.name or "") or None
    if "metadata" in body:
        box.metadata = text_map(body, "metadata")
    return reply(devbox_view(box))


async def wait_for_status(request: Request) -> Response:
    """POST /v1/devboxes/{id}/wait_for_status."""
    box, body = box_of(request), await json_body(request)
    statuses = status_list(body, STATUSES)
    await _wait_for(request, box, statuses, seconds(body, "timeout_seconds", MAX_WAIT_S))
    if box.status not in statuses:
        raise ApiError(408, "Timeout waiting for the devbox's status")
    return reply(devbox_view(box))


async def suspend(request: Request) -> Response:
    """POST /v1/devboxes/{id}/suspend."""
    box = box_of(request)
    box.suspend()
    return reply(devbox_view(box))


async def resume(request: Request) -> Response:
    """POST /v1/devboxes/{id}/resume."""
    box = box_of(request)
    box.resume()
    return reply(devbox_view(box))


async def shutdown(request: Request) -> Response:
    """POST /v1/devboxes/{id}/shutdown."""
    box = box_of(request)
    await box.shut_down()
    return reply(devbox_view(box))


async def keep_alive(request: Request) -> Response:
    """POST /v1/devboxes/{id}/keep_alive: a box here never expires."""
    running_box_of(request)
    return reply({})


async def usage(request: Request) -> Response:
    """GET /v1/devboxes/{id}/usage."""
    return reply(usage_view(box_of(request)))


async def logs(request: Request) -> Response:
    """GET /v1/devboxes/{id}/logs."""
    execution_id = request.query_params.get("execution_id")
    entries = box_of(request).logs
    return reply({"logs": [e for e in entries if execution_id in (None, "", e["cmd_id"])]})


async def write_file_contents(request: Request) -> Response:
    """POST /v1/devboxes/{id}/write_file_contents."""
    box, body = running_box_of(request), await json_body(request)
    contents = member(body, "contents", str, "").encode("utf-8", "replace")
    await asyncio.to_thread(write_file, box.home, required_text(body, "file_path"), contents)
    return reply({"devbox_id": box.id, "exit_status": 0, "stdout": "", "stderr": ""})


async def read_file_contents(request: Request) -> Response:
    """POST /v1/devboxes/{id}/read_file_contents: plain text."""
    box, body = running_box_of(request), await json_body(request)
    contents = await asyncio.to_thread(read_file, box.home, required_text(body, "file_path"))
    return Response(contents.decode("utf-8", "replace"), media_type="text/plain")


async def upload_file(request: Request) -> Response:
    """POST /v1/devboxes/{id}/upload_file: multipart `path` and `file`."""
    box = running_box_of(request)
    async with request.form() as form:
        path, file = form.get("path"), form.get("file")
        if not isinstance(path, str) or not path or not isinstance(file, UploadFile):
            raise ApiError(400, "path and file are required")
        contents = await file.read()
    await asyncio.to_thread(write_file, box.home, path, contents)
    return reply({})


async def download_file(request: Request) -> Response:
    """POST /v1/devboxes/{id}/download_file: the bytes."""
    box, body = running_box_of(request), await json_body(request)
    contents = await asyncio.to_thread(read_file, box.home, required_text(body, "path"))
    return Response(contents, media_type="application/octet-stream")


async def retrieve_blueprint(request: Request) -> Response:
    """GET /v1/blueprints/{id}."""
    return reply(blueprint_view(request.path_params["blueprint_id"]))


async def _create_request(request: Request) -> dict[str, Any]:
    body = await json_body(request)
    member(body, "name", str, "")
    text_map(body, "metadata")
    check_environment(text_map(body, "environment_variables"))
    commands = member(member(body, "launch_parameters", dict, {}), "launch_commands", list, [])
    for command in commands:
        check_command(command)
    if text_map(body, "secrets"):
        raise ApiError(400, "the local devbox keeps no secrets; use environment_variables")
    if sum(source in body for source in SOURCES) > 1:
        raise ApiError(400, f"only one of {', '.join(SOURCES)} may be given")
    return body


async def _wait_for(request: Request, box: Box, statuses: list[str], timeout_s: float) -> None:
    boxes = boxes_of(request)
    await box.changed.wait_until(lambda: box.status in statuses or boxes.closing, timeout_s)


ONE = "/v1/devboxes/{devbox_id}"
DEVBOX_ROUTES = [
    Route("/v1/devboxes", create, methods=["POST"]),
    Route("/v1/devboxes", list_boxes, methods=["GET"]),
    Route("/v1/devboxes/create_and_await_running", create_and_await_running, methods=["POST"]),
    Route(ONE, retrieve, methods=["GET"]),
    Route(ONE, update, methods=["POST"]),
    Route(f"{ONE}/wait_for_status", wait_for_status, methods=["POST"]),
    Route(f"{ONE}/suspend", suspend, methods=["POST"]),
    Route(f"{ONE}/resume", resume, methods=["POST"]),
    Route(f"{ONE}/shutdown", shutdown, methods=["POST"]),
    Route(f"{ONE}/keep_alive", keep_alive, methods=["POST"]),
    Route(f"{ONE}/usage", usage, methods=["GET"]),
    Route(f"{ONE}/logs", logs, methods=["GET"]),
    Route(f"{ONE}/write_file_contents", write_file_contents, methods=["POST"]),
    Route(f"{ONE}/read_file_contents", read_file_contents, methods=["POST"]),
    Route(f"{ONE}/upload_file", upload_file, methods=["POST"]),
    Route(f"{ONE}/download_file", download_file, methods=["POST"]),
    Route("/v1/blueprints/{blueprint_id}", retrieve_blueprint, methods=["GET"]),
]
