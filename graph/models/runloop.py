"""ChatRunloop: Qwen2.5-Coder under Ollama in a devbox, asked through Runloop's execute call."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator, Sequence
from contextlib import aclosing
from typing import Any

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.language_models.base import LangSmithParams
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from langchain_core.runnables import Runnable
from langchain_core.tools import BaseTool
from langchain_core.utils import from_env, secret_from_env
from pydantic import ConfigDict, Field, PrivateAttr, SecretStr

from graph.background import background_loop, in_own_task
from graph.devbox.box import Devbox, RunningCommand
from graph.devbox.client import RunloopClient, new_id
from graph.devbox.command import Command, chat_command
from graph.errors import (
    ConfigurationError,
    QwenIncompleteError,
    QwenTimeoutError,
)
from graph.models.ollama import (
    chat_request,
    check_finished,
    chunk_message,
    error_of,
    is_reply,
    last_reply,
    parse_line,
    text_of,
    whole_message,
)
from graph.settings import QWEN_NUM_CTX, QWEN_NUM_PREDICT

DEFAULT_MODEL = "qwen2.5-coder:1.5b"


class ChatRunloop(BaseChatModel):
    """A chat model behind Runloop's REST API.

    ```python
    model = ChatRunloop(model="qwen2.5-coder:1.5b", devbox_id="dbx_...")
    model.invoke("Write a Python function that reverses a string").text
    ```

    `invoke` is one execute call; `stream` starts the command and follows its output. Cancelling
    either kills the command's process group, and with it Ollama's generation. Every failure is a
    `RunloopError`, which is a `ModelError` of langchain-core.
    """

    model_name: str = Field(default=DEFAULT_MODEL, alias="model")
    """Ollama's tag of the model."""
    api_key: SecretStr | None = Field(
        alias="runloop_api_key", default_factory=secret_from_env("RUNLOOP_API_KEY", default=None)
    )
    """Runloop's key."""
    devbox_id: str | None = Field(
        default_factory=from_env(["RUNLOOP_DEVBOX_ID", "RUNLOOP_DEVOX_ID"], default=None)
    )
    """The box that runs Ollama."""
    base_url: str = Field(
        default_factory=from_env("RUNLOOP_BASE_URL", default="https://api.runloop.ai")
    )
    """Runloop's address."""
    temperature: float | None = 0.2
    """Sampling temperature; low suits code."""
    max_tokens: int = QWEN_NUM_PREDICT
    """Longest answer, in tokens (Ollama's num_predict)."""
    num_ctx: int = QWEN_NUM_CTX
    """Context window, in tokens; changing it between calls makes Ollama load the model again."""
    seed: int | None = None
    """Makes sampling repeatable."""
    timeout: float | None = 300.0
    """Seconds for a whole answer."""
    max_retries: int = 0
    """Accepted for LangChain's sake; retries belong to the graph, which knows the deadline."""
    stop: list[str] | None = Field(default=None, alias="stop_sequences")
    """Texts at which the answer ends."""
    keep_alive: int | str | None = -1
    """How long Ollama keeps the model loaded; -1 for ever, None as it is configured."""
    devbox: Devbox | None = Field(default=None, exclude=True, repr=False)
    """The box itself, in place of `api_key`, `devbox_id` and `base_url`."""

    _box: Devbox | None = PrivateAttr(None)

    model_config = ConfigDict(populate_by_name=True, arbitrary_types_allowed=True)

    @property
    def _llm_type(self) -> str:
        return "runloop-chat"

    @property
    def lc_secrets(self) -> dict[str, str]:
        """Fields that hold secrets, and their variables."""
        return {"api_key": "RUNLOOP_API_KEY", "runloop_api_key": "RUNLOOP_API_KEY"}

    @property
    def _identifying_params(self) -> dict[str, Any]:
        return {"model_name": self.model_name, "num_ctx": self.num_ctx}

    def _get_ls_params(self, stop: list[str] | None = None, **kwargs: Any) -> LangSmithParams:
        params = super()._get_ls_params(stop=stop, **kwargs)
        params["ls_provider"] = "runloop"
        params["ls_model_name"] = kwargs.get("model", self.model_name)
        return params

    def bind_tools(
        self,
        tools: Sequence[dict[str, Any] | type | Callable[..., Any] | BaseTool],
        *,
        tool_choice: str | None = None,
        **kwargs: Any,
    ) -> Runnable[LanguageModelInput, AIMessage]:
        """Not offered: small Qwen2.5-Coder models do not call tools reliably.

        Raises:
            NotImplementedError: Always.
        """
        raise NotImplementedError("ChatRunloop answers in text; bind tools to a cloud model")

    async def aclose(self) -> None:
        """Close this event loop's connections to Runloop."""
        if box := self.devbox or self._box:
            await box.client.aclose()

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        return background_loop().run(self._complete(messages, stop, **kwargs))

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        return await self._complete(messages, stop, **kwargs)

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        for chunk in background_loop().iterate(self._chunks(messages, stop, **kwargs)):
            if run_manager:
                run_manager.on_llm_new_token(chunk.text, chunk=chunk)
            yield chunk

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> AsyncIterator[ChatGenerationChunk]:
        async with aclosing(self._chunks(messages, stop, **kwargs)) as chunks:
            async for chunk in chunks:
                if run_manager:
                    await run_manager.on_llm_new_token(chunk.text, chunk=chunk)
                yield chunk

    async def _complete(
        self, messages: Sequence[BaseMessage], stop: list[str] | None, **kwargs: Any
    ) -> ChatResult:
        """One blocking execute call: the whole answer is one line of stdout."""
        command_id = new_id()
        command = self._command(command_id, messages, stop, stream=False, **kwargs)
        try:
            async with asyncio.timeout(self._timeout_s(kwargs)):
                execution = await self._reachable_box().run(command, command_id)
        except TimeoutError as error:
            raise self._timed_out(kwargs) from error
        reply = last_reply(execution.stdout or "")
        if fault := error_of(execution, reply.get("error")):
            raise fault
        check_finished(reply, wrote=bool(text_of(reply)))
        return ChatResult(generations=[ChatGeneration(message=whole_message(reply))])

    async def _chunks(
        self, messages: Sequence[BaseMessage], stop: list[str] | None, **kwargs: Any
    ) -> AsyncGenerator[ChatGenerationChunk, None]:
        """The answer as it is written; usage and metadata come once, with the last chunk."""
        async with aclosing(in_own_task(self._replies(messages, stop, **kwargs))) as replies:
            async for reply in replies:
                yield ChatGenerationChunk(message=chunk_message(reply))

    async def _replies(
        self, messages: Sequence[BaseMessage], stop: list[str] | None, **kwargs: Any
    ) -> AsyncGenerator[dict[str, Any], None]:
        """Ollama's replies up to the one with `done`; anything short of that is an error.

        To be run in one task: the timeout cancels the task that asks for the next reply.
        """
        command = self._command(new_id(), messages, stop, stream=True, **kwargs)
        reply: dict[str, Any] = {}
        wrote = False
        try:
            async with (
                asyncio.timeout(self._timeout_s(kwargs)),
                self._reachable_box().running(command) as running,
                aclosing(self._parsed_lines(running)) as replies,
            ):
                async for reply in replies:
                    wrote = wrote or bool(text_of(reply))
                    if "error" in reply or reply.get("done"):
                        break
                    yield reply
                await self._check_result(running, reply)
        except TimeoutError as error:
            raise self._timed_out(kwargs) from error
        check_finished(reply, wrote=wrote)
        yield reply

    async def _parsed_lines(self, running: RunningCommand) -> AsyncGenerator[dict[str, Any], None]:
        """The replies, after any words of a login profile; a cut one is explained by the end."""
        begun = False
        async with aclosing(running.lines()) as lines:
            async for line in lines:
                begun = begun or is_reply(line)
                if not begun or not line.strip():
                    continue
                try:
                    yield parse_line(line)
                except QwenIncompleteError:
                    await self._check_result(running, {})
                    raise

    async def _check_result(self, running: RunningCommand, last: dict[str, Any]) -> None:
        if fault := error_of(await running.result(), last.get("error")):
            raise fault

    def _command(
        self,
        command_id: str,
        messages: Sequence[BaseMessage],
        stop: list[str] | None,
        *,
        stream: bool,
        **kwargs: Any,
    ) -> Command:
        box = self._reachable_box()
        request = chat_request(
            kwargs.get("model", self.model_name),
            messages,
            stream=stream,
            keep_alive=self.keep_alive,
            options=self._options(stop, kwargs),
        )
        return chat_command(
            request,
            command_id=command_id,
            ollama_url=box.ollama_url,
            max_time_s=math.ceil(self._timeout_s(kwargs)),
            start_ollama=box.starts_ollama,
        )

    def _options(self, stop: list[str] | None, kwargs: dict[str, Any]) -> dict[str, Any]:
        return {
            "num_ctx": self.num_ctx,
            "num_predict": kwargs.get("max_tokens") or self.max_tokens,
            "temperature": kwargs.get("temperature", self.temperature),
            "seed": kwargs.get("seed", self.seed),
            "stop": stop or self.stop,
        }

    def _reachable_box(self) -> Devbox:
        if self.devbox is not None:
            return self.devbox
        if self._box is None:
            if not self.devbox_id or self.api_key is None:
                raise ConfigurationError("set RUNLOOP_API_KEY and RUNLOOP_DEVBOX_ID")
            client = RunloopClient(self.base_url, api_key=self.api_key)
            self._box = Devbox(client, self.devbox_id)
        return self._box

    def _timeout_s(self, kwargs: dict[str, Any]) -> float:
        return float(kwargs.get("timeout") or self.timeout or 300.0)

    def _timed_out(self, kwargs: dict[str, Any]) -> QwenTimeoutError:
        return QwenTimeoutError(f"Qwen did not finish within {self._timeout_s(kwargs):.0f} s")
