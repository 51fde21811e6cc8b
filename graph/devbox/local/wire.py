"""Reading requests and writing answers: JSON bodies, parameters, errors."""

from __future__ import annotations

import json
import math
import re
from typing import Any, TypeVar

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

WORTH_REPEATING = (408, 429)
MAX_COMMAND_BYTES = 131_071
VARIABLE_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")

T = TypeVar("T")


class ApiError(HTTPException):
    """An answer other than 200; its body is `{"code", "message"}`."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(status, message)


def reply(content: Any) -> Response:
    """A 200 answer in JSON, ASCII only so that no text can break it."""
    return Response(json.dumps(content), media_type="application/json")


def error_reply(status: int, message: str, headers: dict[str, str] | None = None) -> Response:
    """An error answer; says whether a client should repeat the request."""
    response = Response(
        json.dumps({"code": status, "message": message}),
        status,
        headers,
        media_type="application/json",
    )
    if status == 408:
        response.headers["retry-after-ms"] = "1"
    if status not in WORTH_REPEATING:
        response.headers["x-should-retry"] = "false"
    return response


async def json_body(request: Request) -> dict[str, Any]:
    """The body's object without its null members; `{}` for no body.

    Raises:
        ApiError: 400, the body is no JSON object.
    """
    raw = await request.body()
    try:
        body = json.loads(raw) if raw.strip() else {}
    except (ValueError, RecursionError):
        raise ApiError(400, "the body is not JSON") from None
    if not isinstance(body, dict):
        raise ApiError(400, "the body is not a JSON object")
    return {name: value for name, value in body.items() if value is not None}


def member(body: dict[str, Any], name: str, kind: type[T], default: T) -> T:
    """An optional member of a body.

    Raises:
        ApiError: 400, it is not a `kind`.
    """
    value = body.get(name, default)
    if not isinstance(value, kind):
        raise ApiError(400, f"{name} must be of type {kind.__name__}")
    return value


def required_text(body: dict[str, Any], name: str) -> str:
    """A member that must be there and must not be empty.

    Raises:
        ApiError: 400, it is missing, empty or no string.
    """
    value = member(body, name, str, "")
    if not value:
        raise ApiError(400, f"{name} is required")
    return value


def text_map(body: dict[str, Any], name: str) -> dict[str, str]:
    """An optional member that maps strings to strings.

    Raises:
        ApiError: 400, it does not.
    """
    value = member(body, name, dict, {})
    if not all(isinstance(k, str) and isinstance(v, str) for k, v in value.items()):
        raise ApiError(400, f"{name} must map strings to strings")
    return value


def seconds(body: dict[str, Any], name: str, most: float) -> float:
    """An optional duration in seconds, whole or not, of at most `most`, which is the default.

    Raises:
        ApiError: 400, it is no number of seconds.
    """
    value = body.get(name, most)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ApiError(400, f"{name} must be a number of seconds")
    return min(max(value, 0.0), most)


def status_list(body: dict[str, Any], known: tuple[str, ...]) -> list[str]:
    """The `statuses` that a request waits for.

    Raises:
        ApiError: 400, there are none or one is unknown.
    """
    statuses = member(body, "statuses", list, [])
    if not statuses or not all(status in known for status in statuses):
        raise ApiError(400, f"statuses must name some of {', '.join(known)}")
    return statuses


def count_parameter(request: Request, name: str, default: int) -> int:
    """A whole number of the query, 0 or more.

    Raises:
        ApiError: 400, it is none.
    """
    text = request.query_params.get(name, "")
    if not text:
        return default
    if not (text.isascii() and text.isdecimal() and len(text) < 16):
        raise ApiError(400, f"{name} must be a whole number")
    return int(text)


def check_environment(variables: dict[str, str]) -> None:
    """Refuse what cannot be a variable of a process.

    Raises:
        ApiError: 400.
    """
    for name, value in variables.items():
        if not VARIABLE_NAME.fullmatch(name) or "\0" in value or not is_unicode(value):
            raise ApiError(400, f"{name!a} is not a valid environment variable")


def is_unicode(text: str) -> bool:
    """Whether `text` is free of lone surrogates."""
    return not any("\ud800" <= character <= "\udfff" for character in text)


def check_command(command: object) -> None:
    """Refuse what the kernel would refuse as one argument.

    Raises:
        ApiError: 400.
    """
    if not isinstance(command, str):
        raise ApiError(400, "a command must be a string")
    try:
        size = len(command.encode())
    except UnicodeEncodeError:
        raise ApiError(400, "command is not valid Unicode") from None
    if "\0" in command:
        raise ApiError(400, "command holds a NUL character")
    if size > MAX_COMMAND_BYTES:
        raise ApiError(400, f"command has {size} bytes, more than {MAX_COMMAND_BYTES}")
