"""Reading conversations and answers: the last request, the part that fits, who wrote what."""

from __future__ import annotations

from collections.abc import Sequence

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage
from langchain_core.messages.ai import UsageMetadata
from langchain_core.messages.utils import trim_messages

from nodes.state import Answer, Step

BYTES_PER_TOKEN = 3
"""Low on purpose: Qwen's tokens are longer on average, but for digits, of which each is one."""
DIGITS = dict.fromkeys(map(ord, "0123456789"))
TOKENS_PER_MESSAGE = 8


def last_request(messages: Sequence[BaseMessage]) -> str:
    """Text of the newest human message; empty when there is none."""
    for message in reversed(messages):
        if isinstance(message, HumanMessage):
            return message.text
    return ""


def estimated_tokens(messages: Sequence[BaseMessage]) -> int:
    """A safe estimate, for trimming only; never reported as usage."""
    return sum(_text_tokens(message.text) + TOKENS_PER_MESSAGE for message in messages)


def _text_tokens(text: str) -> int:
    words = text.translate(DIGITS)
    return len(text) - len(words) + len(words.encode(errors="replace")) // BYTES_PER_TOKEN


def prompt(system: str, messages: Sequence[BaseMessage], *, max_tokens: int) -> list[BaseMessage]:
    """`system` with the caller's own system text, and as many of the newest turns as fit."""
    texts = [system, *(m.text for m in messages if isinstance(m, SystemMessage))]
    turns = [m for m in messages if not isinstance(m, SystemMessage)]
    return fit([SystemMessage("\n\n".join(texts)), *turns], max_tokens=max_tokens)


def fit(messages: Sequence[BaseMessage], *, max_tokens: int) -> list[BaseMessage]:
    """The system message and as many of the newest turns as fit.

    The newest turn always stays; too long by itself, it is the model that refuses it.
    """
    trimmed = trim_messages(
        list(messages),
        max_tokens=max_tokens,
        token_counter=estimated_tokens,
        strategy="last",
        include_system=True,
        start_on="human",
    )
    if any(isinstance(message, HumanMessage) for message in trimmed):
        return trimmed
    return [*(m for m in messages[:1] if isinstance(m, SystemMessage)), *messages[-1:]]


def answer_of(message: AIMessage, *, step: Step) -> Answer:
    """What a model answered, with the tokens that it reported."""
    metadata, usage = message.response_metadata, message.usage_metadata
    return Answer(
        id=message.id,
        step=step,
        text=message.text.strip(),
        provider=provider_of(message),
        model=str(metadata.get("model_name", "")),
        input_tokens=usage["input_tokens"] if usage else None,
        output_tokens=usage["output_tokens"] if usage else None,
        finish_reason=str(metadata.get("finish_reason") or "stop").lower(),
    )


def message_of(answer: Answer) -> AIMessage:
    """The conversation's message for an accepted answer, with the tokens that were reported."""
    sent, written = answer["input_tokens"], answer["output_tokens"]
    usage = None
    if sent is not None and written is not None:
        usage = UsageMetadata(input_tokens=sent, output_tokens=written, total_tokens=sent + written)
    metadata = {
        "model_name": answer["model"],
        "model_provider": answer["provider"],
        "finish_reason": answer["finish_reason"],
    }
    return AIMessage(
        answer["text"], id=answer["id"], usage_metadata=usage, response_metadata=metadata
    )


_SHORT_NAMES = {"runloop": "qwen", "google_genai": "gemini"}


def provider_of(message: AIMessage) -> str:
    """`qwen`, `groq`, `gemini`, or what the model says of itself."""
    name = str(message.response_metadata.get("model_provider") or "unknown")
    return _SHORT_NAMES.get(name, name)
