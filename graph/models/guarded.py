"""A provider's chat model whose errors are neutral and whose answers are whole.

It is the provider's own class with `GuardedChatModel` mixed in, so that tools, structured output,
callbacks and token streaming stay what LangChain made them.
"""

from __future__ import annotations

import functools
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, cast

import httpx
from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.exceptions import ModelAPIError
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from pydantic import PrivateAttr

from graph.models.catalog import provider_label
from graph.models.translate import to_model_error

logger = logging.getLogger("qwen_router")

FINISH_KEYS = ("finish_reason", "stop_reason", "status")


@dataclass(frozen=True)
class Origin:
    """Who answers: LangChain's name of the provider, and the provider's name of the model."""

    provider: str
    model: str

    def fault(self, what: str) -> ModelAPIError:
        """The error of an answer that is none."""
        return ModelAPIError(f"{provider_label(self.provider)} {self.model}: {what}")

    @contextmanager
    def translating(self) -> Iterator[None]:
        """Raise foreign errors as neutral ones.

        Raises:
            ModelError: What the block raised, see `to_model_error`.
        """
        try:
            yield
        except Exception as error:
            neutral = to_model_error(error, provider=self.provider, model=self.model)
            # A fallback may hide it from the caller, but not from whoever looks after the keys.
            logger.warning("%s", neutral)
            if neutral is error:
                raise
            raise neutral from error


class GuardedChatModel(BaseChatModel):
    """Raises ModelError only; an empty answer or a stream without an end is such an error."""

    _origin: Origin = PrivateAttr(default=Origin("unknown", "unknown"))

    async def aclose(self) -> None:
        """Close the connections, on the event loop on which the model was used."""
        if isinstance(client := getattr(self, "http_client", None), httpx.Client):
            client.close()
        if isinstance(client := getattr(self, "http_async_client", None), httpx.AsyncClient):
            await client.aclose()
        if (close := getattr(super(), "aclose", None)) is not None:
            await close()

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        with self._origin.translating():
            # The provider's class comes next in the method resolution order, not the abstract one.
            result = super()._generate(messages, stop, run_manager, **kwargs)  # type: ignore[safe-super]
            return _checked(result, self._origin)

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        with self._origin.translating():
            result = await super()._agenerate(messages, stop, run_manager, **kwargs)
            return _checked(result, self._origin)

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        guard = _StreamGuard(self._origin)
        with self._origin.translating():
            for chunk in super()._stream(messages, stop, run_manager, **kwargs):
                yield from guard.admit(chunk)
            guard.check_end()

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> AsyncIterator[ChatGenerationChunk]:
        guard = _StreamGuard(self._origin)
        with self._origin.translating():
            async for chunk in super()._astream(messages, stop, run_manager, **kwargs):
                for admitted in guard.admit(chunk):
                    yield admitted
            guard.check_end()


def guarded(chat_class: type[BaseChatModel], origin: Origin, **fields: Any) -> BaseChatModel:
    """Build `chat_class` with the guard mixed in.

    Args:
        chat_class: A provider's chat model.
        origin: Named in errors, and in the metadata where the provider names nobody.
        **fields: Passed to `chat_class`.
    """
    model = _mixed(chat_class)(**fields)
    model._origin = origin
    return model


@functools.cache
def _mixed(chat_class: type[BaseChatModel]) -> type[GuardedChatModel]:
    bases = (GuardedChatModel, chat_class)
    namespace = {"__module__": __name__, "__doc__": f"{chat_class.__name__}, guarded."}
    return cast(type[GuardedChatModel], type(chat_class.__name__, bases, namespace))


@dataclass
class _StreamGuard:
    """Holds chunks back until one says something, so that a fallback may still take over."""

    origin: Origin
    held: list[ChatGenerationChunk] | None = field(default_factory=list)
    named: set[str] = field(default_factory=set)
    finish_reason: str | None = None

    def admit(self, chunk: ChatGenerationChunk) -> list[ChatGenerationChunk]:
        """The chunks that may go out now."""
        self._note(chunk)
        if self.held is None:
            return [chunk]
        self.held.append(chunk)
        if not _says_something(chunk.message):
            return []
        released, self.held = self.held, None
        return released

    def check_end(self) -> None:
        """Raise ModelAPIError unless the stream was an answer with an end."""
        if self.finish_reason is None:
            raise self.origin.fault("the stream ended before the answer did")
        if self.held is not None:
            raise self.origin.fault(f"empty answer (finish reason {self.finish_reason})")

    def _note(self, chunk: ChatGenerationChunk) -> None:
        metadata = _metadata(chunk)
        self.named.update(key for key, value in metadata.items() if value)
        reason = _finish_reason(metadata)
        if reason is None:
            return
        self.finish_reason = reason
        # A name that came already must not come again: merging chunks joins the strings.
        _name(chunk.message, self.origin, self.named)


def _checked(result: ChatResult, origin: Origin) -> ChatResult:
    if not result.generations:
        raise origin.fault("empty answer (no choices)")
    generation = result.generations[0]
    metadata = {**(result.llm_output or {}), **_metadata(generation)}
    if not _says_something(generation.message):
        reason = _finish_reason(metadata) or "unknown"
        raise origin.fault(f"empty answer (finish reason {reason})")
    _name(generation.message, origin, {key for key, value in metadata.items() if value})
    return result


def _metadata(generation: ChatGeneration) -> dict[str, Any]:
    return {**(generation.generation_info or {}), **generation.message.response_metadata}


def _finish_reason(metadata: dict[str, Any]) -> str | None:
    return next((str(metadata[key]) for key in FINISH_KEYS if metadata.get(key)), None)


def _says_something(message: BaseMessage) -> bool:
    if isinstance(message, AIMessage) and (message.tool_calls or message.invalid_tool_calls):
        return True
    if isinstance(message, AIMessageChunk) and message.tool_call_chunks:
        return True
    return bool(message.text.strip())


def _name(message: BaseMessage, origin: Origin, named: set[str]) -> None:
    if "model_name" not in named:
        message.response_metadata["model_name"] = origin.model
    if "model_provider" not in named:
        message.response_metadata["model_provider"] = origin.provider
    named.update(("model_name", "model_provider"))
