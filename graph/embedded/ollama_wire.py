"""Ollama's requests and records, to and from the engine's terms."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

from pydantic import BaseModel, ValidationError

from graph.embedded.protocol import ChatMessage, ChatOptions, Finished, Text
from graph.errors import QwenRequestError

NS_PER_MS = 1_000_000

Record = dict[str, Any]
"""One JSON object of an answer."""


class OllamaMessage(BaseModel):
    """One turn of the conversation."""

    role: Literal["system", "user", "assistant", "tool"]
    content: str = ""


class OllamaOptions(BaseModel):
    """The options that are honoured; others, such as num_ctx, are accepted and ignored."""

    num_predict: int | None = None
    temperature: float | None = None
    top_p: float | None = None
    top_k: int | None = None
    repeat_penalty: float | None = None
    seed: int | None = None
    stop: str | list[str] | None = None


class ChatRequest(BaseModel):
    """Body of POST /api/chat."""

    model: str
    messages: list[OllamaMessage] | None = None
    stream: bool | None = None
    format: str | dict[str, Any] | None = None
    options: OllamaOptions | None = None
    tools: list[Any] | None = None
    think: bool | str | None = None

    def turns(self) -> list[ChatMessage]:
        """Give the conversation."""
        return [ChatMessage(turn.role, turn.content) for turn in self.messages or ()]

    def chat_options(self) -> ChatOptions:
        """Translate the options; what is not set keeps its default.

        Raises:
            QwenRequestError: `format` is neither "json" nor a schema.
        """
        options = self.options or OllamaOptions()
        given = options.model_dump(exclude={"num_predict", "seed", "stop"}, exclude_none=True)
        return ChatOptions(
            **given,
            num_predict=_if_at_least(1, options.num_predict),
            seed=_if_at_least(0, options.seed),
            stop=(options.stop,) if isinstance(options.stop, str) else tuple(options.stop or ()),
            response_format=_response_format(self.format),
        )


class ShowRequest(BaseModel):
    """Body of POST /api/show."""

    model: str


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass
class ReplyWriter:
    """Writes the records of one answer; the time it takes counts from here."""

    model: str
    now: Callable[[], datetime] = _now
    clock_ns: Callable[[], int] = time.monotonic_ns
    started_ns: int = field(init=False)

    def __post_init__(self) -> None:
        self.started_ns = self.clock_ns()

    def piece(self, piece: Text | Finished) -> Record:
        """Write a piece of the answer, or its end; durations are nanoseconds."""
        if isinstance(piece, Text):
            return self.record(piece.text, done=False)
        return self.record(
            "",
            done=True,
            done_reason=piece.done_reason,
            total_duration=self.clock_ns() - self.started_ns,
            load_duration=0,
            prompt_eval_count=piece.prompt_tokens,
            prompt_eval_duration=round(piece.prompt_ms * NS_PER_MS),
            eval_count=piece.output_tokens,
            eval_duration=round(piece.output_ms * NS_PER_MS),
        )

    def record(self, content: str, *, done: bool, **rest: Any) -> Record:
        """Write one record."""
        return {
            "model": self.model,
            "created_at": rfc3339(self.now()),
            "message": {"role": "assistant", "content": content},
            "done": done,
            **rest,
        }


def rfc3339(moment: datetime) -> str:
    """Write a UTC time the way Ollama does."""
    return moment.isoformat().replace("+00:00", "Z")


def first_fault(error: ValidationError) -> str:
    """Say in one line what is wrong with a request."""
    fault = error.errors(include_url=False)[0]
    place = ".".join(str(step) for step in fault["loc"])
    return f"{place}: {fault['msg']}" if place else fault["msg"]


def _if_at_least(least: int, value: int | None) -> int | None:
    """Keep `value` when it sets something; smaller ones mean "no bound" or "random"."""
    return value if value is not None and value >= least else None


def _response_format(wanted: str | dict[str, Any] | None) -> dict[str, Any] | None:
    if not wanted:
        return None
    if isinstance(wanted, dict):
        return {"type": "json_schema", "json_schema": {"schema": wanted}}
    if wanted == "json":
        return {"type": "json_object"}
    raise QwenRequestError(f'invalid format: "{wanted}"; expected "json" or a JSON schema')
