"""What the HTTP side and the engine say to each other."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol


@dataclass(frozen=True)
class ChatMessage:
    """One turn of the conversation."""

    role: str
    content: str


@dataclass(frozen=True)
class ChatOptions:
    """How to sample; the defaults are Ollama's."""

    num_predict: int | None = None
    """At most this many tokens; None: until the model stops or the window is full."""
    temperature: float = 0.8
    top_p: float = 0.9
    top_k: int = 40
    repeat_penalty: float = 1.0
    seed: int | None = None
    """Makes the answer repeatable; None: a random one."""
    stop: tuple[str, ...] = ()
    response_format: Mapping[str, Any] | None = None
    """OpenAI's `response_format`, such as `{"type": "json_object"}`."""


@dataclass(frozen=True)
class Text:
    """A piece of the answer; never empty."""

    text: str


@dataclass(frozen=True)
class Finished:
    """The last record of every answer that came to its end."""

    done_reason: Literal["stop", "length"]
    prompt_tokens: int
    output_tokens: int
    prompt_ms: float
    output_ms: float


class ChatEngine(Protocol):
    """A model that is loaded and answers."""

    @property
    def n_ctx(self) -> int:
        """Tokens of one conversation, prompt and answer together."""

    def chat(
        self, messages: Sequence[ChatMessage], options: ChatOptions
    ) -> AsyncGenerator[Text | Finished, None]:
        """Answer in pieces, ending with `Finished`; closing the iterator stops the model.

        Raises:
            QwenContextOverflowError: The prompt does not fit the window.
            QwenRequestError: The options or the messages are refused.
            QwenBusyError: Too many requests wait already.
            QwenServerError: The engine failed.
        """
