"""Gemini's wire format: POST /v1beta/models/{model}:generateContent, :streamGenerateContent."""

from __future__ import annotations

from typing import Any

from tests.wire.scripted import Received, Reply, ScriptedServer, event


def gemini_error(
    code: int, status: str, message: str, *, reason: str | None = None, retry_s: int | None = None
) -> dict[str, Any]:
    """An error body, for `Reply.error`; `retry_s` adds Google's RetryInfo, `reason` ErrorInfo."""
    prefix, details = "type.googleapis.com/google.rpc.", []
    if reason is not None:
        details.append({"@type": f"{prefix}ErrorInfo", "reason": reason})
    if retry_s is not None:
        details.append({"@type": f"{prefix}RetryInfo", "retryDelay": f"{retry_s}s"})
    return {"error": {"code": code, "message": message, "status": status, "details": details}}


class GeminiServer(ScriptedServer):
    """Answers as Gemini does."""

    route = "/v1beta/models/{call}"

    def wants_stream(self, received: Received) -> bool:
        return received.path.endswith(":streamGenerateContent")

    def whole(self, received: Received, reply: Reply) -> dict[str, Any]:
        if reply.no_choices:
            return _body(received, [], reply)
        parts: list[dict[str, Any]] = [] if reply.text is None else [{"text": reply.text}]
        return _body(received, [_candidate([*parts, *_call(reply)], _reason(reply))], reply)

    def opening(self, received: Received, reply: Reply) -> list[bytes]:
        return []

    def piece(self, received: Received, text: str) -> bytes:
        return event(_body(received, [_candidate([{"text": text}], None)], None))

    def final(self, received: Received, reply: Reply) -> list[bytes]:
        parts = [*_call(reply), {"text": ""}]
        candidates = [] if reply.no_choices else [_candidate(parts, _reason(reply))]
        return [event(_body(received, candidates, reply))]


def _reason(reply: Reply) -> str:
    return reply.finish_reason or "STOP"


def _candidate(parts: list[dict[str, Any]], finish_reason: str | None) -> dict[str, Any]:
    candidate: dict[str, Any] = {"content": {"parts": parts, "role": "model"}, "index": 0}
    return candidate if finish_reason is None else {**candidate, "finishReason": finish_reason}


def _call(reply: Reply) -> list[dict[str, Any]]:
    if reply.tool_call is None:
        return []
    name, arguments = reply.tool_call
    return [{"functionCall": {"name": name, "args": dict(arguments)}}]


def _body(
    received: Received, candidates: list[dict[str, Any]], reply: Reply | None
) -> dict[str, Any]:
    model = received.path.rpartition("/")[2].partition(":")[0]
    usage = {"promptTokenCount": 11, "totalTokenCount": 11} if reply is None else _usage(reply)
    body = {"usageMetadata": usage, "modelVersion": model, "responseId": "resp-1"}
    return body if not candidates else {"candidates": candidates, **body}


def _usage(reply: Reply) -> dict[str, Any]:
    return {
        "promptTokenCount": reply.input_tokens,
        "candidatesTokenCount": reply.output_tokens,
        "totalTokenCount": reply.input_tokens + reply.output_tokens,
    }
