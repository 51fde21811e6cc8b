"""Ollama's `/api/chat`: messages to a request, replies to text, usage and errors.

Field names and error texts follow Ollama's API of version 0.33. Durations are nanoseconds.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from langchain_core.messages import (
    AIMessage,
    AIMessageChunk,
    BaseMessage,
    convert_to_openai_messages,
)
from langchain_core.messages.ai import UsageMetadata

from graph.devbox.wire import Execution
from graph.errors import (
    DevboxServerError,
    DevboxUnavailableError,
    QwenBusyError,
    QwenContextOverflowError,
    QwenEmptyAnswerError,
    QwenIncompleteError,
    QwenModelMissingError,
    QwenRequestError,
    QwenServerDiedError,
    QwenServerError,
    QwenTimeoutError,
    RunloopError,
)

_ROLES = {"developer": "system", "function": "tool"}
_REPORT = re.compile(r'^\{"http": ?"(\d{3})"', re.MULTILINE)
_THOUGHTS = ("reasoning", "thinking", "redacted_thinking")
_CURL_ERRORS: Mapping[int, tuple[type[RunloopError], str]] = {
    6: (DevboxUnavailableError, "the model server's host is unknown in the devbox"),
    7: (DevboxUnavailableError, "no model server listens in the devbox"),
    18: (QwenServerDiedError, "the model server ended its answer early"),
    28: (QwenTimeoutError, "the model did not answer in time"),
    52: (QwenServerDiedError, "the model server closed the connection"),
    56: (QwenServerDiedError, "the model server broke the connection; is it out of memory?"),
    65: (DevboxServerError, "the request did not arrive whole in the devbox"),
    69: (DevboxUnavailableError, "the devbox cannot ask a model"),
    137: (DevboxUnavailableError, "the command was killed in the devbox; is it out of memory?"),
    143: (DevboxUnavailableError, "the command was stopped in the devbox"),
}


def ollama_messages(messages: Sequence[BaseMessage]) -> list[dict[str, str]]:
    """The conversation as `{"role", "content"}`, text only.

    Raises:
        QwenRequestError: A message holds an image, a file or anything else that is not text.
    """
    converted = convert_to_openai_messages(list(messages), text_format="string")
    rows = converted if isinstance(converted, list) else [converted]
    return [
        {
            "role": _ROLES.get(row["role"], row["role"]),
            "content": clean_text(_plain_text(row.get("content") or "")),
        }
        for row in rows
    ]


def _plain_text(content: str | Sequence[str | Mapping[str, Any]]) -> str:
    if isinstance(content, str):
        return content
    blocks = [{"type": "text", "text": b} if isinstance(b, str) else b for b in content]
    wanted = [block for block in blocks if block["type"] not in _THOUGHTS]
    for block in wanted:
        if block["type"] != "text":
            raise QwenRequestError(f"Qwen2.5-Coder reads text only, not {block['type']!r}")
    return "\n".join(block["text"] for block in wanted)


def chat_request(
    model: str,
    messages: Sequence[BaseMessage],
    *,
    stream: bool,
    keep_alive: int | str | None,
    options: Mapping[str, Any],
) -> dict[str, Any]:
    """Body of `/api/chat`; `truncate` and `shift` off, so that a long prompt is refused.

    What is None in `options` is left out, and so is `keep_alive`.

    Raises:
        QwenRequestError: A message holds something that is not text.
    """
    request: dict[str, Any] = {
        "model": model,
        "messages": ollama_messages(messages),
        "stream": stream,
        "truncate": False,
        "shift": False,
        "options": {key: value for key, value in options.items() if value is not None},
    }
    return request if keep_alive is None else {**request, "keep_alive": keep_alive}


def clean_text(text: str) -> str:
    """Valid Unicode: surrogate pairs are joined, lone surrogates become U+FFFD."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def is_reply(line: str) -> bool:
    """Whether a line of stdout is Ollama's: a login shell's profile may print its own."""
    return line.startswith("{")


def last_reply(stdout: str) -> dict[str, Any]:
    """The last of Ollama's replies in `stdout`; empty when it holds none that is whole."""
    lines = [line for line in stdout.split("\n") if is_reply(line)]
    try:
        return parse_line(lines[-1]) if lines else {}
    except QwenIncompleteError:
        return {}


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
    content = message.get("content") if isinstance(message, Mapping) else None
    return clean_text(content) if isinstance(content, str) else ""


def usage_of(reply: Mapping[str, Any]) -> UsageMetadata | None:
    """Token counts as Ollama reported them; None when it reported none.

    Ollama leaves out a count of zero.
    """
    if "eval_count" not in reply and "prompt_eval_count" not in reply:
        return None
    sent, written = _count(reply.get("prompt_eval_count")), _count(reply.get("eval_count"))
    return UsageMetadata(input_tokens=sent, output_tokens=written, total_tokens=sent + written)


def _count(value: object) -> int:
    return value if isinstance(value, int) else 0


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


def whole_message(reply: Mapping[str, Any]) -> AIMessage:
    """The answer that came in one reply."""
    return AIMessage(
        content=text_of(reply),
        usage_metadata=usage_of(reply),
        response_metadata=metadata_of(reply),
    )


def chunk_message(reply: Mapping[str, Any]) -> AIMessageChunk:
    """One reply of a stream; the last carries usage and metadata."""
    if not reply.get("done"):
        return AIMessageChunk(content=text_of(reply))
    return AIMessageChunk(
        content=text_of(reply),
        usage_metadata=usage_of(reply),
        response_metadata=metadata_of(reply),
        chunk_position="last",
    )


def check_finished(reply: Mapping[str, Any], *, wrote: bool) -> None:
    """Accept the last reply of a whole answer.

    Args:
        reply: The last reply.
        wrote: Whether the answer holds any text.

    Raises:
        QwenIncompleteError: It is not the last one.
        QwenEmptyAnswerError: The answer is empty.
    """
    if not reply.get("done"):
        raise QwenIncompleteError("the answer stopped before the model was done")
    if not wrote:
        raise QwenEmptyAnswerError("Qwen's answer is empty")


def error_of(execution: Execution, ollama_error: object) -> RunloopError | None:
    """What went wrong with one request; None when Ollama answered with HTTP 200.

    Args:
        execution: The completed command; its stderr ends with the request's report.
        ollama_error: The `error` of Ollama's reply, None when it held none.
    """
    status = _http_status(execution.stderr or "")
    if status >= 400:
        return _http_error(status, str(ollama_error or f"HTTP {status}"))
    if ollama_error is not None:
        return QwenServerError(f"Ollama failed: {str(ollama_error)[:300]}")
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
    known = _CURL_ERRORS.get(code or -1)
    if known is not None:
        kind, text = known
        return kind(f"{text} (exit status {code}){_tail(execution)}")
    return DevboxServerError(f"the command in the devbox ended with {code}{_tail(execution)}")


def _tail(execution: Execution) -> str:
    """The last words of stderr that are not our own report."""
    lines = [line for line in (execution.stderr or "").splitlines() if line.strip()]
    words = [line for line in lines if not line.startswith('{"http"')]
    return f": {words[-1][:200]}" if words else ""


def _http_status(stderr: str) -> int:
    found = _REPORT.findall(stderr)
    return int(found[-1]) if found else 0
