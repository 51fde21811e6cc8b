"""Cloud models by `provider:model`, and the chain of fallbacks over them.

Provider SDKs are imported when a model is built, never before. Their own retries are off: one call
is one HTTP request, and what to do about an error is decided by the graph.
"""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import httpx
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage
from langchain_core.runnables import Runnable
from pydantic import SecretStr

from graph.errors import ConfigurationError, NoModelError
from graph.models.guarded import GuardedChatModel, Origin, guarded
from graph.models.retry import FALLBACK_ON
from graph.models.translate import KEY_VARIABLES, provider_label
from graph.settings import DEFAULT_CHAT_MODELS, Settings
from nodes.state import ChatRunnable

__all__ = [
    "aclose",
    "build_chain",
    "build_model",
    "chat_models",
    "polish_models",
    "provider_label",
]

GROQ_URL = "https://api.groq.com"
GEMINI_URL = "https://generativelanguage.googleapis.com"
ALIASES = {"gemini": "google_genai", "claude": "anthropic"}


@dataclass(frozen=True)
class _Package:
    """Where a provider's chat model is."""

    module: str
    chat_class: str

    @property
    def distribution(self) -> str:
        """What `pip install` takes."""
        return self.module.replace("_", "-")


PACKAGES = {
    "groq": _Package("langchain_groq", "ChatGroq"),
    "google_genai": _Package("langchain_google_genai", "ChatGoogleGenerativeAI"),
    "anthropic": _Package("langchain_anthropic", "ChatAnthropic"),
    "openai": _Package("langchain_openai", "ChatOpenAI"),
}


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
    origin = _origin(name)
    fields = _fields(origin, settings)
    chat_class = _load(origin)
    try:
        model = guarded(chat_class, origin, model=origin.model, timeout=timeout_s, **fields)
    except Exception as error:
        raise ConfigurationError(
            f"{name} cannot be set up ({type(error).__name__}): is {_key_variable(origin)} set?"
        ) from error
    if "api_key" not in fields:
        _check_key(model, origin)
    return cast(ChatRunnable, model)


def build_chain(
    names: Sequence[str],
    settings: Settings,
    *,
    timeout_s: float,
    last: Runnable[Any, AIMessage] | None = None,
) -> ChatRunnable:
    """The first of `names`, falling back to the others in order, then to `last`.

    A fallback takes over on any of `FALLBACK_ON`; in a stream only before the first text.

    Args:
        names: `provider:model`, in fallback order.
        settings: See `build_model`.
        timeout_s: See `build_model`; for each model.
        last: What answers when every cloud model failed, such as the local Qwen.

    Raises:
        ConfigurationError: See `build_model`.
        NoModelError: Neither `names` nor `last` holds a model.
    """
    models: list[Any] = [build_model(name, settings, timeout_s=timeout_s) for name in names]
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
    keys = {"groq": settings.groq_api_key, "google_genai": settings.gemini_api_key}
    return tuple(name for name in DEFAULT_CHAT_MODELS if keys[name.partition(":")[0]])


def polish_models(settings: Settings) -> tuple[str, ...]:
    """`provider:model` for mending code in fallback order: those of chat when not set."""
    return settings.polish_models or chat_models(settings)


async def aclose(model: ChatRunnable) -> None:
    """Close the connections of a model or chain, on the event loop on which it was used."""
    for part in getattr(model, "runnables", (model,)):
        if isinstance(part, GuardedChatModel):
            await part.aclose()


def _origin(name: str) -> Origin:
    spelled, _, model = name.partition(":")
    provider = ALIASES.get(spelled.strip(), spelled.strip())
    if not provider or not model.strip():
        raise ConfigurationError(
            f"{name!r} must be provider:model, such as {DEFAULT_CHAT_MODELS[0]}"
        )
    if provider not in PACKAGES:
        known = ", ".join(sorted(PACKAGES))
        raise ConfigurationError(f"{name!r}: the provider must be one of {known}")
    return Origin(provider, model.strip())


def _load(origin: Origin) -> type[BaseChatModel]:
    package = PACKAGES[origin.provider]
    try:
        module = importlib.import_module(package.module)
    except ImportError as error:
        raise ConfigurationError(
            f"{origin.provider}:{origin.model} needs {package.distribution}, which cannot be "
            f"imported ({error}): pip install --upgrade {package.distribution}"
        ) from error
    return cast(type[BaseChatModel], getattr(module, package.chat_class))


def _fields(origin: Origin, settings: Settings) -> dict[str, Any]:
    if origin.provider == "groq":
        return _groq_fields(origin, settings)
    if origin.provider == "google_genai":
        return _gemini_fields(origin, settings)
    keys = {"anthropic": settings.anthropic_api_key, "openai": settings.openai_api_key}
    key = keys[origin.provider]
    return {"max_retries": 0} if key is None else {"max_retries": 0, "api_key": key}


def _groq_fields(origin: Origin, settings: Settings) -> dict[str, Any]:
    base_url = (settings.groq_api_base or GROQ_URL).rstrip("/")
    fields = {
        "api_key": _key(settings.groq_api_key, origin),
        "base_url": base_url.removesuffix("/openai/v1"),
        "max_retries": 0,
        # Clients of our own, so that they can be closed, and that no redirect is followed.
        "http_client": httpx.Client(),
        "http_async_client": httpx.AsyncClient(),
    }
    return {**fields, "reasoning_effort": "low"} if "gpt-oss" in origin.model else fields


def _gemini_fields(origin: Origin, settings: Settings) -> dict[str, Any]:
    # vertexai: the environment must not send the key to another backend; 1 attempt: no retry.
    return {
        "api_key": _key(settings.gemini_api_key, origin),
        "base_url": settings.gemini_base_url or GEMINI_URL,
        "max_retries": 1,
        "vertexai": False,
    }


def _key(key: SecretStr | None, origin: Origin) -> SecretStr:
    if key is None or not key.get_secret_value():
        raise _no_key(origin, _key_variable(origin))
    return key


def _key_variable(origin: Origin) -> str:
    return KEY_VARIABLES[origin.provider]


def _no_key(origin: Origin, variable: str) -> ConfigurationError:
    return ConfigurationError(f"{origin.provider}:{origin.model} needs a key: set {variable}")


def _check_key(model: BaseChatModel, origin: Origin) -> None:
    """Some SDKs take an empty key from the environment, and fail at the first call only."""
    variable = _key_variable(origin)
    for field_name, field_variable in model.lc_secrets.items():
        secret = getattr(model, field_name, None)
        if field_variable == variable and not (secret and secret.get_secret_value()):
            raise _no_key(origin, variable)
