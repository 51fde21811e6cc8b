"""Groq's wire format: POST /openai/v1/chat/completions."""

from __future__ import annotations

import json
from typing import Any

from tests.wire.scripted import Received, Reply, ScriptedServer, event


def groq_error(message: str, *, kind: str, code: str | None = None) -> dict[str, Any]:
    """An error body, for `Reply.error`."""
    error = {"message": message, "type": kind}
    return {"error": error if code is None else {**error, "code": code}}


class GroqServer(ScriptedServer):
    """Answers as Groq does."""

    route = "/openai/v1/chat/completions"

    def wants_stream(self, received: Received) -> bool:
        return bool(received.body.get("stream"))

    def whole(self, received: Received, reply: Reply) -> dict[str, Any]:
        message: dict[str, Any] = {"role": "assistant", "content": reply.text}
        if reply.tool_call is not None:
            message["tool_calls"] = [_tool_call(reply)]
        finish_reason = reply.finish_reason or "stop"
        choice = {"index": 0, "message": message, "finish_reason": finish_reason}
        return {
            **_head(received, "chat.completion"),
            "choices": [] if reply.no_choices else [choice],
            "usage": _usage(reply),
            "x_groq": {"id": "req_1"},
        }

    def opening(self, received: Received, reply: Reply) -> list[bytes]:
        if reply.no_choices:
            return [event({**_head(received, "chat.completion.chunk"), "choices": []})]
        return [_chunk(received, {"role": "assistant", "content": ""}, x_groq={"id": "req_1"})]

    def piece(self, received: Received, text: str) -> bytes:
        return _chunk(received, {"content": text})

    def final(self, received: Received, reply: Reply) -> list[bytes]:
        if reply.no_choices:
            return [event("[DONE]")]
        calls = [] if reply.tool_call is None else [{"index": 0, **_tool_call(reply)}]
        tools = [_chunk(received, {"tool_calls": calls})] if calls else []
        usage = {"id": "req_1", "usage": _usage(reply)}
        last = _chunk(received, {}, finish_reason=reply.finish_reason or "stop", x_groq=usage)
        return [*tools, last, event("[DONE]")]


def _head(received: Received, kind: str) -> dict[str, Any]:
    model = received.body.get("model")
    return {"id": "chatcmpl-1", "object": kind, "created": 1_790_000_000, "model": model}


def _chunk(
    received: Received, delta: dict[str, Any], *, finish_reason: str | None = None, **extra: Any
) -> bytes:
    choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish_reason}
    head = _head(received, "chat.completion.chunk")
    return event({**head, "choices": [choice], **extra})


def _usage(reply: Reply) -> dict[str, Any]:
    return {
        "prompt_tokens": reply.input_tokens,
        "completion_tokens": reply.output_tokens,
        "total_tokens": reply.input_tokens + reply.output_tokens,
        "total_time": 0.01,
    }


def _tool_call(reply: Reply) -> dict[str, Any]:
    assert reply.tool_call is not None
    name, arguments = reply.tool_call
    function = {"name": name, "arguments": json.dumps(dict(arguments))}
    return {"id": "call_1", "type": "function", "function": function}
