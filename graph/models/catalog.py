"""The providers of cloud models: where their classes are, and what people call them."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from pydantic import SecretStr

from graph.settings import Settings


@dataclass(frozen=True)
class Provider:
    """One provider with a LangChain chat model."""

    name: str
    """LangChain's name of it, the `model_provider` of its answers."""
    module: str
    chat_class: str
    label: str
    """Its name for people."""
    key_variable: str
    key_setting: str | None = None
    """The field of Settings with its key; None: its SDK reads `key_variable` itself."""
    spellings: tuple[str, ...] = ()
    """Other names for `name`."""
    timeout: Callable[[float], float] = float
    """From seconds to what `chat_class` takes as its `timeout`."""

    @property
    def distribution(self) -> str:
        """What `pip install` takes."""
        return self.module.replace("_", "-")

    def key(self, settings: Settings) -> SecretStr | None:
        """The key that is set; None when there is none, or when the SDK reads it itself."""
        key: SecretStr | None = getattr(settings, self.key_setting) if self.key_setting else None
        return key if key and key.get_secret_value() else None


def _whole_ms(seconds: float) -> int:
    return math.ceil(seconds * 1000)


PROVIDERS = (
    Provider("groq", "langchain_groq", "ChatGroq", "Groq", "GROQ_API_KEY", "groq_api_key"),
    Provider(
        "google_genai",
        "langchain_google_genai",
        "ChatGoogleGenerativeAI",
        "Gemini",
        "GEMINI_API_KEY",
        "gemini_api_key",
        spellings=("gemini",),
    ),
    Provider(
        "anthropic",
        "langchain_anthropic",
        "ChatAnthropic",
        "Claude",
        "ANTHROPIC_API_KEY",
        "anthropic_api_key",
        spellings=("claude",),
    ),
    Provider(
        "openai", "langchain_openai", "ChatOpenAI", "OpenAI", "OPENAI_API_KEY", "openai_api_key"
    ),
    Provider(
        "mistralai",
        "langchain_mistralai",
        "ChatMistralAI",
        "Mistral",
        "MISTRAL_API_KEY",
        spellings=("mistral",),
        timeout=math.ceil,
    ),
    Provider("deepseek", "langchain_deepseek", "ChatDeepSeek", "DeepSeek", "DEEPSEEK_API_KEY"),
    Provider("xai", "langchain_xai", "ChatXAI", "Grok", "XAI_API_KEY"),
    Provider(
        "openrouter",
        "langchain_openrouter",
        "ChatOpenRouter",
        "OpenRouter",
        "OPENROUTER_API_KEY",
        timeout=_whole_ms,
    ),
)


def find_provider(spelling: str) -> Provider | None:
    """The provider of that name or spelling; None when it is not known."""
    return next((row for row in PROVIDERS if spelling in (row.name, *row.spellings)), None)


def provider_label(name: str) -> str:
    """The name of a provider for people: `Groq`, `Gemini`, `Claude`."""
    provider = find_provider(name)
    return provider.label if provider else name.replace("_", " ").title()
