"""Cloud models by `provider:model`, and the chain of fallbacks over them.

Provider SDKs are imported when a model is built, never before; a chain builds its models when they
are first asked. The SDKs' own retries are off: one call is one HTTP request, and what to do about
an error is decided by the graph.
"""

from __future__ import annotations

import functools
import importlib
import math
from collections.abc import Generator, Sequence
from typing import Any, Self, cast

import httpx
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage
from langchain_core.runnables import Runnable

from graph.errors import ConfigurationError, NoModelError
from graph.models.catalog import PROVIDERS, Provider, find_provider
from graph.models.guarded import GuardedChatModel, Origin, guarded
from graph.models.per_loop import ModelPerLoop
from graph.models.retry import FALLBACK_ON
from graph.settings import DEFAULT_CHAT_MODELS, Settings
from nodes.state import ChatRunnable

__all__ = ["aclose", "build_chain", "build_model", "chat_models", "polish_models"]

GROQ_URL = "https://api.groq.com"
GEMINI_URL = "https://generativelanguage.googleapis.com"
CONNECT_TIMEOUT_S = 5.0
GEMINI_MIN_DEADLINE_S = 10
"""Gemini refuses requests whose header X-Server-Timeout, which the SDK sends, names less."""


def build_model(name: str, settings: Settings, *, timeout_s: float) -> ChatRunnable:
    """Build one chat model; nothing is sent.

    Args:
        name: `provider:model`, such as `groq:openai/gpt-oss-120b`.
        settings: Keys and base URLs.
        timeout_s: Seconds without a byte from the provider after which a call fails; the whole
            call is limited by its caller.

    Returns:
        The provider's LangChain model. It raises ModelError only, and every answer's
        `response_metadata` has `model_name` and `model_provider`.

    Raises:
        ConfigurationError: The provider is unknown, its package is not installed or its key is not
            set; the message says what to do.
    """
    provider, origin = _parsed(name)
    fields = _fields(provider, origin, settings, timeout_s)
    chat_class = _load(provider, origin)
    try:
        model = guarded(chat_class, origin, model=origin.model, **fields)
    except Exception as error:
        raise ConfigurationError(
            f"{name} cannot be set up ({type(error).__name__}): is {provider.key_variable} set?"
        ) from error
    if "api_key" not in fields:
        _check_key(model, provider, origin)
    return cast(ChatRunnable, model)


def build_chain(
    names: Sequence[str],
    settings: Settings,
    *,
    timeout_s: float,
    last: Runnable[Any, AIMessage] | None = None,
) -> ChatRunnable:
    """The first of `names`, falling back to the others in order, then to `last`.

    A fallback takes over on any of `FALLBACK_ON`; in a stream only before the first text. The chain
    may be used on any event loop, and without one: each has models of its own, built when they are
    first asked. A package that is not installed is reported then, as ConfigurationError.

    Args:
        names: `provider:model`, in fallback order.
        settings: See `build_model`.
        timeout_s: Seconds for the whole request; each model, `last` counted, has an equal share.
        last: What answers when every cloud model failed, such as the local Qwen.

    Raises:
        ConfigurationError: A name is wrong, a provider unknown or its key not set.
        NoModelError: Neither `names` nor `last` holds a model.
    """
    share_s = timeout_s / max(1, len(names) + (last is not None))
    models: list[Any] = [_link(name, settings, share_s) for name in names]
    if last is not None:
        models.append(last)
    if not models:
        raise NoModelError("no cloud model is configured: set GROQ_API_KEY or GEMINI_API_KEY")
    first: ChatRunnable = models[0]
    if len(models) == 1:
        return first
    return first.with_fallbacks(models[1:], exceptions_to_handle=FALLBACK_ON)


def chat_models(settings: Settings) -> tuple[str, ...]:
    """`provider:model` for general chat in fallback order; empty where no key is set."""
    if settings.chat_models:
        return settings.chat_models
    return tuple(name for name in DEFAULT_CHAT_MODELS if _parsed(name)[0].key(settings))


def polish_models(settings: Settings) -> tuple[str, ...]:
    """`provider:model` for mending code in fallback order: those of chat when not set."""
    return settings.polish_models or chat_models(settings)


