"""Ollama's `/api/chat`: messages to a request, replies to text, usage and errors.

Field names and error texts follow Ollama's API of version 0.33. Durations are nanoseconds.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from langchain_core.messages import BaseMessage, convert_to_openai_messages
from langchain_core.messages.ai import UsageMetadata

from graph.devbox.wire import Execution
from graph.errors import (
    DevboxServerError,
    DevboxUnavailableError,
    QwenBusyError,
    QwenContextOverflowError,
    QwenIncompleteError,
    QwenModelMissingError,
    QwenRequestError,
    QwenServerDiedError,
    QwenServerError,
    QwenTimeoutError,
    RunloopError,
)

_ROLES = {"developer": "system", "function": "tool"}
_CURL_ERRORS: Mapping[int, tuple[type[RunloopError], str]] = {
    7: (DevboxUnavailableError, "no model server listens in the devbox"),
    18: (QwenServerDiedError, "the model server ended its answer early"),
    28: (QwenTimeoutError, "the model did not answer in time"),
    52: (QwenServerDiedError, "the model server closed the connection"),
    56: (QwenServerDiedError, "the model server broke the connection; is it out of memory?"),
    65: (DevboxServerError, "the request did not arrive whole in the devbox"),
    69: (DevboxUnavailableError, "the devbox cannot ask a model"),
}


def ollama_messages(messages: Sequence[BaseMessage]) -> list[dict[str, str]]:
    """The conversation as `{"role", "content"}`, text only."""
    converted = convert_to_openai_messages(list(messages), text_format="string")
    rows = converted if isinstance(converted, list) else [converted]
    return [
        {
            "role": _ROLES.get(row["role"], row["role"]),
            "content": clean_text(row.get("content") or ""),
        }
        for row in rows
    ]


def clean_text(text: str) -> str:
    """Valid Unicode: surrogate pairs are joined, lone surrogates become U+FFFD."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def parse_line(line: str) -> dict[str, Any]:
    """One JSON object of Ollama's reply.

    Raises:
        QwenIncompleteError: The line is cut or is no JSON.
    """
    try:
        reply = json.loads(line)
    except ValueError:
        reply = None
    if not isinstance(reply, dict):
        raise QwenIncompleteError(f"Ollama's reply is not JSON: {line[:80]!r}")
    return reply


def text_of(reply: Mapping[str, Any]) -> str:
    """The text that one reply or chunk carries."""
    message = reply.get("message")
    return str(message.get("content") or "") if isinstance(message, Mapping) else ""


def usage_of(reply: Mapping[str, Any]) -> UsageMetadata | None:
    """Token counts as Ollama reported them; None when it reported none.

    Ollama leaves out a count of zero.
    """
    if "eval_count" not in reply and "prompt_eval_count" not in reply:
        return None
    sent, written = int(reply.get("prompt_eval_count", 0)), int(reply.get("eval_count", 0))
    return UsageMetadata(input_tokens=sent, output_tokens=written, total_tokens=sent + written)


def metadata_of(reply: Mapping[str, Any]) -> dict[str, Any]:
    """`response_metadata` of the message that ends with `reply`."""
    timings = {key: reply[key] for key in reply if key.endswith("_duration")}
    reason = reply.get("done_reason", "stop")
    return {
        "model_name": reply.get("model", ""),
        "model_provider": "runloop",
        "done_reason": reason,
        "finish_reason": reason,
        **timings,
    }


def error_of(execution: Execution, ollama_error: str | None) -> RunloopError | None:
    """What went wrong with one request; None when Ollama answered with HTTP 200.

    Args:
        execution: The completed command; its stderr ends with the request's JSON report.
        ollama_error: The `error` of Ollama's reply, when it held one.
    """
    report = _report(execution.stderr or "")
    status = int(report.get("http") or 0)
    if status >= 400:
        return _http_error(status, ollama_error or f"HTTP {status}")
    if ollama_error is not None:
        return QwenServerError(f"Ollama failed: {ollama_error[:300]}")
    return _exit_error(execution)


def _http_error(status: int, text: str) -> RunloopError:
    text = text[:300]
    if status == 404:
        return QwenModelMissingError(f"Ollama: {text}; set QWEN_MODEL or pull the model")
    if status == 503:
        return QwenBusyError(f"Ollama is busy: {text}")
    if status >= 499:
        return QwenServerError(f"Ollama failed: {text}")
    if "context" in text and ("length" in text or "size" in text):
        return QwenContextOverflowError(f"Ollama: {text}")
    return QwenRequestError(f"Ollama refused the request: {text}")


def _exit_error(execution: Execution) -> RunloopError | None:
    code = execution.exit_status
    if code == 0:
        return None
    if code in _CURL_ERRORS:
        kind, text = _CURL_ERRORS[code]
        return kind(f"{text} (exit status {code}){_tail(execution)}")
    return DevboxServerError(f"the command in the devbox ended with {code}{_tail(execution)}")


def _tail(execution: Execution) -> str:
    """The last words of stderr that are not our own report."""
    lines = [line for line in (execution.stderr or "").splitlines() if line.strip()]
    words = [line for line in lines if not line.startswith('{"http"')]
    return f": {words[-1][:200]}" if words else ""


def _report(stderr: str) -> dict[str, Any]:
    for line in reversed(stderr.splitlines()):
        if line.startswith('{"http"'):
            return parse_line(line)
    return {}
