"""Both cloud providers on loopback, with models that ask them, for tests through the real SDKs."""

from __future__ import annotations

import functools
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage, HumanMessage

from graph.models.providers import aclose, build_chain, build_model
from graph.settings import Settings
from nodes.state import ChatRunnable
from tests.wire.gemini import GeminiServer
from tests.wire.groq import GroqServer
from tests.wire.scripted import Reply, ScriptedServer

GROQ = "groq:openai/gpt-oss-120b"
GEMINI = "google_genai:gemini-3.5-flash"
GROQ_KEY = "gsk_canary0groq8d1f"
GEMINI_KEY = "AIza0canary0gemini2b7e"
PROMPT: list[BaseMessage] = [HumanMessage("What is a canary-prompt-61c3?")]
HOWS = ("invoke", "ainvoke", "stream", "astream")

Servers = tuple[GroqServer, GeminiServer]


@dataclass(frozen=True)
class Cloud:
    """The servers, with build_model and build_chain for models that ask them.

    Models are closed with the cloud.
    """

    groq: GroqServer
    gemini: GeminiServer
    build: Callable[..., ChatRunnable]
    chain: Callable[..., ChatRunnable]

    def server(self, name: str) -> ScriptedServer:
        """The server that `provider:model` asks."""
        return self.groq if name.startswith("groq:") else self.gemini


@asynccontextmanager
async def open_cloud(groq: GroqServer, gemini: GeminiServer) -> AsyncIterator[Cloud]:
    """A cloud on two running servers, whose scripts and logs are emptied first."""
    groq.reset()
    gemini.reset()
    settings = settings_for(groq.url, gemini.url)
    built: list[ChatRunnable] = []

    def keep(build: Callable[..., ChatRunnable], subject: Any, **options: Any) -> ChatRunnable:
        chosen = {"settings": settings, "timeout_s": 5.0, **options}
        built.append(build(subject, chosen.pop("settings"), **chosen))
        return built[-1]

    yield Cloud(
        groq, gemini, functools.partial(keep, build_model), functools.partial(keep, build_chain)
    )
    for model in built:
        await aclose(model)


def settings_for(groq_url: str, gemini_url: str, **changes: Any) -> Settings:
    """Settings with both keys and nothing from the environment of the cloud models."""
    fields: dict[str, Any] = {
        "groq_api_key": GROQ_KEY,
        "gemini_api_key": GEMINI_KEY,
        "groq_api_base": groq_url,
        "gemini_base_url": gemini_url,
        "chat_models": (),
        "polish_models": (),
    }
    return Settings(_env_file=None, **{**fields, **changes})


async def ask(model: ChatRunnable, how: str, **options: Any) -> AIMessage:
    """One call in one of LangChain's four ways; the message of a stream is its chunks' sum."""
    if how == "invoke":
        return model.invoke(PROMPT, **options)
    if how == "ainvoke":
        return await model.ainvoke(PROMPT, **options)
    if how == "stream":
        return joined(list(model.stream(PROMPT, **options)))
    return joined([chunk async for chunk in model.astream(PROMPT, **options)])


def joined(chunks: list[Any]) -> AIMessage:
    """The sum of a stream's chunks."""
    whole: AIMessageChunk = functools.reduce(lambda left, right: left + right, chunks)
    return whole


def reply_id(reply: Reply) -> str:
    """What differs from a good answer."""
    default = vars(Reply())
    return ",".join(f"{k}={v}" for k, v in vars(reply).items() if v != default[k])