async def aclose(model: ChatRunnable) -> None:
    """Close the connections of a model or chain.

    Of a chain those of the running event loop and of calls without one; it may be used again, and
    builds new models then. A model of its own is closed on the event loop on which it was used.
    """
    for part in getattr(model, "runnables", (model,)):
        if isinstance(part, GuardedChatModel | ModelPerLoop):
            await part.aclose()


def _link(name: str, settings: Settings, timeout_s: float) -> ModelPerLoop:
    provider, origin = _parsed(name)
    if provider.key_setting and provider.key(settings) is None:
        raise _no_key(provider, origin)
    build = functools.partial(build_model, name, settings, timeout_s=timeout_s)
    return ModelPerLoop(build, name=name)


def _parsed(name: str) -> tuple[Provider, Origin]:
    spelled, _, model = name.partition(":")
    if not spelled.strip() or not model.strip():
        raise ConfigurationError(
            f"{name!r} must be provider:model, such as {DEFAULT_CHAT_MODELS[0]}"
        )
    provider = find_provider(spelled.strip())
    if provider is None:
        known = ", ".join(sorted(row.name for row in PROVIDERS))
        raise ConfigurationError(f"{name!r}: the provider must be one of {known}")
    return provider, Origin(provider.name, model.strip())


def _load(provider: Provider, origin: Origin) -> type[BaseChatModel]:
    try:
        module = importlib.import_module(provider.module)
    except ImportError as error:
        raise ConfigurationError(
            f"{origin.provider}:{origin.model} needs {provider.distribution}, which cannot be "
            f"imported ({error}): pip install --upgrade {provider.distribution}"
        ) from error
    return cast(type[BaseChatModel], getattr(module, provider.chat_class))


def _fields(
    provider: Provider, origin: Origin, settings: Settings, timeout_s: float
) -> dict[str, Any]:
    key = provider.key(settings)
    if provider.name in ("groq", "google_genai"):
        if key is None:
            raise _no_key(provider, origin)
        own = _groq_fields if provider.name == "groq" else _gemini_fields
        return {"api_key": key, **own(origin, settings, timeout_s)}
    fields = {"max_retries": 0, "timeout": provider.timeout(timeout_s)}
    return fields if key is None else {**fields, "api_key": key}


def _groq_fields(origin: Origin, settings: Settings, timeout_s: float) -> dict[str, Any]:
    base_url = (settings.groq_api_base or GROQ_URL).rstrip("/")
    fields = {
        "base_url": base_url.removesuffix("/openai/v1"),
        "max_retries": 0,
        "timeout": httpx.Timeout(timeout_s, connect=min(timeout_s, CONNECT_TIMEOUT_S)),
        # Clients of our own, so that they can be closed, and that no redirect is followed.
        "http_client": httpx.Client(),
        "http_async_client": httpx.AsyncClient(),
    }
    return {**fields, "reasoning_effort": "low"} if "gpt-oss" in origin.model else fields


def _gemini_fields(_: Origin, settings: Settings, timeout_s: float) -> dict[str, Any]:
    server_timeout_s = max(GEMINI_MIN_DEADLINE_S, math.ceil(timeout_s))
    # vertexai: the environment must not send the key to another backend; 1 attempt: no retry.
    return {
        "base_url": settings.gemini_base_url or GEMINI_URL,
        "max_retries": 1,
        "vertexai": False,
        "timeout": timeout_s,
        "additional_headers": {"X-Server-Timeout": str(server_timeout_s)},
        "client_args": {"event_hooks": {"request": [_ShortConnect()]}},
    }


class _ShortConnect:
    """Limits the time to connect where an SDK has one timeout for everything.

    A request hook for the sync client, which calls it, and the async one, which awaits the result.
    """

    def __call__(self, request: httpx.Request) -> Self:
        limits = request.extensions["timeout"]
        limits["connect"] = min(limits["connect"], CONNECT_TIMEOUT_S)
        return self

    def __await__(self) -> Generator[None, None, None]:
        yield from ()


def _no_key(provider: Provider, origin: Origin) -> ConfigurationError:
    return ConfigurationError(
        f"{origin.provider}:{origin.model} needs a key: set {provider.key_variable}"
    )


def _check_key(model: BaseChatModel, provider: Provider, origin: Origin) -> None:
    """Some SDKs take an empty key from the environment, and fail at the first call only."""
    for field_name, variable in model.lc_secrets.items():
        secret = getattr(model, field_name, None)
        if variable == provider.key_variable and not (secret and secret.get_secret_value()):
            raise _no_key(provider, origin)
